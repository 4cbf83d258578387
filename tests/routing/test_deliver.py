# SPDX-License-Identifier: EUPL-1.2
"""What is due arrives once; what cannot arrive comes back, or is put before a person."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from core import errors
from core.audit import AuditEvent, Result, Tag
from core.clock import AMSTERDAM, FrozenClock, SystemClock
from core.consent import ConsentKind
from core.label import Category
from routing import deliver
from routing.backoff import Backoff
from routing.deliver import AT_ONCE, ATTEMPT, LEASE, Deliverer
from routing.registry import Tools, build_target
from routing.report import Report
from routing.target import Receipt, Saying, Target
from store.database import Store
from store.failure import StoreUnavailable
from store.outbox import OutboxRow, payload_context
from store.tables import outbox
from store.work import Work
from tests.routing import samples
from tests.routing.mailserver import mailserver
from tests.routing.receiver import receiver
from tests.store_samples import (
    GROUP,
    NOW,
    TENANT,
    consent_event,
    decision,
    outbox_row,
    stored_signal,
)

WEBHOOK, MAIL = "gemeente-webhook", "politie-mail"


@dataclass
class Fake:
    """A receiver that does as it is told."""

    name: str
    full_text: bool = False
    #: Raised instead of taking it, as long as there are any.
    troubles: list[Exception] = field(default_factory=list)
    taken: list[tuple[str, Report, str]] = field(default_factory=list)
    said: list[tuple[Saying, str]] = field(default_factory=list)
    begun: int = 0
    #: Waits here before it answers.
    gate: asyncio.Event | None = None
    at_once: int = 0
    most_at_once: int = 0

    async def deliver(self, report: Report, idempotency_key: str) -> Receipt:
        return await self._take("report", report, idempotency_key)

    async def retract(self, report: Report, idempotency_key: str) -> Receipt:
        return await self._take("retract", report, idempotency_key)

    async def _take(self, kind: str, report: Report, key: str) -> Receipt:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if self.gate is not None:
                await self.gate.wait()
            if self.troubles:
                raise self.troubles.pop(0)
            self.taken.append((kind, report, key))
            return Receipt(reference="ref-1")
        finally:
            self.at_once -= 1


class FakeVoice(Fake):
    """A receiver that can also say something in a chat."""

    async def say(self, saying: Saying, idempotency_key: str) -> Receipt:
        if self.troubles:
            raise self.troubles.pop(0)
        # The first words take longest, so that whatever can overtake them does.
        self.begun += 1
        await asyncio.sleep(0.05 / self.begun**2)
        self.said.append((saying, idempotency_key))
        return Receipt(reference="message-9")


class House:
    """A store with one decided signal, and a deliverer with fake receivers."""

    def __init__(self, store: Store, clock: FrozenClock) -> None:
        self.store = store
        self.clock = clock
        self.webhook, self.mail, self.voice = Fake(WEBHOOK), Fake(MAIL), FakeVoice("group")
        self.signal = stored_signal(store)
        with store.write() as work:
            work.consent.append(GROUP, consent_event())
            self.decision = decision(self.signal)
            work.decisions.decide(self.decision)

    def targets(self) -> Mapping[str, Mapping[str, Target]]:
        return {TENANT: {WEBHOOK: self.webhook, MAIL: self.mail, "group": self.voice}}

    def deliverer(self, *, chance: float = 0.5, **changed: Any) -> Deliverer:
        return Deliverer(self.store, self.targets(), self.clock, lambda: chance, **changed)

    def put(self, target: str = WEBHOOK, **changed: Any) -> OutboxRow:
        report = samples.report(id=self.signal.id, tenant=TENANT)
        given: dict[str, Any] = {
            "kind": "report",
            "target": target,
            "signal_id": self.signal.id,
            "group_id": GROUP,
            "decision_id": self.decision.id,
            "payload": report.payload(),
        }
        row = outbox_row(**(given | changed))
        with self.store.write() as work:
            assert work.outbox.put([row]) == 1
        return row

    def put_saying(self, kind: str = "reply", **changed: Any) -> OutboxRow:
        payload = {"source": "telegram", "chat": "-7", "text": "Dank u wel", "reply_to": "42"}
        return self.put("group", kind=kind, payload=payload, decision_id=None, **changed)

    def row(self, row: OutboxRow) -> OutboxRow:
        with self.store.read() as work:
            return work.outbox.get(row.id)

    def audit(self) -> list[AuditEvent]:
        with self.store.write() as work:
            return [line.event for line in reversed(work.audit.lines(TENANT, limit=50))]

    def told(self) -> list[tuple[str, str]]:
        with self.store.write() as work:
            return [
                (e.channel, e.ref) for e in work.events.after(TENANT, 0) if e.kind == "outbox.dead"
            ]


@pytest.fixture
def house(sqlite_store: Store, clock: FrozenClock) -> House:
    return House(sqlite_store, clock)


def unavailable(*, retry_after: float | None = None) -> errors.TargetUnavailable:
    return errors.TargetUnavailable("de ontvanger kan nu niet (503)", retry_after=retry_after)


# What goes well


async def test_a_decided_report_arrives_and_is_written_down(house: House) -> None:
    row = house.put()
    assert await house.deliverer().run_once() == 1
    ((kind, report, key),) = house.webhook.taken
    assert (kind, report.id, key) == ("report", house.signal.id, row.idempotency_key)
    now = house.row(row)
    assert (now.state, now.receipt, now.payload) == ("sent", "ref-1", None)
    (event,) = house.audit()
    assert (event.tag, event.object) == (Tag.REPORT_DISCLOSED, f"signal/{house.signal.id}")
    assert event.detail["target"] == WEBHOOK
    assert event.detail["decision"] == house.decision.id


async def test_what_was_sent_is_not_sent_again(house: House) -> None:
    house.put()
    worker = house.deliverer()
    assert await worker.run_once() == 1
    assert await worker.run_once() == 0
    assert len(house.webhook.taken) == 1


async def test_nothing_leaves_before_its_moment(house: House) -> None:
    house.put(due_at=NOW + timedelta(seconds=10))
    worker = house.deliverer()
    house.clock.advance(timedelta(seconds=9))
    assert await worker.run_once() == 0
    house.clock.advance(timedelta(seconds=1))
    assert await worker.run_once() == 1


async def test_a_receiver_sees_people_only_when_it_may(house: House) -> None:
    house.webhook.full_text = True
    house.put(WEBHOOK)
    house.put(MAIL)
    await house.deliverer().run_once()
    assert house.webhook.taken[0][1].words == samples.WORDS
    assert house.mail.taken[0][1].full_text is None
    assert house.mail.taken[0][1].words == samples.MASKED


async def test_a_retraction_arrives_without_words(house: House) -> None:
    row = house.put(kind="retract")
    await house.deliverer().run_once()
    ((kind, report, _),) = house.webhook.taken
    assert (kind, report.words, report.id) == ("retract", "", house.signal.id)
    assert house.audit()[0].tag is Tag.REPORT_RETRACTED
    assert house.row(row).state == "sent"


async def test_a_reply_is_said_in_its_chat(house: House) -> None:
    row = house.put_saying()
    await house.deliverer().run_once()
    assert house.voice.said == [
        (
            Saying(source="telegram", chat="-7", text="Dank u wel", reply_to="42"),
            row.idempotency_key,
        )
    ]
    assert house.audit() == []


async def test_what_is_said_in_one_chat_keeps_its_order(house: House) -> None:
    rows = [house.put_saying(due_at=NOW - timedelta(seconds=9 - n)) for n in range(6)]
    await house.deliverer().run_once()
    assert [key for _, key in house.voice.said] == [row.idempotency_key for row in rows]


async def test_a_chat_that_cannot_be_reached_does_not_silence_another(house: House) -> None:
    with house.store.write() as work:
        work.consent.ensure(TENANT, "webhook", "app/g", id="g2", at=NOW)
        work.consent.append("g2", consent_event())
    away = house.put_saying(group_id="g2")
    house.voice.troubles = [errors.TargetUnavailable("weg")]
    sending = house.deliverer()
    await sending.run_once()

    heard = house.put_saying()
    await sending.run_once()

    assert house.row(away).state == "pending"
    assert house.row(heard).state == "sent"


async def test_a_question_learns_its_message_in_the_same_transaction(house: House) -> None:
    def learn(work: Work, row: OutboxRow, receipt: Receipt) -> None:
        work.cursors.advance(TENANT, "test", row.kind, receipt.reference, NOW)

    house.put_saying("question")
    await house.deliverer(on_sent=learn).run_once()
    with house.store.read() as work:
        assert work.cursors.get(TENANT, "test", "question") == "message-9"


async def test_a_decided_signal_counts_as_forwarded_once(house: House) -> None:
    house.put(WEBHOOK)
    house.put(MAIL)
    await house.deliverer().run_once()
    day = f"{NOW.astimezone(AMSTERDAM):%Y-%m-%d}"
    with house.store.read() as work:
        counts = work.counters.per_day(GROUP, day)
    assert [(c.kind, c.what, c.n) for c in counts if c.kind == "forwarded"] == [
        ("forwarded", "inbraak", 1)
    ]


async def test_real_receivers_take_what_the_outbox_gives(house: House) -> None:
    known = {"BUURTSIGNAAL_WH": samples.WEBHOOK_SECRET}
    tools = Tools(secret=samples.secrets(known), clock=SystemClock())
    async with mailserver(None) as box, receiver() as taker:
        mail = build_target(
            samples.config(
                "email",
                host="127.0.0.1",
                port=box.port,
                starttls="never",
                sender="a@duinveld.example",
                recipients=["b@politie.example"],
            ),
            tools,
        )
        webhook = build_target(
            samples.config(
                "webhook", url=taker.url, secret_env="BUURTSIGNAAL_WH", source="urn:nld:x"
            ),
            tools,
        )
        rows = [house.put(MAIL), house.put(WEBHOOK)]
        targets = {TENANT: {MAIL: mail, WEBHOOK: webhook}}
        await Deliverer(house.store, targets, house.clock).run_once()
    assert [house.row(row).state for row in rows] == ["sent", "sent"]
    assert list(box.mails) == [f"<{rows[0].idempotency_key}@duinveld.example>"]
    assert list(taker.events) == [rows[1].idempotency_key]
    assert house.row(rows[1]).receipt == "MOR-2026-17"


# What comes back


async def test_trouble_brings_it_back_later_with_jitter(house: House) -> None:
    row = house.put()
    house.webhook.troubles = [unavailable()]
    await house.deliverer(chance=0.25).run_once()
    now = house.row(row)
    assert (now.state, now.due_at - NOW) == ("pending", timedelta(seconds=0.5))
    assert now.last_error == "de ontvanger kan nu niet (503)"
    assert house.audit() == []
    house.clock.advance(timedelta(seconds=1))
    assert await house.deliverer().run_once() == 1
    assert house.row(row).state == "sent"


async def test_the_wait_grows_with_each_try(house: House) -> None:
    row = house.put()
    house.webhook.troubles = [unavailable() for _ in range(4)]
    waits = []
    worker = house.deliverer(chance=1.0)
    for _ in range(4):
        before = house.clock.now()
        await worker.run_once()
        waits.append((house.row(row).due_at - before).total_seconds())
        house.clock.advance(house.row(row).due_at - before)
    assert waits == [2, 4, 8, 16]


async def test_a_receiver_that_asks_for_time_gets_it(house: House) -> None:
    row = house.put()
    house.webhook.troubles = [unavailable(retry_after=300)]
    await house.deliverer().run_once()
    assert house.row(row).due_at == NOW + timedelta(seconds=300)


async def test_after_the_last_try_a_person_has_to_look(house: House) -> None:
    row = house.put()
    house.webhook.troubles = [unavailable() for _ in range(9)]
    worker = house.deliverer(backoff=Backoff(tries=3))
    for _ in range(5):
        await worker.run_once()
        house.clock.advance(timedelta(hours=1))
    now = house.row(row)
    assert (now.state, now.attempts) == ("dead", 3)
    assert len(house.webhook.troubles) == 6
    (event,) = house.audit()
    assert (event.tag, event.result) == (Tag.REPORT_FAILED, Result.FAILED)
    # The administrator and the queue that decided both hear it.
    assert house.told() == [("beheer", row.id), ("meldkamer", row.id)]


async def test_a_refusal_is_dead_at_once(house: House) -> None:
    row = house.put()
    house.webhook.troubles = [errors.TargetRefused("de ontvanger weigert het bericht (422)")]
    await house.deliverer().run_once()
    now = house.row(row)
    assert (now.state, now.last_error) == ("dead", "de ontvanger weigert het bericht (422)")
    assert house.audit()[0].result is Result.REFUSED


async def test_a_dead_letter_can_be_sent_again(house: House) -> None:
    row = house.put()
    house.webhook.troubles = [errors.TargetRefused("nee")]
    worker = house.deliverer()
    await worker.run_once()
    with house.store.write() as work:
        work.outbox.resend(row.id, NOW)
    await worker.run_once()
    assert house.row(row).state == "sent"


async def test_a_receiver_with_a_fault_shows_none_of_what_it_says(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    row = house.put()
    house.webhook.troubles = [KeyError(samples.WORDS)]
    with caplog.at_level(logging.DEBUG):
        await house.deliverer().run_once()
    assert house.row(row).last_error == "de ontvanger faalt (KeyError)"
    assert house.row(row).state == "pending"
    assert "Jan" not in caplog.text


async def test_a_receiver_that_never_answers_is_left(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliver, "ATTEMPT", timedelta(milliseconds=50))
    row = house.put()
    house.webhook.gate = asyncio.Event()
    await house.deliverer().run_once()
    assert house.row(row).last_error == "de ontvanger antwoordt niet op tijd"


async def test_an_unknown_receiver_is_named_with_those_that_exist(house: House) -> None:
    row = house.put("fax")
    await house.deliverer().run_once()
    now = house.row(row)
    assert now.state == "dead"
    assert now.last_error == (
        f"ontvanger 'fax' staat niet in tenant.toml; wel: {WEBHOOK}, group, {MAIL}"
    )


# What must not leave


async def test_no_police_report_leaves_without_a_person(house: House) -> None:
    afval = samples.report(category=Category.AFVAL).payload()
    row = house.put(automatic=True, decision_id=None, payload=afval)
    inbraak = json.dumps(samples.report(id=house.signal.id, tenant=TENANT).payload()).encode()
    with house.store.write() as work:
        # The database refuses such a row; here somebody has got around that.
        sealed = work.transaction.sealer.seal(inbraak, payload_context(row.id))
        work.transaction.run(sa.update(outbox).values(sealed=sealed))
    await house.deliverer().run_once()
    assert house.webhook.taken == []
    assert house.row(row).state == "dead"
    assert house.row(row).last_error == "zonder beslissing van een mens gaat er niets weg"


async def test_a_municipal_report_leaves_by_itself_when_it_is_automatic(house: House) -> None:
    report = samples.report(category=Category.AFVAL, decided_by=None)
    house.put(automatic=True, decision_id=None, payload=report.payload())
    await house.deliverer().run_once()
    assert len(house.webhook.taken) == 1


@pytest.mark.parametrize("kind", ["report", "question"])
async def test_nothing_is_disclosed_after_the_group_withdrew(house: House, kind: str) -> None:
    row = house.put() if kind == "report" else house.put_saying("question")
    with house.store.write() as work:
        work.consent.append(GROUP, consent_event(ConsentKind.WITHDRAWN))
    await house.deliverer().run_once()
    assert house.webhook.taken == []
    assert house.voice.said == []
    assert house.row(row).last_error == "de groep heeft de toestemming ingetrokken"


async def test_asking_again_after_a_withdrawal_gives_nothing_free(house: House) -> None:
    house.put()
    with house.store.write() as work:
        work.consent.append(GROUP, consent_event(ConsentKind.WITHDRAWN))
        work.consent.append(GROUP, consent_event(ConsentKind.REQUESTED))
    await house.deliverer().run_once()
    assert house.webhook.taken == []


async def test_the_group_hears_the_goodbye_and_receivers_the_retraction(house: House) -> None:
    with house.store.write() as work:
        work.consent.append(GROUP, consent_event(ConsentKind.WITHDRAWN))
    house.put_saying("reply")
    house.put(kind="retract")
    await house.deliverer().run_once()
    assert len(house.voice.said) == 1
    assert len(house.webhook.taken) == 1


async def test_the_end_of_a_pilot_takes_back_nothing_that_was_decided(house: House) -> None:
    with house.store.write() as work:
        work.consent.append(GROUP, consent_event(valid_until=NOW + timedelta(seconds=5)))
    house.put(due_at=NOW + timedelta(seconds=10))
    house.clock.advance(timedelta(seconds=10))
    await house.deliverer().run_once()
    assert len(house.webhook.taken) == 1


async def test_what_was_erased_after_it_was_claimed_does_not_leave(house: House) -> None:
    rows = [house.put() for _ in range(deliver.AT_ONCE + 1)]
    house.webhook.gate = asyncio.Event()
    work_done = asyncio.create_task(house.deliverer().run_once())
    while house.webhook.at_once < deliver.AT_ONCE:
        await asyncio.sleep(0.01)
    with house.store.write() as work:
        work.signals.erase([house.signal.id], NOW)
    house.webhook.gate.set()
    await work_done
    assert len(house.webhook.taken) == deliver.AT_ONCE
    assert (
        sorted(house.row(row).state for row in rows) == ["cancelled"] + ["sent"] * deliver.AT_ONCE
    )


async def test_a_lease_that_is_nearly_over_is_left_to_the_next_worker(house: House) -> None:
    rows = [house.put() for _ in range(deliver.AT_ONCE + 1)]
    house.webhook.gate = asyncio.Event()
    work_done = asyncio.create_task(house.deliverer().run_once())
    while house.webhook.at_once < deliver.AT_ONCE:
        await asyncio.sleep(0.01)
    house.clock.advance(LEASE - ATTEMPT + timedelta(seconds=1))
    house.webhook.gate.set()
    await work_done
    assert len(house.webhook.taken) == deliver.AT_ONCE
    assert sum(house.row(row).state == "leased" for row in rows) == 1
    house.clock.advance(ATTEMPT)
    assert await house.deliverer().run_once() == 1
    assert len(house.webhook.taken) == len(rows)


@pytest.mark.parametrize("payload", [{}, {"id": 3}, {"text": samples.WORDS}])
@pytest.mark.parametrize("kind", ["report", "retract", "reply"])
async def test_a_payload_that_cannot_be_read_is_dead_and_not_shown(
    house: House, kind: str, payload: dict[str, Any]
) -> None:
    row = house.put("group", kind=kind, payload=payload)
    await house.deliverer().run_once()
    now = house.row(row)
    assert (now.state, now.last_error) == ("dead", "de inhoud van deze zending is niet leesbaar")


async def test_a_receiver_that_cannot_talk_gets_no_reply(house: House) -> None:
    payload = {"source": "telegram", "chat": "-7", "text": "Dank u wel"}
    row = house.put(MAIL, kind="reply", payload=payload)
    await house.deliverer().run_once()
    assert house.row(row).last_error == f"ontvanger '{MAIL}' kan niet in een groep praten"


# One receiver's trouble is its own


async def test_a_receiver_that_hangs_holds_up_nobody_else(house: House) -> None:
    slow = [house.put(WEBHOOK) for _ in range(20)]
    fast = house.put(MAIL)
    house.webhook.gate = asyncio.Event()
    stop, wake = asyncio.Event(), asyncio.Event()
    running = asyncio.create_task(house.deliverer(poll=0.01).run(stop, wake))
    await until(lambda: house.row(fast).state == "sent")
    late = house.put(MAIL)
    wake.set()
    await until(lambda: house.row(late).state == "sent")
    assert house.webhook.most_at_once == deliver.AT_ONCE
    house.webhook.gate.set()
    await until(lambda: all(house.row(row).state == "sent" for row in slow))
    stop.set()
    await asyncio.wait_for(running, 5)


async def test_after_a_failure_the_others_for_it_wait_without_trying(house: House) -> None:
    rows = [house.put(WEBHOOK) for _ in range(20)]
    house.webhook.troubles = [unavailable() for _ in range(20)]
    await house.deliverer(chance=1.0).run_once()
    tried = 20 - len(house.webhook.troubles)
    assert 1 <= tried <= deliver.AT_ONCE
    assert {house.row(row).state for row in rows} == {"pending"}
    waiting = [house.row(row) for row in rows if house.row(row).due_at > NOW + timedelta(seconds=2)]
    assert len(waiting) == 20 - tried
    assert all(row.due_at <= NOW + deliver.PAUSE * 2 for row in waiting)


async def test_waiting_for_a_broken_receiver_kills_no_letter(house: House) -> None:
    house.webhook.troubles = [unavailable() for _ in range(3)]
    rows = [house.put(WEBHOOK) for _ in range(3)]
    worker = house.deliverer(chance=1.0, backoff=Backoff(tries=50))
    for _ in range(20):
        await worker.run_once()
        house.clock.advance(timedelta(seconds=30))
    assert {house.row(row).state for row in rows} == {"sent"}


async def test_each_letter_to_a_broken_receiver_has_all_its_tries(house: House) -> None:
    house.webhook.troubles = [unavailable() for _ in range(1000)]
    rows = [house.put(WEBHOOK) for _ in range(12)]
    worker = house.deliverer(backoff=Backoff(tries=3))
    for _ in range(200):
        await worker.run_once()
        house.clock.advance(timedelta(seconds=5))
    assert {(house.row(row).state, house.row(row).attempts) for row in rows} == {("dead", 3)}
    assert 1000 - len(house.webhook.troubles) == 3 * len(rows)


async def test_a_letter_that_only_waited_for_its_turn_was_not_tried(house: House) -> None:
    house.webhook.gate = asyncio.Event()
    rows = [house.put(WEBHOOK) for _ in range(AT_ONCE + 1)]
    waiting = asyncio.create_task(house.deliverer().run_once())
    while house.webhook.at_once < AT_ONCE:
        await asyncio.sleep(0.01)
    house.clock.advance(LEASE)
    house.webhook.gate.set()
    await waiting
    assert sorted(house.row(row).attempts for row in rows) == [0, *[1] * AT_ONCE]


async def test_two_workers_send_each_row_once(store: Store, clock: FrozenClock) -> None:
    house = House(store, clock)
    rows = [house.put(WEBHOOK) for _ in range(40)]
    await asyncio.gather(*(house.deliverer().run_once() for _ in range(4)))
    keys = [key for _, _, key in house.webhook.taken]
    assert sorted(keys) == sorted(row.idempotency_key for row in rows)


async def test_a_worker_that_dies_loses_nothing(store: Store, clock: FrozenClock) -> None:
    house = House(store, clock)
    row = house.put()
    house.webhook.gate = asyncio.Event()
    dying = asyncio.create_task(house.deliverer().run_once())
    while not house.webhook.at_once:
        await asyncio.sleep(0.01)
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    house.webhook.gate = None
    assert await house.deliverer().run_once() == 0
    house.clock.advance(LEASE)
    assert await house.deliverer().run_once() == 1
    assert (house.row(row).state, house.row(row).attempts) == ("sent", 2)


# The loop


async def until(true: Callable[[], bool], *, seconds: float = 10) -> None:
    """Wait until something is true."""
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.01)


async def test_the_loop_wakes_for_new_work_and_stops_when_asked(house: House) -> None:
    stop, wake = asyncio.Event(), asyncio.Event()
    running = asyncio.create_task(house.deliverer(poll=60).run(stop, wake))
    await asyncio.sleep(0.05)
    row = house.put()
    wake.set()
    await until(lambda: house.row(row).state == "sent")
    stop.set()
    await asyncio.wait_for(running, 5)


async def test_on_stop_what_is_under_way_may_arrive(house: House) -> None:
    row = house.put()
    house.webhook.gate = asyncio.Event()
    stop, wake = asyncio.Event(), asyncio.Event()
    running = asyncio.create_task(house.deliverer(poll=0.01).run(stop, wake))
    await until(lambda: house.webhook.at_once == 1)
    stop.set()
    await asyncio.sleep(0.05)
    assert not running.done()
    house.webhook.gate.set()
    await asyncio.wait_for(running, 5)
    assert house.row(row).state == "sent"


async def test_on_stop_what_hangs_is_left_for_later(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliver, "FAREWELL", 0.05)
    row = house.put()
    house.webhook.gate = asyncio.Event()
    stop, wake = asyncio.Event(), asyncio.Event()
    running = asyncio.create_task(house.deliverer(poll=0.01).run(stop, wake))
    await until(lambda: house.webhook.at_once == 1)
    stop.set()
    await asyncio.wait_for(running, 5)
    assert house.row(row).state == "leased"


async def test_a_database_that_is_away_for_a_moment_does_not_end_the_loop(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = house.put()
    away = [StoreUnavailable("gone"), StoreUnavailable("gone")]
    attempt = house.store.attempt

    def sometimes(deed: Callable[[Work], Any], *, times: int = 5) -> Any:
        if away:
            raise away.pop()
        return attempt(deed, times=times)

    monkeypatch.setattr(house.store, "attempt", sometimes)
    stop, wake = asyncio.Event(), asyncio.Event()
    running = asyncio.create_task(house.deliverer(poll=0.01).run(stop, wake))
    await until(lambda: house.row(row).state == "sent")
    stop.set()
    await asyncio.wait_for(running, 5)


async def test_a_decision_that_was_undone_in_time_sends_nothing(house: House) -> None:
    row = house.put(due_at=NOW + timedelta(seconds=10))
    with house.store.write() as work:
        work.decisions.undo(house.decision.id, "agnes", NOW)
    house.clock.advance(timedelta(seconds=11))
    assert await house.deliverer().run_once() == 0
    assert house.row(row).state == "cancelled"
