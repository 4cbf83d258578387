# SPDX-License-Identifier: EUPL-1.2
"""A signal as an operator sees it: quoted words, evidence, certainty, place, history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from core.action import Action
from core.label import Category, Queue, Taxonomy
from core.signal import SignalState, View
from dashboard import words
from dashboard.auth import Visitor
from dashboard.card import Asked, Card, Here, Other, Waiting
from dashboard.figures import Worth, calibration
from dashboard.marking import Quote, plain, quote
from dashboard.services import Services
from dashboard.shown import Shown
from dashboard.spoken import say
from dashboard.timeline import Timeline
from dashboard.told import Told, told
from ingest.report_form.filed import SOURCE as FORM
from store.consent import Group
from store.decisions import DecisionRow, DecisionStats
from store.questions import Question
from store.signalrow import SignalRow
from store.work import Work

#: Other messages of an incident that a card shows; the incident's page has them all.
OTHERS = 5
ERASED = "[gewist]"
#: Words are said to change a certainty when it falls by at least this much without them.
NOTABLE = 0.05
#: Time over which a category's precision here is counted, and fewest judgements that are shown.
LATELY = timedelta(days=30)
FEW = 5


class Cards:
    """Makes cards for one visitor within one transaction; remembers names that come back."""

    def __init__(self, services: Services, visitor: Visitor, work: Work) -> None:
        self._work = work
        self._visitor = visitor
        self._taxonomy: Taxonomy = services.taxonomy
        self._areas: Mapping[str, str] = visitor.tenant.areas
        self._calibration = calibration(services.research.folder)
        self._shown = Shown(services, work, visitor.tenant)
        self._now = services.clock.now()
        self._judged: dict[Category, DecisionStats] | None = None
        self._timeline = Timeline(work, services.taxonomy, self.name)
        self._groups: dict[str, Group] = {}
        self._names: dict[str, str] = {}
        self._actions: dict[str, Action | None] = {}
        self._incidents: dict[str, list[SignalRow]] = {}

    def card(self, row: SignalRow) -> Card:
        """Return the card of a signal that was read with its text."""
        full, view = self.may_read(row), self._shown.view(row)
        labelled = view is View.FULL
        group = self._group(row.group_id)
        info = self._taxonomy[row.category]
        sub = info.subcategory(row.subcategory)
        place, note = self._place(row, full=full)
        others = [o for o in self._of_incident(row.incident_id) if o.id != row.id]
        decisions = self._work.decisions.of_signal(row.id)
        shown = self.quote(row, marked=labelled)
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
            worth=self._worth(row) if labelled else None,
            here=self._here(row) if labelled else None,
            without=_without(row) if full and labelled else "",
            alternatives=self._alternatives(row) if labelled else (),
            place=place,
            place_note=note,
            group=plain(group.name) or say("Groep zonder naam"),
            area=self._areas.get(group.area, group.area),
            source=words.SOURCE.get(row.source, row.source),
            seen=_seen(row.first_hand) if labelled else "",
            lmc=(self._taxonomy.lmc(row.category, row.subcategory) or "") if labelled else "",
            kladblok=self._kladblok(row, group, place, shown, view),
            other_queue=self._other_queue(),
            others=tuple(self._other(o, labelled=labelled) for o in others[-OTHERS:]),
            messages=len(others) + 1,
            history=self._timeline.of(row, decisions, labelled=labelled),
            questions=self._questions(row),
            told=self._told(row, full=full, labelled=labelled),
            action=words.ACTION[action.kind] if action else "",
            action_link=action.link if action else "",
            decided=self._decided(row, decisions),
            retractable=self._retractable(row, decisions),
            view=view,
            waiting=self._waiting(row),
        )

    def _action(self, incident_id: str) -> Action | None:
        if incident_id not in self._actions:
            incident = self._work.incidents.get(incident_id)
            known = incident.action and self._work.actions.find(incident.tenant, incident.action)
            self._actions[incident_id] = known or None
        return self._actions[incident_id]

    def quote(self, row: SignalRow, *, marked: bool = True) -> Quote:
        """Return the words this visitor may see; evidence is marked only in full text."""
        if self.may_read(row):
            return quote(row.text or ERASED, row.evidence if marked else ())
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

    def _other(self, row: SignalRow, *, labelled: bool) -> Other:
        labelled = labelled and self._shown.view(row) is View.FULL
        return Other(
            id=row.id,
            at=row.received_at,
            group=plain(self._group(row.group_id).name) or say("Groep zonder naam"),
            category=self._taxonomy[row.category].name if labelled else "",
            quote=self.quote(row, marked=labelled),
            state=_STATE[row.state],
        )

    def _place(self, row: SignalRow, *, full: bool) -> tuple[str, str]:
        stated = [p for p in row.places if p.stated]
        inferred = [p for p in row.places if not p.stated]
        if stated:
            names = (p.of(row.text) if full and row.text else p.key for p in stated)
            radius = max((p.radius or 0 for p in stated), default=0)
            note = (
                say("genoemd in het bericht, binnen %(radius)s m", radius=round(radius))
                if radius
                else say("genoemd")
            )
            if any(p.inferred for p in stated):
                note += say("; van een deel is alleen de buurt bekend")
            return ", ".join(dict.fromkeys(plain(name) for name in names)), note
        if inferred:
            size = inferred[0].radius
            around = say(", binnen %(size)s m", size=round(size)) if size else ""
            return plain(inferred[0].key), say(
                "afgeleid van de groep, niet genoemd%(around)s", around=around
            )
        return "", say("geen plaats genoemd")

    def _worth(self, row: SignalRow) -> Worth | None:
        known = self._calibration
        return known.of(row.model, row.category, row.probability) if known else None

    def _here(self, row: SignalRow) -> Here | None:
        if self._judged is None:
            stats = self._work.decisions.stats(row.tenant, self._now - LATELY)
            self._judged = {found.category: found for found in stats}
        known = self._judged.get(row.category)
        if known is None:
            return None
        judged = known.confirmed + known.rejected + known.recategorised
        return Here(right=known.confirmed, judged=judged) if judged >= FEW else None

    def _waiting(self, row: SignalRow) -> Waiting:
        queue = self._visitor.role.queue
        known = self._work.attention.of(queue, [row.id]).get(row.id) if queue else None
        if known is None:
            return Waiting()
        by, to = known.acknowledged_by, known.escalated_to
        put_off = known.snoozed_until is not None and known.snoozed_until > self._now
        raised = known.escalated_at is not None and by is None
        return Waiting(
            acknowledged=self.name(by) if by else "",
            raised=raised,
            to_me=raised and to == self._visitor.username,
            raised_to=self.name(to) if to else "",
            snoozed=self.name(known.snoozed_by) if put_off and known.snoozed_by else "",
            until=known.snoozed_until if put_off else None,
        )

    def _alternatives(self, row: SignalRow) -> tuple[tuple[str, str], ...]:
        best = sorted(row.probabilities.items(), key=lambda pair: -pair[1])
        rest = [(c, p) for c, p in best if c is not row.category and p >= 0.02][:3]
        return tuple((self._taxonomy[c].name, words.percent(p)) for c, p in rest)

    def _kladblok(self, row: SignalRow, group: Group, place: str, shown: Quote, view: View) -> str:
        """Return the lines that a dispatcher pastes into the control-room system."""
        code = self._taxonomy.lmc(row.category, row.subcategory)
        area = self._areas.get(group.area, group.area)
        judged = (
            " ".join(filter(None, (code, self._taxonomy[row.category].name.upper()))),
            f"Urgentie: {words.URGENCY[row.urgency]}",
        )
        origin = plain(group.name) or words.ORIGIN[row.origin]
        hand = f", {_seen(row.first_hand)}" if view is View.FULL else ""
        lines = (
            *(judged if view is View.FULL else ()),
            f"Plaats: {place or 'niet genoemd'}{f' ({area})' if area else ''}",
            f"Tijd: {words.moment(row.sent_at)}",
            f"Bron: {origin}{hand}",
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
            to=say("de melder") if question.to == "reporter" else say("de hele groep"),
            text=question.text or ERASED,
            answers=tuple(answers),
        )

    def _told(self, row: SignalRow, *, full: bool, labelled: bool) -> Told | None:
        if row.source != FORM:
            return None
        found = self._work.reports.find(row.id, with_contact=full)
        return told(found, self._taxonomy, full=full, labelled=labelled) if found else None

    def _decided(self, row: SignalRow, decisions: Sequence[DecisionRow]) -> str:
        if row.state is SignalState.ERASED:
            return say("Dit signaal is gewist.")
        standing = [d for d in decisions if d.undone_at is None]
        if row.state is SignalState.OPEN or not standing:
            return ""
        last = standing[-1]
        return say(
            "Al afgehandeld door %(actor)s: %(last)s.",
            actor=self.name(last.decision.actor),
            last=self._timeline.deed(last),
        )

    def _retractable(self, row: SignalRow, decisions: Sequence[DecisionRow]) -> str:
        standing = [d.decision.id for d in decisions if d.undone_at is None]
        if row.state is not SignalState.DECIDED or not standing:
            return ""
        mine = [r for r in self._work.outbox.of_signal(row.id) if r.decision_id == standing[-1]]
        reports = {r.state for r in mine if r.kind == "report"}
        return standing[-1] if "sent" in reports and "leased" not in reports else ""


_STATE = {
    SignalState.OPEN: say("open"),
    SignalState.DECIDED: say("afgehandeld"),
    SignalState.ERASED: say("gewist"),
}


def other(queue: Queue) -> Queue:
    """Return the queue that this one is not."""
    return Queue.HANDHAVING if queue is Queue.MELDKAMER else Queue.MELDKAMER


def _without(row: SignalRow) -> str:
    if row.without is None or row.probability - row.without < NOTABLE:
        return ""
    return words.percent(row.without)


def _seen(first_hand: bool | None) -> str:
    if first_hand is None:
        return say("onbekend of de schrijver het zelf zag")
    return say("schrijver zag het zelf") if first_hand else say("van horen zeggen")
