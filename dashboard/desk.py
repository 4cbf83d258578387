# SPDX-License-Identifier: EUPL-1.2
"""What operators do with signals; each deed is one transaction, and whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core import errors, place
from core.audit import Tag
from core.clock import AMSTERDAM
from core.identity import MakeId, new_id
from core.incident import Incident
from core.label import Category, Queue
from core.signal import Act, Decision, SignalState, View
from core.step import Step, StepKind
from dashboard.auth import Visitor
from dashboard.cards import other
from dashboard.deed import audit, mine, queue_of, tell
from dashboard.letters import Letters
from dashboard.services import Services
from dashboard.shown import Shown
from dashboard.spoken import say
from store.counters import CounterKey
from store.decisions import DecisionRow
from store.questions import Addressee, Question
from store.signalrow import SignalRow
from store.work import Work

#: Longest question to a group.
QUESTION = 300


class TooLate(errors.AlreadyDecided):
    """Undoing is no longer possible."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Decided:
    """What a decision led to."""

    decision: str
    signal: SignalRow
    #: Seconds in which it can be undone.
    undo_seconds: float


class Desk:
    """Carries out what an operator decides, asks, joins and takes apart."""

    def __init__(self, services: Services, make_id: MakeId = new_id) -> None:
        self._services = services
        self._make_id = make_id
        self._letters = Letters(services, make_id)

    def decide(
        self,
        who: Visitor,
        signal_id: str,
        wanted: Act,
        *,
        seen_version: int,
        category: Category | None = None,
        reason: str | None = None,
        decision_id: str = "",
    ) -> Decided:
        """Decide an open signal; raise ``AlreadyDecided`` when somebody was first.

        Without the model's label on the card, whoever confirms names the category; the one
        that the model had in mind too is a confirmation. Whoever names the decision's id can
        send it twice: an id decides once.
        """
        now, chosen = self._services.clock.now(), category
        if wanted is Act.RECATEGORISE and category in (None, Category.GEEN):
            raise errors.BadInput(say("Kies een categorie. Is het geen signaal? Kies dat dan."))

        def deed(work: Work) -> Decided:
            row = mine(work, who, signal_id, with_text=True)
            view = Shown(self._services, work, who.tenant).view(row)
            act, category = _own_judgement(view, row, wanted, chosen)
            decision = Decision(
                id=decision_id or self._make_id(now),
                signal=row.id,
                act=act,
                actor=who.username,
                at=now,
                category=category if act is Act.RECATEGORISE else None,
                queue=self._next_queue(work, who, row, act, category),
                reason=reason,
                seen_version=seen_version,
                shown=view,
            )
            decided = self._carry_out(work, decision, row)
            if decision.queue is None:
                sent = self._letters.report(work, who.tenant, decision, row)
                self._letters.reply(work, who.tenant, decision, row, sent=bool(sent))
            self._count(work, decision, row, 1)
            detail = {"act": act.value, "shown": view.value}
            audit(work, who, Tag.SIGNAL_DECIDED, f"signal/{row.id}", now, **detail)
            tell(work, row.tenant, row.queues, "signal.done", row.id, now)
            if decision.queue is not None:
                tell(work, row.tenant, (decision.queue,), "signal.new", row.id, now)
            undo = who.tenant.undo_seconds
            return Decided(decision=decision.id, signal=decided, undo_seconds=undo)

        return self._services.store.attempt(deed)

    def undo(self, who: Visitor, decision_id: str) -> SignalRow:
        """Take one's own decision back before anything left; raise ``TooLate`` after that."""
        now = self._services.clock.now()

        def deed(work: Work) -> SignalRow:
            known = work.decisions.get(decision_id)
            self._may_undo(who, known, now)
            before = work.signals.get(known.decision.signal)
            try:
                row = work.decisions.undo(decision_id, who.username, now)
            except errors.NotAllowed:
                raise TooLate(say("Dit kan niet meer ongedaan worden gemaakt.")) from None
            self._count(work, known.decision, row, -1)
            # Whoever takes a decision back has the signal in hand.
            work.attention.acknowledge(row.id, queue_of(who), who.username, now)
            audit(work, who, Tag.DECISION_UNDONE, f"signal/{row.id}", now)
            left = tuple(q for q in before.queues if q not in row.queues)
            tell(work, row.tenant, left, "signal.done", row.id, now)
            tell(work, row.tenant, row.queues, "signal.changed", row.id, now)
            return row

        return self._services.store.attempt(deed)

    def retract(self, who: Visitor, decision_id: str) -> SignalRow:
        """Take a decision back after its report left; whoever has the report hears so.

        Anybody of the queue may: who decided may be at home when it proves wrong.
        """
        now = self._services.clock.now()

        def deed(work: Work) -> SignalRow:
            known = work.decisions.get(decision_id)
            mine(work, who, known.decision.signal)
            try:
                row, told = work.decisions.retract(decision_id, who.username, now)
            except errors.NotAllowed:
                raise TooLate(
                    "Intrekken kan nu niet. Kijk wat er met dit signaal gebeurde."
                ) from None
            for target in told:
                if target in who.tenant.targets:
                    self._letters.retract(work, who.tenant, known.decision, target, now)
            self._count(work, known.decision, row, -1)
            work.attention.acknowledge(row.id, queue_of(who), who.username, now)
            audit(work, who, Tag.DECISION_RETRACTED, f"signal/{row.id}", now, told=len(told))
            tell(work, row.tenant, row.queues, "signal.changed", row.id, now)
            return row

        return self._services.store.attempt(deed)

    def merge(self, who: Visitor, source_id: str, into_id: str) -> Incident:
        """Join two incidents; all messages of the first go to the second."""
        now = self._services.clock.now()

        def deed(work: Work) -> Incident:
            for incident_id in (source_id, into_id):
                self._my_incident(work, who, incident_id)
            moved = [row.id for row in work.signals.of_incident(source_id)]
            self._remember(work, who, StepKind.MERGED, moved, now)
            try:
                merged = work.incidents.merge(source_id, into_id, now)
            except (errors.BadInput, errors.NotAllowed):
                raise errors.BadInput(say("Deze twee incidenten kunnen niet samen.")) from None
            detail = {"into": into_id}
            audit(work, who, Tag.INCIDENT_MERGED, f"incident/{source_id}", now, **detail)
            self._incident_changed(work, into_id, now)
            return merged

        return self._services.store.attempt(deed)

    def split(self, who: Visitor, signal_id: str) -> Incident:
        """Give one signal an incident of its own."""
        now = self._services.clock.now()

        def deed(work: Work) -> Incident:
            row = mine(work, who, signal_id)
            if len(work.signals.of_incident(row.incident_id)) < 2:
                raise errors.BadInput(say("Dit incident heeft maar één bericht."))
            incident = work.incidents.split(row.id, self._incident_of(row, now))
            self._remember(work, who, StepKind.SPLIT, [row.id], now)
            audit(work, who, Tag.INCIDENT_SPLIT, f"signal/{row.id}", now)
            self._incident_changed(work, row.incident_id, now)
            self._incident_changed(work, incident.id, now)
            return incident

        return self._services.store.attempt(deed)

    def ask(self, who: Visitor, signal_id: str, to: Addressee, text: str) -> str:
        """Ask the reporter or the whole group something; the answer lands at the incident."""
        if not text:
            raise errors.BadInput(say("Schrijf eerst uw vraag op."))
        now = self._services.clock.now()

        def deed(work: Work) -> str:
            row = mine(work, who, signal_id)
            question = Question(
                id=self._make_id(now),
                tenant=row.tenant,
                signal_id=row.id,
                group_id=row.group_id,
                asked_by=who.username,
                asked_at=now,
                to=to,
                text=text,
            )
            self._letters.question(work, who.tenant, question)
            work.questions.ask(question)
            audit(work, who, Tag.QUESTION_ASKED, f"signal/{row.id}", now, to=to)
            tell(work, row.tenant, row.queues, "signal.changed", row.id, now)
            return question.id

        return self._services.store.attempt(deed)

    def resend(self, who: Visitor, outbox_id: str) -> None:
        """Try once more to hand over what could not be handed over."""
        now = self._services.clock.now()

        def deed(work: Work) -> None:
            letter = work.outbox.get(outbox_id)
            if letter.tenant != who.tenant.slug:
                raise errors.NotFound
            if who.role.queue is not None:
                mine(work, who, letter.signal_id or "")
            try:
                work.outbox.resend(outbox_id, now)
            except errors.NotAllowed:
                raise errors.AlreadyDecided(say("Dit is al opnieuw verstuurd of gewist.")) from None
            audit(work, who, Tag.REPORT_RESENT, f"outbox/{outbox_id}", now)

        self._services.store.attempt(deed)

    def _remember(
        self, work: Work, who: Visitor, kind: StepKind, ids: Sequence[str], now: datetime
    ) -> None:
        made = (
            Step(
                id=self._make_id(now),
                tenant=who.tenant.slug,
                signal_id=id,
                kind=kind,
                actor=who.username,
                at=now,
            )
            for id in ids
        )
        work.steps.add(list(made))

    def _my_incident(self, work: Work, who: Visitor, incident_id: str) -> None:
        incident = work.incidents.get(incident_id)
        rows = work.signals.of_incident(incident_id)
        visible = any(who.role.queue in row.queues for row in rows)
        if incident.tenant != who.tenant.slug or not visible:
            raise errors.NotFound

    def _next_queue(
        self, work: Work, who: Visitor, row: SignalRow, act: Act, category: Category | None
    ) -> Queue | None:
        """Return where the signal goes on waiting; None when this decision ends the wait."""
        own = queue_of(who)
        if act is Act.REROUTE:
            return other(own)
        if act is Act.RECATEGORISE and category is not None:
            queues = self._letters.route(work, who.tenant, row, category).queues
            return None if own in queues else queues[0]
        return None

    def _carry_out(self, work: Work, decision: Decision, row: SignalRow) -> SignalRow:
        try:
            return work.decisions.decide(decision)
        except errors.AlreadyDecided:
            raise errors.AlreadyDecided(self._who_was_first(work, row)) from None

    def _who_was_first(self, work: Work, row: SignalRow) -> str:
        standing = [d for d in work.decisions.of_signal(row.id) if d.undone_at is None]
        if row.state is SignalState.OPEN or not standing:
            return say("Dit signaal is net gewijzigd. Kijk er nog eens naar.")
        actor = standing[-1].decision.actor
        account = work.accounts.by_name(actor)
        return say(
            "Al afgehandeld door %(actor)s.", actor=account.display_name if account else actor
        )

    def _may_undo(self, who: Visitor, known: DecisionRow, now: datetime) -> None:
        if known.tenant != who.tenant.slug:
            raise errors.NotFound
        if known.decision.actor != who.username:
            raise errors.NotAllowed(say("Alleen wie het besluit nam, kan het ongedaan maken."))
        if now - known.decision.at >= timedelta(seconds=who.tenant.undo_seconds):
            raise TooLate(say("De tijd om dit ongedaan te maken is voorbij."))

    def _incident_of(self, row: SignalRow, now: datetime) -> Incident:
        return Incident(
            id=self._make_id(now),
            tenant=row.tenant,
            category=row.category,
            opened_at=row.sent_at,
            last_at=row.sent_at,
            groups=frozenset({row.group_id}),
            places=place.spots(row.places),
            points=place.points(row.places),
        )

    def _incident_changed(self, work: Work, incident_id: str, now: datetime) -> None:
        for row in work.signals.of_incident(incident_id):
            if row.state is SignalState.OPEN:
                tell(work, row.tenant, row.queues, "signal.changed", row.id, now)

    def _count(self, work: Work, decision: Decision, row: SignalRow, n: int) -> None:
        if decision.queue is not None:
            return
        category = decision.category or row.category
        what = Category.GEEN if decision.act is Act.REJECT else category
        key = CounterKey(
            tenant=row.tenant,
            group=row.group_id,
            day=f"{decision.at.astimezone(AMSTERDAM):%Y-%m-%d}",
            kind="decided",
            what=what.value,
        )
        work.counters.add({key: n})


def _own_judgement(
    view: View, row: SignalRow, act: Act, category: Category | None
) -> tuple[Act, Category | None]:
    """Return the decision as the store knows it, however much of the label was shown."""
    if view is View.FULL:
        return act, category
    if act is Act.CONFIRM:
        raise errors.BadInput(say("Het model zegt hier niets. Kies zelf de categorie."))
    if act is Act.RECATEGORISE and category is row.category:
        return Act.CONFIRM, None
    return act, category
