# SPDX-License-Identifier: EUPL-1.2
"""From what somebody sent on a form to a batch for the gate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.message import Batch, Change, Item, Message, Opened, Origin
from core.ownreport import OwnReport

SOURCE = "report_form"
#: One chat stands for the form; every report in it is somebody else's.
CHAT = "meldformulier"
NAME = "Meldformulier"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Filed:
    """A report as the page hands it over; lives in memory only."""

    tenant: str
    #: What the follow code hashes to.
    reference: str
    #: The reporter's words and place, composed by ``compose``.
    text: str
    own: OwnReport
    #: Version of the text that the reporter saw.
    text_version: str

    def __repr__(self) -> str:
        return f"<Filed {self.tenant} {self.own.category}>"


def compose(words: str, place: str, kinds: str) -> str:
    """Return the text that is judged and shown: own words, else what was ticked, and the place."""
    said = words.strip() or f"{kinds}."
    return f"{said}\nWaar: {place.strip()}" if place.strip() else said


def report(filed: Filed, at: datetime) -> Batch:
    """Return the batch of a new report; the form's own consent comes first."""
    opened = Opened(
        source=SOURCE,
        chat=CHAT,
        name=NAME,
        text_version=filed.text_version,
        external_id=f"formulier {filed.text_version}",
        at=at,
    )
    message = Message(
        source=SOURCE,
        chat=CHAT,
        external_id=filed.reference,
        sender=_sender(filed.reference),
        sent_at=at,
        text=filed.text,
        origin=Origin.REPORT,
        own=filed.own,
    )
    return _batch(filed.tenant, opened, message)


def answer(
    tenant: str, *, reference: str, question: str, id: str, text: str, at: datetime
) -> Batch:
    """Return the batch of an answer to ``question``, the reference under which it was asked."""
    message = Message(
        source=SOURCE,
        chat=CHAT,
        external_id=id,
        sender=_sender(reference),
        sent_at=at,
        text=text,
        origin=Origin.REPORT,
        reply_to=question,
    )
    return _batch(tenant, message)


def withdrawal(tenant: str, *, reference: str, at: datetime) -> Batch:
    """Return the batch by which a reporter takes everything back."""
    message = Message(
        source=SOURCE,
        chat=CHAT,
        external_id=reference,
        sender=_sender(reference),
        sent_at=at,
        text="",
        origin=Origin.REPORT,
        change=Change.DELETE,
    )
    return _batch(tenant, message)


def _sender(reference: str) -> str:
    """A reporter is nobody but the maker of this one report."""
    return f"melder {reference}"


def _batch(tenant: str, *items: Item) -> Batch:
    return Batch(tenant=tenant, source=SOURCE, items=items)
