# SPDX-License-Identifier: EUPL-1.2
"""Every automatic and human step in the life of a signal, oldest first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.label import Taxonomy
from core.signal import Act, View
from core.step import SYSTEM, Step, StepKind
from dashboard import words
from dashboard.spoken import Spoken, joined, say
from store.decisions import DecisionRow
from store.signalrow import SignalRow
from store.work import Work

_KIND = {
    "report": say("verstrekking aan"),
    "retract": say("intrekking bij"),
    "reply": say("antwoord aan"),
    "question": say("vraag aan"),
    "tip": say("tip aan"),
}
_STATE = {
    "pending": say("staat klaar"),
    "leased": say("wordt verstuurd"),
    "sent": say("aangekomen"),
    "dead": say("niet aangekomen"),
    "cancelled": say("niet verstuurd"),
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

    def of(
        self, row: SignalRow, decisions: Sequence[DecisionRow], *, labelled: bool = True
    ) -> tuple[Line, ...]:
        """Return what happened to the signal; without what the model said unless ``labelled``."""
        lines = [self._begin(row, decisions, labelled=labelled)]
        lines += [self._step(step) for step in self._work.steps.of_signal(row.id)]
        for known in decisions:
            lines += self._decided(known)
        for sent in self._work.outbox.of_signal(row.id):
            receiver = say("de groep") if sent.target == "group" else sent.target
            kind = _KIND.get(sent.kind, sent.kind)
            what = joined("", (kind, " ", receiver, ": ", _STATE[sent.state]))
            lines.append(Line(at=sent.sent_at or sent.created_at, who=say("systeem"), what=what))
        return tuple(sorted(lines, key=lambda line: line.at))

    def deed(self, known: DecisionRow) -> str:
        """Say what somebody decided."""
        decision = known.decision
        what: Spoken = words.ACT[decision.act]
        if decision.act is Act.RECATEGORISE and decision.category:
            name = self._taxonomy[decision.category].name
            what = say("andere categorie: %(name)s", name=name)
        if why := words.reason(decision.reason):
            what += joined("", (" (", why.lower(), ")"))
        if decision.shown is not View.FULL:
            what += say(", zonder het oordeel van het model")
        if decision.queue:
            what += say(", naar %(queue)s", queue=words.QUEUE[decision.queue].lower())
        return what

    def _step(self, step: Step) -> Line:
        what: Spoken = words.STEP[step.kind]
        if step.kind is StepKind.ESCALATED:
            what += " " + (self._name(step.detail) if step.detail else say("iedereen"))
        elif step.kind is StepKind.SNOOZED:
            what += " " + words.moment(step.until)
        elif step.kind is StepKind.TIP:
            what += " " + words.TIP.get(step.detail, step.detail).lower()
        who = say("systeem") if step.actor == SYSTEM else self._name(step.actor)
        return Line(at=step.at, who=who, what=what)

    def _begin(self, row: SignalRow, decisions: Sequence[DecisionRow], *, labelled: bool) -> Line:
        if not labelled:
            return Line(at=row.received_at, who=say("systeem"), what=say("bericht ontvangen"))
        first = decisions[0].category_before if decisions else row.category
        route = " › ".join(row.route) or say("geen route")
        what = say(
            "model zag: %(name)s. Route: %(route)s.", name=self._taxonomy[first].name, route=route
        )
        return Line(at=row.received_at, who=row.model or "model", what=what)

    def _decided(self, known: DecisionRow) -> list[Line]:
        decision = known.decision
        lines = [Line(at=decision.at, who=self._name(decision.actor), what=self.deed(known))]
        if known.undone_at:
            who = self._name(known.undone_by or decision.actor)
            lines.append(Line(at=known.undone_at, who=who, what=say("besluit ongedaan gemaakt")))
        return lines
