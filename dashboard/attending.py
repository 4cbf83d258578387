# SPDX-License-Identifier: EUPL-1.2
"""What an operator does with a signal without deciding it: pick up, put off, explain, tip."""

from __future__ import annotations

from datetime import datetime, timedelta

from core import errors
from core.audit import Tag
from core.identity import MakeId, new_id
from core.label import Urgency
from core.signal import Reason, SignalState
from core.step import Step, StepKind
from dashboard.auth import Visitor
from dashboard.deed import audit, mine, queue_of, tell
from dashboard.letters import Letters
from dashboard.services import Services
from dashboard.spoken import say
from dashboard.words import TIP
from store.signalrow import SignalRow
from store.work import Work

#: Minutes that a signal can be put off.
SNOOZES = (5, 15, 60, 240)
#: Longest time that an urgent one can be put off, in minutes.
URGENT_SNOOZE = 15
#: A reason can be given for this long after the decision.
EXPLAIN = timedelta(minutes=5)


class Attending:
    """Each deed is one transaction; none of them ends a signal's wait."""

    def __init__(self, services: Services, make_id: MakeId = new_id) -> None:
        self._services = services
        self._make_id = make_id
        self._letters = Letters(services, make_id)

    def acknowledge(self, who: Visitor, signal_id: str) -> None:
        """Say that one looks at it; ``AlreadyDecided`` when a colleague said so first."""
        now, queue = self._services.clock.now(), queue_of(who)

        def deed(work: Work) -> None:
            row = self._waiting(work, who, signal_id)
            if not work.attention.acknowledge(row.id, queue, who.username, now):
                raise errors.AlreadyDecided(self._who_has_it(work, who, row))
            self._step(work, who, row, StepKind.ACKNOWLEDGED, now)
            audit(work, who, Tag.SIGNAL_ACKNOWLEDGED, f"signal/{row.id}", now)
            tell(work, row.tenant, (queue,), "signal.changed", row.id, now)

        self._services.store.attempt(deed)

    def snooze(self, who: Visitor, signal_id: str, minutes: int) -> datetime:
        """Put a signal off; return until when. Its owner is whoever put it off."""
        if minutes not in SNOOZES:
            raise errors.BadInput(say("Kies hoe lang u het signaal wilt uitstellen."))
        now, queue = self._services.clock.now(), queue_of(who)
        until = now + timedelta(minutes=minutes)

        def deed(work: Work) -> None:
            row = self._waiting(work, who, signal_id)
            if row.urgency is Urgency.SPOED and minutes > URGENT_SNOOZE:
                raise errors.BadInput(
                    say(
                        "Spoed kunt u hoogstens %(minutes)s minuten uitstellen.",
                        minutes=URGENT_SNOOZE,
                    )
                )
            work.attention.acknowledge(row.id, queue, who.username, now)
            work.attention.snooze(row.id, queue, who.username, until)
            self._step(work, who, row, StepKind.SNOOZED, now, until=until)
            detail = {"minutes": minutes}
            audit(work, who, Tag.SIGNAL_SNOOZED, f"signal/{row.id}", now, **detail)
            tell(work, row.tenant, (queue,), "signal.done", row.id, now)

        self._services.store.attempt(deed)
        return until

    def wake(self, who: Visitor, signal_id: str) -> None:
        """Bring a signal back before its time, also one that a colleague put off."""
        now, queue = self._services.clock.now(), queue_of(who)

        def deed(work: Work) -> None:
            row = self._waiting(work, who, signal_id)
            if not work.attention.wake(row.id, queue):
                return
            self._step(work, who, row, StepKind.WOKEN, now)
            audit(work, who, Tag.SIGNAL_WOKEN, f"signal/{row.id}", now)
            tell(work, row.tenant, (queue,), "signal.new", row.id, now)

        self._services.store.attempt(deed)

    def explain(self, who: Visitor, decision_id: str, reason: Reason) -> None:
        """Say why something was no signal; of one's own decision, shortly after it."""
        now = self._services.clock.now()

        def deed(work: Work) -> None:
            known = work.decisions.get(decision_id)
            if known.tenant != who.tenant.slug:
                raise errors.NotFound
            if known.decision.actor != who.username or now - known.decision.at > EXPLAIN:
                raise errors.NotAllowed(say("U kunt alleen uw eigen laatste besluit uitleggen."))
            work.decisions.explain(decision_id, reason)
            what = f"signal/{known.decision.signal}"
            audit(work, who, Tag.DECISION_EXPLAINED, what, now, reason=reason.value)

        self._services.store.attempt(deed)

    def tip(self, who: Visitor, signal_id: str, key: str) -> None:
        """Send a prevention tip to the group; each tip goes to a group once a day at most."""
        if key not in TIP:
            raise errors.BadInput(say("Kies welke tip u wilt sturen."))
        now = self._services.clock.now()

        def deed(work: Work) -> None:
            row = mine(work, who, signal_id)
            if not self._letters.tip(work, who.tenant, row, key, now):
                raise errors.AlreadyDecided(say("Deze tip ging vandaag al naar de groep."))
            self._step(work, who, row, StepKind.TIP, now, detail=key)
            audit(work, who, Tag.TIP_SENT, f"signal/{row.id}", now, tip=key)
            tell(work, row.tenant, row.queues, "signal.changed", row.id, now)

        self._services.store.attempt(deed)

    def _waiting(self, work: Work, who: Visitor, signal_id: str) -> SignalRow:
        row = mine(work, who, signal_id)
        if row.state is not SignalState.OPEN:
            raise errors.AlreadyDecided(say("Dit signaal is al afgehandeld."))
        return row

    def _who_has_it(self, work: Work, who: Visitor, row: SignalRow) -> str:
        queue = queue_of(who)
        known = work.attention.of(queue, [row.id]).get(row.id)
        actor = known.acknowledged_by if known else None
        if actor == who.username:
            return say("U hebt dit signaal al opgepakt.")
        account = work.accounts.by_name(actor) if actor else None
        name = account.display_name if account else say("Een collega")
        return say("%(name)s pakte dit al op.", name=name)

    def _step(
        self,
        work: Work,
        who: Visitor,
        row: SignalRow,
        kind: StepKind,
        now: datetime,
        *,
        detail: str = "",
        until: datetime | None = None,
    ) -> None:
        made = Step(
            id=self._make_id(now),
            tenant=row.tenant,
            signal_id=row.id,
            kind=kind,
            actor=who.username,
            at=now,
            detail=detail,
            until=until,
        )
        work.steps.add([made])
