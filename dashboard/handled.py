# SPDX-License-Identifier: EUPL-1.2
"""What was done with a group's own signals, told to its admin without anybody's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core.clock import AMSTERDAM
from core.label import Taxonomy
from core.signal import Act, SignalState
from dashboard import words
from dashboard.shown import Shown
from dashboard.spoken import say
from store.decisions import DecisionRow
from store.outbox import OutboxRow
from store.signalrow import SignalRow
from store.work import Work

#: Signals that the page lists.
MOST = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Handled:
    """One signal: what it was about, in which week, and what became of it."""

    id: str
    category: str
    #: Monday of its week; a moment would point at the message of one person.
    week: date
    done: str


def handled(work: Work, taxonomy: Taxonomy, shown: Shown, group_id: str) -> list[Handled]:
    """Return a group's latest signals, newest first."""
    rows = work.signals.of_group(group_id, MOST)
    return [_handled(work, taxonomy, shown, row) for row in rows]


def _handled(work: Work, taxonomy: Taxonomy, shown: Shown, row: SignalRow) -> Handled:
    day = row.received_at.astimezone(AMSTERDAM).date()
    return Handled(
        id=row.id,
        category=shown.category(row.id, row.state, row.category),
        week=day - timedelta(days=day.weekday()),
        done=_done(work, taxonomy, row),
    )


def _done(work: Work, taxonomy: Taxonomy, row: SignalRow) -> str:
    reports = [r for r in work.outbox.of_signal(row.id) if r.kind == "report"]
    last = _last(work.decisions.of_signal(row.id))
    if row.state is SignalState.OPEN:
        return say("wacht op een medewerker")
    if last is not None and last.decision.act is Act.REJECT:
        what: str = say("bekeken: geen signaal")
    else:
        what = _sent(reports, words.RECEIVER[taxonomy.receiver(row.category, row.subcategory)])
    return (
        say("%(what)s; de tekst is gewist", what=what) if row.state is SignalState.ERASED else what
    )


def _last(decisions: Sequence[DecisionRow]) -> DecisionRow | None:
    return next((known for known in reversed(decisions) if known.undone_at is None), None)


def _sent(reports: Sequence[OutboxRow], receiver: str) -> str:
    states = {report.state for report in reports}
    if "sent" in states:
        return say("doorgestuurd naar %(receiver)s", receiver=receiver)
    if states & {"pending", "leased"}:
        return say("wordt doorgestuurd naar %(receiver)s", receiver=receiver)
    if "dead" in states:
        return say("doorsturen lukt nog niet; een medewerker kijkt ernaar")
    return say("bekeken, niet doorgestuurd")
