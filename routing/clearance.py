# SPDX-License-Identifier: EUPL-1.2
"""The last look before something leaves: is it still ours to send, and is it still allowed?"""

from __future__ import annotations

import base64
from datetime import datetime, timedelta

from core import errors
from core.consent import ConsentState
from core.label import POLICE_CATEGORIES
from routing.report import Report, read_report
from routing.target import Parcel, Saying
from store.database import Store
from store.outbox import OutboxRow
from store.work import Work

#: What a group must still want when it is about to happen.
_NEEDS_CONSENT = frozenset({"report", "question"})
#: A pilot that ended takes back nothing that was decided before.
_STANDS = frozenset({ConsentState.GRANTED, ConsentState.EXPIRED})


class Gone(errors.BuurtsignaalError):
    """Somebody else has this row now, or it was cancelled or erased."""


def clear(
    store: Store, row: OutboxRow, now: datetime, needed: timedelta
) -> Report | Saying | Parcel:
    """Return what is to be sent, read afresh; ``needed`` is what sending may take.

    Raises ``Gone`` when there is nothing to do and ``TargetRefused`` when it must never leave.
    """
    with store.read() as work:
        current = work.outbox.get(row.id)
        if not _still_ours(current, row, now + needed):
            raise Gone
        if row.kind in _NEEDS_CONSENT and not _still_wanted(work, row, now):
            raise errors.TargetRefused("de groep heeft de toestemming ingetrokken")
    return _content(current)


def _still_ours(current: OutboxRow, row: OutboxRow, until: datetime) -> bool:
    return (
        current.state == "leased"
        and current.lease_until is not None
        and current.lease_until == row.lease_until
        and current.lease_until >= until
    )


def _still_wanted(work: Work, row: OutboxRow, now: datetime) -> bool:
    if row.group_id is None:
        return True
    return work.consent.group(row.group_id).consent.at(now) in _STANDS


def _content(row: OutboxRow) -> Report | Saying | Parcel:
    try:
        if row.kind in ("report", "retract"):
            return _report(row)
        return _parcel(row) if row.kind == "handover" else _saying(row)
    except errors.BadInput as error:
        raise errors.TargetRefused(str(error)) from None


def _report(row: OutboxRow) -> Report:
    report = read_report(row.payload)
    if row.kind == "retract":
        return report.without_text()
    # The database refuses such rows too; a person stands between the model and the police.
    by_itself = row.automatic and report.category not in POLICE_CATEGORIES
    if row.decision_id is None and not by_itself:
        raise errors.TargetRefused("zonder beslissing van een mens gaat er niets weg")
    return report


def _parcel(row: OutboxRow) -> Parcel:
    payload = row.payload or {}
    if not (payload.get("text") or payload.get("link")):
        raise errors.BadInput("de inhoud van deze zending is niet leesbaar")
    return Parcel(
        at=row.created_at,
        text=str(payload.get("text", "")),
        photo=base64.b64decode(payload.get("photo", "")),
        link=str(payload.get("link", "")),
    )


def _saying(row: OutboxRow) -> Saying:
    payload = row.payload or {}
    try:
        return Saying(
            source=str(payload["source"]),
            chat=str(payload["chat"]),
            text=str(payload["text"]),
            reply_to=payload.get("reply_to"),
        )
    except KeyError:
        raise errors.BadInput("de inhoud van deze zending is niet leesbaar") from None
