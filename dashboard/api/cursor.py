# SPDX-License-Identifier: EUPL-1.2
"""Where the next page begins, as callers pass it on without looking inside."""

from __future__ import annotations

import base64
import binascii
from uuid import UUID

from core import errors

_WRONG = "Deze cursor kennen wij niet."
_LARGEST = 2**63 - 1


def pack(place: str | int) -> str:
    """Return a place as a cursor."""
    return base64.urlsafe_b64encode(str(place).encode()).decode().rstrip("=")


def row(cursor: str) -> str:
    """Return the id that a cursor of a list stands for; raise ``BadInput``."""
    try:
        return str(UUID(_unpack(cursor)))
    except ValueError:
        raise errors.BadInput(_WRONG) from None


def event(cursor: str) -> int:
    """Return the event that a cursor of changes stands for; raise ``BadInput``."""
    text = _unpack(cursor)
    if not (text.isascii() and text.isdigit() and int(text) <= _LARGEST):
        raise errors.BadInput(_WRONG)
    return int(text)


def _unpack(cursor: str) -> str:
    padded = cursor + "=" * (-len(cursor) % 4)
    try:
        return base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        raise errors.BadInput(_WRONG) from None
