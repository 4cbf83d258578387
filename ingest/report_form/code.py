# SPDX-License-Identifier: EUPL-1.2
"""The follow code: whoever has it can follow one report; we keep only what it hashes to."""

from __future__ import annotations

import hashlib
import hmac
import re

#: No letters that look like digits or like each other.
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
#: 80 bits: nobody finds one by trying.
_LENGTH = 16
#: What people read for the letters that we do use.
_LOOKALIKES = str.maketrans("O0I1", "QQLL")
_ODD = re.compile(r"[\s.‐-―-]+")


def make_code(secret: bytes, seed: str) -> str:
    """Return the code for ``seed``, a random value that is used once and never kept.

    The same seed gives the same code, so that a form sent twice is one report with one code.
    """
    digest = hmac.digest(secret, b"follow code" + seed.encode("utf-8", "surrogatepass"), "sha256")
    number = int.from_bytes(digest[:10], "big")
    letters = [_ALPHABET[number >> shift & 31] for shift in range(0, 5 * _LENGTH, 5)]
    return "-".join("".join(letters[n : n + 4]) for n in range(0, _LENGTH, 4))


def read_code(typed: str) -> str | None:
    """Return a code as somebody typed it over, in its one form; None when it cannot be one."""
    letters = _ODD.sub("", typed[:60]).upper().translate(_LOOKALIKES)
    if len(letters) != _LENGTH or not set(letters) <= set(_ALPHABET):
        return None
    return "-".join(letters[n : n + 4] for n in range(0, _LENGTH, 4))


def reference(code: str) -> str:
    """Return what names the report inside the house; the code cannot be told from it."""
    return hashlib.sha256(b"buurtsignaal follow code" + code.encode()).hexdigest()
