# SPDX-License-Identifier: EUPL-1.2
"""Was this mail sent by the domain that it says it is from? DKIM (RFC 6376), with our own rules.

A signature counts when its domain is the sender's or above it, when it covers the whole body
(no ``l=``, behind which anybody can write more) and the sender, and when it is not of SHA-1
(RFC 8301).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import dkim

from ingest.mail.dns import NoAnswer, Resolve

#: More signatures than this are not looked at.
_MOST = 5
_HEADER = re.compile(rb"^DKIM-Signature[ \t]*:", re.IGNORECASE | re.MULTILINE)
_ALGORITHMS = frozenset({b"rsa-sha256", b"ed25519-sha256"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Vouched:
    """What a signature that holds vouches for, besides the body."""

    #: Names of headers, small letters.
    headers: frozenset[str]
    #: The signature itself, which tells this mail from all others.
    mark: bytes


def vouched(raw: bytes, domain: str, resolve: Resolve) -> Vouched | None:
    """Return what a signature of ``domain`` vouches for; None when none holds.

    Raises ``NoAnswer`` when the DNS gave no answer and no other signature holds.
    """
    unsure: NoAnswer | None = None
    for index in range(min(_MOST, len(_HEADER.findall(_head(raw))))):
        try:
            found = _one(raw, index, domain, resolve)
        except NoAnswer as error:
            unsure = error
        else:
            if found is not None:
                return found
    if unsure is not None:
        raise unsure
    return None


def _one(raw: bytes, index: int, domain: str, resolve: Resolve) -> Vouched | None:
    def ask(name: bytes | str, timeout: int = 5) -> bytes | None:  # noqa: ARG001 - dkimpy's names
        return resolve(name.decode("ascii") if isinstance(name, bytes) else name)

    check = dkim.DKIM(raw, minkey=1024)
    try:
        prepared = check.verify_headerprep(index)
        # Our own rules go first, so that nobody makes us ask the DNS for a name of theirs.
        if not prepared or not _counts(check.signature_fields, domain):
            return None
        # The library takes a signature over no sender at all.
        if b"from" not in {name.lower() for name in prepared[1]}:
            return None
        holds = check.verify(idx=index, dnsfunc=ask)
    except NoAnswer:
        raise
    except Exception:  # noqa: BLE001 - whatever an odd signature does to the library, it does not hold
        return None
    if not holds:
        return None
    headers = frozenset(name.decode("latin-1").lower() for name in prepared[1])
    return Vouched(headers=headers, mark=check.signature_fields[b"b"])


def _counts(fields: dict[bytes, bytes], domain: str) -> bool:
    signer = fields.get(b"d", b"").decode("latin-1").lower().strip()
    # A top-level domain signs for nobody.
    aligned = domain == signer or ("." in signer and domain.endswith(f".{signer}"))
    return aligned and b"l" not in fields and fields.get(b"a") in _ALGORITHMS


def _head(raw: bytes) -> bytes:
    return re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0]
