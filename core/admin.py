# SPDX-License-Identifier: EUPL-1.2
"""Who looks after a group, for how long, and how a group signs up."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

#: After this an admin has to confirm anew: people move house and leave groups.
TERM = timedelta(days=365)
#: How long a personal link waits for its one use.
LINK = timedelta(days=7)
#: How long before the end of the term somebody should confirm anew.
SOON = timedelta(days=30)


class Rank(StrEnum):
    """What somebody is to a group."""

    HEAD = "hoofd"
    DEPUTY = "vervanger"


class AdminState(StrEnum):
    """Where an admin stands."""

    INVITED = "uitgenodigd"
    ACTIVE = "actief"
    EXPIRED = "verlopen"
    LEFT = "vertrokken"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Admin:
    """Somebody who looks after a group; no account, only personal links."""

    id: str
    tenant: str
    rank: Rank
    created_at: datetime
    #: Our group id; None while a sign-up waits.
    group_id: str | None = None
    #: Sealed at rest, and gone once they have left.
    name: str = ""
    #: Mail address; empty for who confirms in the group's own app.
    contact: str = ""
    confirmed_at: datetime | None = None
    expires_at: datetime | None = None
    left_at: datetime | None = None
    #: Language of the pages: nl | en
    language: str = "nl"
    #: Wants no reminders.
    quiet: bool = False

    def __repr__(self) -> str:
        return f"<Admin {self.id} {self.rank}>"

    def at(self, now: datetime) -> AdminState:
        """Return the state at ``now``: a confirmation expires by the clock alone."""
        if self.left_at is not None:
            return AdminState.LEFT
        if self.confirmed_at is None or self.expires_at is None:
            return AdminState.INVITED
        return AdminState.ACTIVE if now < self.expires_at else AdminState.EXPIRED

    def ends_soon(self, now: datetime) -> bool:
        """Whether they should confirm anew before they lose their access."""
        active = self.at(now) is AdminState.ACTIVE
        return active and self.expires_at is not None and self.expires_at - now <= SOON


class Verdict(StrEnum):
    """What the municipality says of a sign-up."""

    NEW = "nieuw"
    APPROVED = "goedgekeurd"
    REFUSED = "afgewezen"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Signup:
    """A group that wants to join: its admin confirms it, the municipality approves it."""

    id: str
    tenant: str
    #: Name of the group.
    name: str
    #: Connector name of its app.
    source: str
    #: A key of the tenant's areas, or empty.
    area: str
    #: Days of the trial that it wants; None: until somebody stops it.
    days: int | None
    admin_id: str
    #: SHA-256 of the code that an admin says in the group itself.
    code_hash: str
    created_at: datetime
    #: The group in its app, once the code was said there.
    group_id: str | None = None
    verdict: Verdict = Verdict.NEW
    decided_at: datetime | None = None
    decided_by: str | None = None

    def __repr__(self) -> str:
        return f"<Signup {self.id} {self.verdict}>"


def link_hash(token: str) -> str:
    """Return what is kept of a personal link, and what finds it back."""
    return hashlib.sha256(token.encode()).hexdigest()


def code_hash(tenant: str, code: str) -> str:
    """Return what is kept of a code, however people type it: ``ab2c-d3ef`` is ``AB2CD3EF``."""
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return hashlib.sha256(f"{tenant}|{plain}".encode()).hexdigest()
