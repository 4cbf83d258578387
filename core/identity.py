# SPDX-License-Identifier: EUPL-1.2
"""Ids that sort by time (UUID version 7, RFC 9562 section 5.7)."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

#: Gives a fresh id for something that happens at a moment.
MakeId = Callable[[datetime], str]


def new_id(at: datetime, *, random: Callable[[int], int] = secrets.randbits) -> str:
    """Return a UUIDv7 for ``at`` as text of 36 characters."""
    milliseconds = int(at.timestamp() * 1000) & ((1 << 48) - 1)
    value = milliseconds << 80
    value |= 0x7 << 76 | random(12) << 64
    value |= 0b10 << 62 | random(62)
    return str(UUID(int=value))
