# SPDX-License-Identifier: EUPL-1.2
"""A signal as an operator sees it: quoted words, evidence, certainty, place, history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.action import Action
from core.label import Queue, Taxonomy
from core.signal import SignalState
from dashboard import words
from dashboard.auth import Visitor
from dashboard.figures import calibration
from dashboard.marking import Quote, plain, quote
from dashboard.services import Services
from dashboard.timeline import Line, Timeline
from store.consent import Group
from store.decisions import DecisionRow
from store.questions import Question
from store.signalrow import SignalRow
from store.work import Work

#: Other messages of an incident that a card shows; the incident's page has them all.
OTHERS = 5
ERASED = "[gewist]"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Other:
    """Another message about the same incident."""

    id: str
    at: datetime
    group: str
    category: str
    quote: Quote
    state: str


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Asked:
    """A question and what came back."""

    at: datetime
    who: str
    to: str
    text: str
    answers: tuple[tuple[datetime, Quote], ...]


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Card:
    """One signal, ready to show."""

    row: SignalRow
    quote: Quote
    #: True: the words are complete; False: personal data is replaced.
    full: bool
    category: str
    subcategory: str
    urgency: str
    #: Words, and the number behind them.
    certainty: str
    percent: str
    #: Of 100 verdicts this certain, so many were right in the test; None: not measured.
    right: int | None
    alternatives: tuple[tuple[str, str], ...]
    place: str
    place_note: str
    group: str
    area: str
    source: str
    seen: str
    lmc: str
    kladblok: str
    other_queue: str
    others: tuple[Other, ...]
    #: How many messages the incident has in all.
    messages: int
    history: tuple[Line, ...]
    questions: tuple[Asked, ...]
    #: The known police action that it passes on, and where the police tells of it.
    action: str
    action_link: str
    #: Who decided, when it is no longer open.
    decided: str

    @property
    def open(self) -> bool:
        """Whether somebody still has to decide."""
        return self.row.state is SignalState.OPEN


class Cards:
    """Makes cards for one visitor within one transaction; remembers names that come back."""

    def __init__(self, services: Services, visitor: Visitor, work: Work) -> None:
        self._work = work
        self._visitor = visitor
        self._taxonomy: Taxonomy = services.taxonomy
        self._areas: Mapping[str, str] = visitor.tenant.areas
        self._calibration = calibration(services.research.folder)
        self._timeline = Timeline(work, services.taxonomy, self.name)
        self._groups: dict[str, Group] = {}
        self._names: dict[str, str] = {}
        self._actions: dict[str, Action | None] = {}
        self._incidents: dict[str, list[SignalRow]] = {}

    def card(self, row: SignalRow) -> Card:
        """Return the card of a signal that was read with its text."""
        full = self.may_read(row)
        group = self._group(row.group_id)
        info = self._taxonomy[row.category]
        sub = info.subcategory(row.subcategory)
        place, note = self._place(row, full=full)
        others = [o for o in self._of_incident(row.incident_id) if o.id != row.id]
        decisions = self._work.decisions.of_signal(row.id)
        shown = self.quote(row)
        action = self._action(row.incident_id)
        return Card(
            row=row,
            quote=shown,
            full=full,
            category=info.name,
            subcategory=sub.name if sub else "",
            urgency=words.URGENCY[row.urgency],
            certainty=words.certainty(row.probability),
            percent=words.percent(row.probability),
            right=self._right(row),
            alternatives=self._alternatives(row),
            place=place,
            place_note=note,
            group=plain(group.name) or "Groep zonder naam",
            area=self._areas.get(group.area, group.area),
            source=words.SOURCE.get(row.source, row.source),
            seen=_seen(row.first_hand),
            lmc=self._taxonomy.lmc(row.category, row.subcategory) or "",
            kladblok=self._kladblok(row, group, place, shown),
            other_queue=self._other_queue(),
            others=tuple(self._other(o) for o in others[-OTHERS:]),
            messages=len(others) + 1,
            history=self._timeline.of(row, decisions),
            questions=self._questions(row),
            action=words.ACTION[action.kind] if action else "",
            action_link=action.link if action else "",
            decided=self._decided(row, decisions),
        )

    def _action(self, incident_id: str) -> Action | None:
        if incident_id not in self._actions:
            incident = self._work.incidents.get(incident_id)
            known = incident.action and self._work.actions.find(incident.tenant, incident.action)
            self._actions[incident_id] = known or None
        return self._actions[incident_id]

    def quote(self, row: SignalRow) -> Quote:
        """Return the words this visitor may see; evidence is marked only in full text."""
        if self.may_read(row):
            return quote(row.text or ERASED, row.evidence)
        return quote(row.masked or ERASED)

    def may_read(self, row: SignalRow) -> bool:
        """Whether this visitor sees personal data: an operator whose queue has (had) it."""
        queue = self._visitor.role.queue
        return queue is not None and queue in row.queues and row.text is not None

    def name(self, username: str) -> str:
        """Return how colleagues know this account."""
        if username not in self._names:
            account = self._work.accounts.by_name(username)
            self._names[username] = account.display_name if account else username
        return self._names[username]

    def _group(self, group_id: str) -> Group:
        if group_id not in self._groups:
            self._groups[group_id] = self._work.consent.group(group_id)
        return self._groups[group_id]

    def _of_incident(self, incident_id: str) -> list[SignalRow]:
        if incident_id not in self._incidents:
            rows = self._work.signals.of_incident(incident_id, with_text=True)
            self._incidents[incident_id] = rows
        return self._incidents[incident_id]

    def _other(self, row: SignalRow) -> Other:
        return Other(
            id=row.id,
            at=row.received_at,
            group=plain(self._group(row.group_id).name) or "Groep zonder naam",
            category=self._taxonomy[row.category].name,
            quote=self.quote(row),
            state=_STATE[row.state],
        )

    def _place(self, row: SignalRow, *, full: bool) -> tuple[str, str]:
        stated = [p for p in row.places if p.stated]
        inferred = [p for p in row.places if not p.stated]
        if stated:
            names = (p.of(row.text) if full and row.text else p.key for p in stated)
            radius = max((p.radius or 0 for p in stated), default=0)
            note = f"genoemd in het bericht, binnen {round(radius)} m" if radius else "genoemd"
            return ", ".join(dict.fromkeys(plain(name) for name in names)), note
        if inferred:
            return plain(inferred[0].key), "afgeleid van de groep, niet genoemd"
        return "", "geen plaats genoemd"

    def _right(self, row: SignalRow) -> int | None:
        known = self._calibration
        return known.of(row.model, row.probability) if known else None

    def _alternatives(self, row: SignalRow) -> tuple[tuple[str, str], ...]:
        best = sorted(row.probabilities.items(), key=lambda pair: -pair[1])
        rest = [(c, p) for c, p in best if c is not row.category and p >= 0.02][:3]
        return tuple((self._taxonomy[c].name, words.percent(p)) for c, p in rest)

    def _kladblok(self, row: SignalRow, group: Group, place: str, shown: Quote) -> str:
        """Return the lines that a dispatcher pastes into the control-room system."""
        code = self._taxonomy.lmc(row.category, row.subcategory)
        area = self._areas.get(group.area, group.area)
        lines = (
            " ".join(filter(None, (code, self._taxonomy[row.category].name.upper()))),
            f"Urgentie: {words.URGENCY[row.urgency]}",
            f"Plaats: {place or 'niet genoemd'}{f' ({area})' if area else ''}",
            f"Tijd: {words.moment(row.sent_at)}",
            f"Bron: {plain(group.name) or words.ORIGIN[row.origin]}, {_seen(row.first_hand)}",
            f'Bericht: "{plain(shown.text)}"',
        )
        return "\n".join(lines)

    def _other_queue(self) -> str:
        mine = self._visitor.role.queue
        return words.QUEUE[other(mine)].lower() if mine else ""

    def _questions(self, row: SignalRow) -> tuple[Asked, ...]:
        # Whoever may read a signal in full may read what was answered about that very signal;
        # the incident can hold others' signals too.
        mine = {r.id for r in self._of_incident(row.incident_id) if self.may_read(r)}
        asked = self._work.questions.of_incident(row.incident_id, with_text=bool(mine))
        return tuple(self._asked(q, full=q.signal_id in mine) for q in asked)

    def _asked(self, question: Question, *, full: bool) -> Asked:
        answers = (
            (answer.at, quote((answer.text if full else answer.masked) or ERASED))
            for answer in question.answers
        )
        return Asked(
            at=question.asked_at,
            who=self.name(question.asked_by),
            to="de melder" if question.to == "reporter" else "de hele groep",
            text=question.text or ERASED,
            answers=tuple(answers),
        )

    def _decided(self, row: SignalRow, decisions: Sequence[DecisionRow]) -> str:
        if row.state is SignalState.ERASED:
            return "Dit signaal is gewist."
        standing = [d for d in decisions if d.undone_at is None]
        if row.state is SignalState.OPEN or not standing:
            return ""
        last = standing[-1]
        return f"Al afgehandeld door {self.name(last.decision.actor)}: {self._timeline.deed(last)}."


_STATE = {
    SignalState.OPEN: "open",
    SignalState.DECIDED: "afgehandeld",
    SignalState.ERASED: "gewist",
}


def other(queue: Queue) -> Queue:
    """Return the queue that this one is not."""
    return Queue.HANDHAVING if queue is Queue.MELDKAMER else Queue.MELDKAMER


def _seen(first_hand: bool | None) -> str:
    if first_hand is None:
        return "onbekend of de schrijver het zelf zag"
    return "schrijver zag het zelf" if first_hand else "van horen zeggen"
