# SPDX-License-Identifier: EUPL-1.2
"""Every automatic and human step in the life of a signal, oldest first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.label import Taxonomy
from core.signal import Act
from dashboard import words
from store.decisions import DecisionRow
from store.signalrow import SignalRow
from store.work import Work

_KIND = {
    "report": "verstrekking aan",
    "retract": "intrekking bij",
    "reply": "antwoord aan",
    "question": "vraag aan",
}
_STATE = {
    "pending": "staat klaar",
    "leased": "wordt verstuurd",
    "sent": "aangekomen",
    "dead": "niet aangekomen",
    "cancelled": "niet verstuurd",
}


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Line:
    """Something that happened to a signal."""

    at: datetime
    who: str
    what: str


class Timeline:
    """Tells the story of signals within one transaction."""

    def __init__(self, work: Work, taxonomy: Taxonomy, name: Callable[[str], str]) -> None:
        self._work = work
        self._taxonomy = taxonomy
        #: Gives the display name of an account.
        self._name = name

    def of(self, row: SignalRow, decisions: Sequence[DecisionRow]) -> tuple[Line, ...]:
        """Return what happened to the signal."""
        lines = [self._begin(row, decisions)]
        for known in decisions:
            lines += self._decided(known)
        for sent in self._work.outbox.of_signal(row.id):
            receiver = "de groep" if sent.target == "group" else sent.target
            what = f"{_KIND.get(sent.kind, sent.kind)} {receiver}: {_STATE[sent.state]}"
            lines.append(Line(at=sent.sent_at or sent.created_at, who="systeem", what=what))
        return tuple(sorted(lines, key=lambda line: line.at))

    def deed(self, known: DecisionRow) -> str:
        """Say what somebody decided."""
        decision = known.decision
        what = words.ACT[decision.act]
        if decision.act is Act.RECATEGORISE and decision.category:
            what = f"andere categorie: {self._taxonomy[decision.category].name}"
        if decision.queue:
            what += f", naar {words.QUEUE[decision.queue].lower()}"
        return what

    def _begin(self, row: SignalRow, decisions: Sequence[DecisionRow]) -> Line:
        first = decisions[0].category_before if decisions else row.category
        route = " › ".join(row.route) or "geen route"
        what = f"model zag: {self._taxonomy[first].name}. Route: {route}."
        return Line(at=row.received_at, who=row.model or "model", what=what)

    def _decided(self, known: DecisionRow) -> list[Line]:
        decision = known.decision
        lines = [Line(at=decision.at, who=self._name(decision.actor), what=self.deed(known))]
        if known.undone_at:
            who = self._name(known.undone_by or decision.actor)
            lines.append(Line(at=known.undone_at, who=who, what="besluit ongedaan gemaakt"))
        return lines
