# SPDX-License-Identifier: EUPL-1.2
"""What people decided in a lesson, beside what the script says; kept nowhere after it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from core.lesson import Card
from core.signal import Decision
from dashboard.practice.classroom import Classroom
from store.signalrow import SignalRow
from store.work import Work


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """One person's first choice about one message."""

    row: SignalRow
    card: Card
    decision: Decision
    right: bool
    #: From coming in to the choice.
    seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Trainee:
    """How somebody did."""

    name: str
    decided: int
    right: int
    #: The middle one of the times.
    seconds: float


def marks(classroom: Classroom) -> list[Mark]:
    """Return everybody's first choices, in the order of the messages.

    An undone choice counts as well: after it, one knows what is right.
    """
    with classroom.stage.services.store.read() as work:
        return [m for id, card in classroom.signals.items() for m in _of(work, id, card)]


def mark_of(classroom: Classroom, signal: str, actor: str) -> Mark | None:
    """Return somebody's choice about one message, or None."""
    card = classroom.signals.get(signal)
    if card is None:
        return None
    with classroom.stage.services.store.read() as work:
        return next((m for m in _of(work, signal, card) if m.decision.actor == actor), None)


def trainees(found: Sequence[Mark], names: Mapping[str, str]) -> list[Trainee]:
    """Return everybody who decided anything, by name: nobody is first or last."""
    everybody = {mark.decision.actor for mark in found}
    return sorted((_trainee(found, actor, names) for actor in everybody), key=lambda t: t.name)


def _trainee(found: Sequence[Mark], actor: str, names: Mapping[str, str]) -> Trainee:
    mine = [mark for mark in found if mark.decision.actor == actor]
    return Trainee(
        name=names.get(actor, actor),
        decided=len(mine),
        right=sum(mark.right for mark in mine),
        seconds=median(mark.seconds for mark in mine),
    )


def _of(work: Work, signal: str, card: Card) -> Iterator[Mark]:
    row = work.signals.get(signal, with_text=True)
    chose: set[str] = set()
    for known in work.decisions.of_signal(signal):
        decision = known.decision
        if decision.actor in chose:
            continue
        chose.add(decision.actor)
        yield Mark(
            row=row,
            card=card,
            decision=decision,
            right=card.right(decision),
            seconds=(decision.at - row.received_at).total_seconds(),
        )
