# SPDX-License-Identifier: EUPL-1.2
"""Who may write to us by e-mail: circles of people, as agreed with the municipality."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from core.message import Role

SOURCE = "mail"
#: ``anna@wijk.example``, or ``@wijk.example`` for everybody there.
LISTED = re.compile(r"[^@\s<>,;\"]{0,64}@[a-z0-9](?:[a-z0-9.-]{0,250})\.[a-z0-9-]{2,63}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Circle:
    """A group of people that writes to us; its name is the id of its chat."""

    name: str
    #: Addresses, small letters.
    senders: frozenset[str] = field(repr=False)
    #: Those among them who decide on consent.
    governors: frozenset[str] = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a sender belongs."""

    chat: str
    role: Role


class Circles:
    """Finds the circle of an address; an address of its own goes before its domain."""

    def __init__(self, circles: Iterable[Circle]) -> None:
        self._of = {address: circle for circle in circles for address in circle.senders}

    def place(self, address: str) -> Place | None:
        """Return where ``address`` belongs; None when we did not agree on it."""
        circle = self._of.get(address) or self._of.get("@" + address.rpartition("@")[2])
        if circle is None:
            return None
        governs = address in circle.governors
        return Place(chat=circle.name, role=Role.ADMIN if governs else Role.MEMBER)
