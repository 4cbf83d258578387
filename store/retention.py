# SPDX-License-Identifier: EUPL-1.2
"""Forgetting in time: promised erasures, expired texts, and what was only kept to work with.

On SQLite the bytes are really gone after a sweep: deleted content is overwritten with zeros
(``secure_delete``) and the write-ahead log is folded in and cut off. On PostgreSQL that last
step is the administrator's, see ``store.postgresql``. Back-ups are outside of both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from core.audit import AuditEvent, Tag
from core.consent import ConsentState
from core.signal import SignalState
from core.tenant import Retention
from store.database import Store
from store.erasures import Erasure
from store.handovers import WAITS
from store.tables import groups, queue_items, signals
from store.work import Work

#: Signals per transaction, so that intake never waits long for a sweep.
_PORTION = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """How long things stay."""

    #: Per tenant; one that is not here gets the usual terms.
    tenants: Mapping[str, Retention] = field(default_factory=dict)
    #: A message older than this must not be let in: its repeat would not be recognised.
    seen: timedelta = timedelta(days=400)
    #: A screen that was away for longer loads its queue anew.
    events: timedelta = timedelta(days=7)
    #: A token that is over can be seen in the list for this long.
    tokens: timedelta = timedelta(days=90)

    def of(self, tenant: str) -> Retention:
        """Return the terms of a tenant."""
        return self.tenants.get(tenant, Retention())


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """What a sweep did."""

    #: Promised erasures that were carried out, and the signals in them.
    erasures: int = 0
    erased: int = 0
    #: Signals whose term was over.
    expired: int = 0
    seen: int = 0
    events: int = 0
    sessions: int = 0
    #: Reports for municipalities elsewhere whose link has ended.
    handovers: int = 0
    #: Dossiers whose end was long enough ago.
    dossiers: int = 0
    #: Uploaded texts of evaluation rooms whose day had come.
    room_texts: int = 0
    #: Names of groups that were refused or never confirmed.
    signups: int = 0
    #: Open answers to questionnaires that ended long enough ago.
    survey_words: int = 0
    #: Whether the bytes have left SQLite's files too; False: the next sweep tries again.
    scrubbed: bool = True


def sweep(store: Store, now: datetime, rules: Rules) -> Counts:
    """Forget all that is due at ``now``."""
    with store.read() as work:
        due = work.erasures.due(now)
        tenants = sorted({*work.signals.tenants(), *work.outbox.tenants()})
    erased = [_carry_out(store, erasure, now) for erasure in due]
    expired = [_expire(store, tenant, rules.of(tenant), now) for tenant in tenants]
    with store.write() as work:
        seen = work.seen.prune(now - rules.seen)
        events = work.events.prune(now - rules.events)
        sessions = work.sessions.prune(now) + work.admins.prune(now)
        signups = work.signups.prune()
        work.tokens.prune(now - rules.tokens)
        handovers = work.handovers.prune(now)
        work.outbox.empty_handovers(now - WAITS)
        work.actions.prune(now)
        dossiers = _end_dossiers(work, now)
        room_texts = work.rooms.expire(now)
        survey_words = work.surveys.expire(now)
        work.ratings.prune(now)
    return Counts(
        erasures=len(due),
        erased=sum(erased),
        expired=sum(expired),
        seen=seen,
        events=events,
        sessions=sessions,
        handovers=handovers,
        dossiers=dossiers,
        room_texts=room_texts,
        signups=signups,
        survey_words=survey_words,
        scrubbed=store.scrub(),
    )


def _carry_out(store: Store, erasure: Erasure, now: datetime) -> int:
    count = _erase(store, _covered(erasure), now)
    with store.write() as work:
        answers = work.questions.erase_answers(
            erasure.group_id, erasure.pseudonyms, erasure.asked_at
        )
        work.erasures.done(erasure.id, now)
        work.audit.write(
            AuditEvent(
                tag=Tag.DATA_ERASED,
                tenant=erasure.tenant,
                actor="system",
                object=f"group/{erasure.group_id}",
                at=now,
                detail={"why": erasure.why, "signals": count, "answers": answers},
            )
        )
    return count


def _covered(erasure: Erasure) -> list[sa.ColumnElement[bool]]:
    """Return which signals a promise is about."""
    theirs = signals.c.group_id == erasure.group_id
    if erasure.pseudonyms is not None:
        mine = signals.c.pseudonym.in_(erasure.pseudonyms)
        return [theirs, mine, signals.c.received_at <= erasure.asked_at]
    # No moment of ours decides here, because clocks differ and are set back: after a withdrawal
    # everything goes, and consent that was given anew spares what was written since.
    anew = sa.select(groups.c.valid_from).where(
        groups.c.id == erasure.group_id, groups.c.state == ConsentState.GRANTED.value
    )
    since = anew.scalar_subquery()
    return [theirs, sa.or_(since.is_(None), signals.c.sent_at < since)]


def _expire(store: Store, tenant: str, terms: Retention, now: datetime) -> int:
    count = 0
    for state, term in (
        (SignalState.OPEN, terms.undecided),
        (SignalState.DECIDED, terms.decided),
    ):
        where = [
            signals.c.tenant == tenant,
            signals.c.state == state.value,
            signals.c.received_at < now - term,
        ]
        count += _erase(store, where, now)
    with store.write() as work:
        work.outbox.empty_dead(tenant, now - terms.decided)
        if count:
            work.audit.write(
                AuditEvent(
                    tag=Tag.DATA_ERASED,
                    tenant=tenant,
                    actor="system",
                    object=f"tenant/{tenant}",
                    at=now,
                    detail={"why": "bewaartermijn", "signals": count},
                )
            )
    return count


def _end_dossiers(work: Work, now: datetime) -> int:
    gone = work.dossiers.expire(now)
    for dossier in gone:
        work.audit.write(
            AuditEvent(
                tag=Tag.DATA_ERASED,
                tenant=dossier.tenant,
                actor="system",
                object=f"dossier/{dossier.id}",
                at=now,
                detail={"why": "bewaartermijn"},
            )
        )
    return len(gone)


def _erase(store: Store, where: Sequence[sa.ColumnElement[bool]], at: datetime) -> int:
    """Erase the signals that match, a portion per transaction."""
    with store.read() as work:
        not_yet = signals.c.state != SignalState.ERASED.value
        query = sa.select(signals.c.id).where(*where, not_yet).order_by(signals.c.id)
        ids: Sequence[str] = [row.id for row in work.transaction.rows(query)]
    count = 0
    for portion in _portions(ids):
        with store.write() as work:
            places = _places(work, portion)
            count += work.signals.erase(portion, at)
            for item in places:
                if item.state == "open":
                    work.events.put(item.tenant, item.queue, "signal.done", item.signal_id, at)
                # Whoever keeps a copy elsewhere has to erase it too.
                work.events.put(item.tenant, item.queue, "signal.erased", item.signal_id, at)
    return count


def _portions(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), _PORTION):
        yield ids[start : start + _PORTION]


def _places(work: Work, ids: Sequence[str]) -> Sequence[sa.Row[Any]]:
    """Return the places in queues where these signals wait or waited."""
    return work.transaction.rows(sa.select(queue_items).where(queue_items.c.signal_id.in_(ids)))
