# SPDX-License-Identifier: EUPL-1.2
"""The rule of consent: without it nothing is read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.message import Role


class ConsentState(StrEnum):
    """Where a group stands."""

    UNKNOWN = "onbekend"
    REQUESTED = "aangevraagd"
    GRANTED = "toegestaan"
    WITHDRAWN = "ingetrokken"
    EXPIRED = "verlopen"


class ConsentKind(StrEnum):
    """What happened to a group's consent; each is one line in the ledger."""

    REQUESTED = "aangevraagd"
    GRANTED = "toegestaan"
    WITHDRAWN = "ingetrokken"
    #: A form is open: each reporter consents to the own report by sending it in.
    OWN = "eigen-melding"

    @property
    def opens(self) -> bool:
        """Whether something may be read after it."""
        return self in (ConsentKind.GRANTED, ConsentKind.OWN)


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsentEvent:
    """One line of the append-only ledger."""

    kind: ConsentKind
    at: datetime
    #: Who did it: a pseudonym or an account name, never a phone number or handle.
    actor: str
    role: Role
    #: Version of the text that was shown, e.g. ``2026-11-1``.
    text_version: str = ""
    #: What the messages are read for.
    purpose: str = ""
    #: The law or agreement that it rests on, a required setting per tenant.
    legal_basis: str = ""
    #: From when messages may be read (GRANTED); earlier messages never are.
    valid_from: datetime | None = None
    #: End of the pilot; reading stops by itself at this moment. None: until withdrawn.
    valid_until: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Consent:
    """What the ledger says of one group at one moment."""

    state: ConsentState = ConsentState.UNKNOWN
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    legal_basis: str = ""
    text_version: str = ""
    #: When it was last withdrawn; a yes from before that counts for nothing any more.
    withdrawn_at: datetime | None = None

    def at(self, now: datetime) -> ConsentState:
        """Return the state at ``now``: a granted consent expires by the clock alone."""
        if self.state is not ConsentState.GRANTED:
            return self.state
        if self.valid_until is not None and now >= self.valid_until:
            return ConsentState.EXPIRED
        return ConsentState.GRANTED

    def allows(self, *, sent_at: datetime, now: datetime) -> bool:
        """Whether a message written at ``sent_at`` may be read at ``now``."""
        if self.at(now) is not ConsentState.GRANTED or self.valid_from is None:
            return False
        if self.valid_until is not None and sent_at >= self.valid_until:
            return False
        return sent_at >= self.valid_from

    def outlives(self, event: ConsentEvent) -> bool:
        """Whether ``event`` is a yes that the last withdrawal has overtaken.

        Sources deliver late and in any order; who said no last must not be read.
        """
        late = self.withdrawn_at is not None and event.at <= self.withdrawn_at
        return event.kind.opens and late


_NEXT = {
    ConsentKind.REQUESTED: ConsentState.REQUESTED,
    ConsentKind.GRANTED: ConsentState.GRANTED,
    ConsentKind.WITHDRAWN: ConsentState.WITHDRAWN,
    ConsentKind.OWN: ConsentState.GRANTED,
}


def follow(consent: Consent, event: ConsentEvent) -> Consent:
    """Return the consent after ``event``.

    Asking again never weakens a given consent, and an older yes never undoes a withdrawal.
    """
    if event.kind is ConsentKind.REQUESTED and consent.state is ConsentState.GRANTED:
        return consent
    if consent.outlives(event):
        return consent
    granted = event.kind.opens
    return Consent(
        state=_NEXT[event.kind],
        valid_from=_start(consent, event) if granted else None,
        valid_until=event.valid_until if granted else None,
        legal_basis=event.legal_basis if granted else "",
        text_version=event.text_version,
        withdrawn_at=_withdrawn(consent, event),
    )


def _start(consent: Consent, event: ConsentEvent) -> datetime:
    """What was written before the last withdrawal stays out, whatever a form says."""
    start = event.valid_from or event.at
    return max(start, consent.withdrawn_at or start)


def _withdrawn(consent: Consent, event: ConsentEvent) -> datetime | None:
    if event.kind is not ConsentKind.WITHDRAWN:
        return consent.withdrawn_at
    return max(consent.withdrawn_at or event.at, event.at)


def consent_after(ledger: Iterable[ConsentEvent]) -> Consent:
    """Return where a group stands after all lines of its ledger, oldest first."""
    consent = Consent()
    for event in ledger:
        consent = follow(consent, event)
    return consent
