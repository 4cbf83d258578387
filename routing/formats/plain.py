# SPDX-License-Identifier: EUPL-1.2
"""Text that is safe to put in a mail, a line or an event: no control characters, no tricks."""

from __future__ import annotations

import hashlib
import re
import unicodedata

_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")

#: Control characters, direction marks and halves of surrogate pairs.
_BAD = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
#: Joins the parts of an emoji; harmless.
_KEEP = frozenset({"\n", "\t", "\u200d", "\ufe0f"})


def plain(text: str) -> str:
    """Return the text without characters that steer a screen or break a protocol."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in lines if c in _KEEP or unicodedata.category(c) not in _BAD)


def one_line(text: str) -> str:
    """Return the text on a single line."""
    return " ".join(plain(text).split())


def token(key: str) -> str:
    """Return the key if it fits in any header, else its hash; the same for the same key."""
    if _TOKEN.fullmatch(key):
        return key
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
