# SPDX-License-Identifier: EUPL-1.2
"""What leaves the house because a person decided or asked; written to the outbox only."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from core import errors
from core.admin import link_hash
from core.clock import AMSTERDAM
from core.consent import ConsentState
from core.identity import MakeId
from core.label import Category
from core.openlink import open_token
from core.signal import Act, Decision
from core.tenant import Tenant
from dashboard import words
from dashboard.services import Services
from dashboard.spoken import plain_taxonomy, say
from ingest.texts import ALONE
from routing.report import report_of
from routing.tree import Facts, Routed
from store.consent import Group
from store.outbox import OutboxRow
from store.questions import Question
from store.signalrow import SignalRow
from store.work import Work

#: The target that speaks in the groups themselves.
GROUP = "group"
#: How long after the answer a group is asked whether it helped.
_AFTERTHOUGHT = timedelta(hours=1)
#: How long the link with that question can be used.
_ANSWERABLE = timedelta(days=14)


class Letters:
    """Composes outbox rows within the transaction of the deed."""

    def __init__(self, services: Services, make_id: MakeId) -> None:
        self._services = services
        self._make_id = make_id

    def route(self, work: Work, tenant: Tenant, row: SignalRow, category: Category) -> Routed:
        """Return where a signal goes now that a person says it is of ``category``."""
        facts = Facts(
            category=category,
            subcategory=row.subcategory if category is row.category else None,
            urgency=row.urgency,
            probability=1.0,
            area=work.consent.group(row.group_id).area,
            source=row.source,
            origin=row.origin,
            at=row.sent_at,
            first_hand=row.first_hand,
        )
        return self._services.trees[tenant.slug].route(facts)

    def report(
        self, work: Work, tenant: Tenant, decision: Decision, row: SignalRow
    ) -> tuple[str, ...]:
        """Send a confirmed signal to its receivers after the undo window; return their names.

        ``row`` is the signal as it was; a new category means a new route.
        """
        targets = self._targets(work, tenant, decision, row)
        if not targets:
            return ()
        group = work.consent.group(row.group_id)
        report = report_of(
            work.signals.get(row.id, with_text=True),
            plain_taxonomy(self._services.taxonomy),
            municipality=tenant.name,
            group=group.name,
            decided_at=decision.at,
            decided_by=decision.actor,
        )
        due = decision.at + timedelta(seconds=tenant.undo_seconds)
        rows = []
        for name in targets:
            full = tenant.targets[name].full_text
            content = report if full else report.masked()
            rows.append(self._row("report", name, content.payload(), decision, row, due))
        work.outbox.put(rows)
        return targets

    def retract(
        self, work: Work, tenant: Tenant, decision: Decision, target: str, now: datetime
    ) -> None:
        """Tell a receiver that the report of this decision no longer stands; it leaves at once."""
        row = work.signals.get(decision.signal)
        # The receiver knows it by the category that this decision gave it.
        row = replace(row, category=decision.category or row.category)
        report = report_of(
            row,
            plain_taxonomy(self._services.taxonomy),
            municipality=tenant.name,
            group="",
            decided_at=now,
        )
        letter = self._row("retract", target, report.without_text().payload(), decision, row, now)
        key = deed_key(f"retract|{decision.id}", target)
        work.outbox.put([replace(letter, created_at=now, idempotency_key=key)])

    def reply(
        self,
        work: Work,
        tenant: Tenant,
        decision: Decision,
        row: SignalRow,
        *,
        sent: bool,
    ) -> None:
        """Tell the group what became of its message, where the bot can speak and still may."""
        group = work.consent.group(row.group_id)
        if decision.act is Act.REJECT or not self.can_speak(group, decision.at):
            return
        text = self._thanks(tenant, decision, row, sent=sent)
        due = decision.at + timedelta(seconds=tenant.undo_seconds)
        saying = self._saying(work, group, text, row)
        asked = self._asked(work, tenant, group, row)
        asking = {"source": group.source, "chat": group.chat, "text": asked, "reply_to": None}
        letter = self._row("reply", GROUP, asking, decision, row, due + _AFTERTHOUGHT)
        # Once for an incident and a group, however many of its messages are handled.
        key = deed_key(f"{row.incident_id}|{group.id}", "cijfer")
        work.outbox.put(
            [
                self._row("reply", GROUP, saying, decision, row, due),
                replace(letter, idempotency_key=key),
            ]
        )

    def question(self, work: Work, tenant: Tenant, question: Question) -> None:
        """Put an operator's question into the outbox; it leaves at once."""
        group = work.consent.group(question.group_id)
        if not self.can_speak(group, question.asked_at):
            raise errors.NoConsent(say("Deze groep kan nu geen vraag ontvangen."))
        if question.to == "group" and self.only_reporter(group):
            raise errors.BadInput(say("Hier kunt u alleen de melder iets vragen."))
        text = self._services.texts[tenant.slug].say("vraag", tenant, vraag=question.text)
        row = work.signals.get(question.signal_id)
        answers = row if question.to == "reporter" else None
        letter = OutboxRow(
            id=self._make_id(question.asked_at),
            tenant=question.tenant,
            kind="question",
            target=GROUP,
            signal_id=question.signal_id,
            group_id=question.group_id,
            payload={**self._saying(work, group, text, answers), "question": question.id},
            idempotency_key=deed_key(question.id, GROUP),
            created_at=question.asked_at,
            due_at=question.asked_at,
        )
        work.outbox.put([letter])

    def only_reporter(self, group: Group) -> bool:
        """Whether nobody but the reporter hears what is said: a form, or a chat of one person."""
        return group.source in ALONE

    def tip(self, work: Work, tenant: Tenant, row: SignalRow, key: str, now: datetime) -> bool:
        """Put a prevention tip for the group into the outbox; False when it had it today."""
        group = work.consent.group(row.group_id)
        if not self.can_speak(group, now):
            raise errors.NoConsent(say("Deze groep kan nu geen tip ontvangen."))
        text = self._services.texts[tenant.slug].say(key, tenant)
        day = f"{now.astimezone(AMSTERDAM):%Y-%m-%d}"
        letter = OutboxRow(
            id=self._make_id(now),
            tenant=row.tenant,
            kind="tip",
            target=GROUP,
            signal_id=row.id,
            group_id=row.group_id,
            payload=self._saying(work, group, text, None),
            idempotency_key=deed_key(f"tip|{group.id}|{key}|{day}", GROUP),
            created_at=now,
            due_at=now,
        )
        return work.outbox.put([letter]) == 1

    def can_speak(self, group: Group, now: datetime) -> bool:
        """Whether the bot has a voice in this group and the group still wants it there."""
        granted = group.consent.at(now) is ConsentState.GRANTED
        return granted and group.source in self._services.speaking

    def _targets(
        self, work: Work, tenant: Tenant, decision: Decision, row: SignalRow
    ) -> tuple[str, ...]:
        if decision.act is Act.CONFIRM:
            names = row.targets
        elif decision.act is Act.RECATEGORISE and decision.category is not None:
            names = self.route(work, tenant, row, decision.category).targets
        else:
            return ()
        # A receiver that was taken out of the tenant file since gets nothing.
        return tuple(name for name in names if name in tenant.targets)

    def _thanks(self, tenant: Tenant, decision: Decision, row: SignalRow, *, sent: bool) -> str:
        texts = self._services.texts[tenant.slug]
        if not sent:
            return texts.say("gezien", tenant)
        category = decision.category or row.category
        receiver = self._services.taxonomy.receiver(category, row.subcategory)
        return texts.say("doorgestuurd", tenant, ontvanger=words.RECEIVER[receiver])

    def _asked(self, work: Work, tenant: Tenant, group: Group, row: SignalRow) -> str:
        """Return the question whether it helped, with a link for who rather answers unseen."""
        token = open_token(self._services.sample_key, "rating", row.incident_id, group.id)
        now = self._services.clock.now()
        work.ratings.invite(group.id, link_hash(token), now + _ANSWERABLE)
        address = f"{self._services.settings.public_url.rstrip('/')}/oordeel/{token}"
        return self._services.texts[tenant.slug].say("cijfer", tenant, adres=address)

    def _saying(
        self, work: Work, group: Group, text: str, answers: SignalRow | None
    ) -> dict[str, Any]:
        reply_to = work.signals.external_id(answers.id) if answers else None
        return {"source": group.source, "chat": group.chat, "text": text, "reply_to": reply_to}

    def _row(
        self,
        kind: str,
        target: str,
        payload: Mapping[str, Any],
        decision: Decision,
        row: SignalRow,
        due: datetime,
    ) -> OutboxRow:
        return OutboxRow(
            id=self._make_id(decision.at),
            tenant=row.tenant,
            kind=kind,
            target=target,
            signal_id=row.id,
            group_id=row.group_id,
            decision_id=decision.id,
            payload=payload,
            idempotency_key=deed_key(decision.id, target),
            created_at=decision.at,
            due_at=due,
        )


def deed_key(deed: str, target: str) -> str:
    """Return what names this deed's letter to this receiver once and for all (64 hex)."""
    return hashlib.sha256(f"{deed}|{target}".encode()).hexdigest()
