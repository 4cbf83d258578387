# SPDX-License-Identifier: EUPL-1.2
"""What a member can ask and have erased, and who is told of it."""

from __future__ import annotations

from datetime import timedelta

from buurtsignaal.bootstrap import House
from buurtsignaal.pipeline import Pipeline
from buurtsignaal.retracting import retract
from core.clock import FrozenClock
from core.message import Role
from core.signal import Act, Decision
from routing.report import report_of
from store.outbox import OutboxRow
from store.retention import Rules, sweep
from store.signalrow import SignalRow
from tests.buurtsignaal.conftest import TENANT, Chat


def only_signal(house: House) -> SignalRow:
    with house.store.read() as work:
        [row] = work.signals.recent(TENANT, 9)
    return row


def number(row: SignalRow) -> str:
    end = row.id[-8:].upper()
    return f"{end[:4]}-{end[4:]}"


def asks(chat: Chat, pipeline: Pipeline, house: House, name: str, argument: str = "") -> str:
    """Let anna, a member, send a command; return what the bot answers."""
    said = chat.commands(name, sender="anna", role=Role.MEMBER, argument=argument)
    return answer(chat, pipeline, house, said)


def answer(chat: Chat, pipeline: Pipeline, house: House, said: object) -> str:
    pipeline.handle([chat.batch(said)])  # type: ignore[arg-type]
    chat.later(seconds=1)
    with house.store.write() as work:
        rows = work.outbox.claim(house.clock.now(), timedelta(days=9), 99)
    return str(rows[-1].payload and rows[-1].payload["text"])


def report(house: House, row: SignalRow) -> str:
    """Let an operator confirm a signal and the receiver have it; return the receiver's name."""
    now, target = house.clock.now(), next(iter(house.tenants[TENANT].targets))
    decision = Decision(
        id="d1", signal=row.id, act=Act.CONFIRM, actor="agnes", at=now, seen_version=row.version
    )
    content = report_of(row, house.taxonomy, municipality="x", group="", decided_at=now)
    letter = OutboxRow(
        id="o1",
        tenant=TENANT,
        kind="report",
        target=target,
        signal_id=row.id,
        group_id=row.group_id,
        decision_id="d1",
        payload=content.payload(),
        idempotency_key="k" * 64,
        created_at=now,
        due_at=now,
    )
    with house.store.write() as work:
        work.decisions.decide(decision)
        work.outbox.put([letter])
        work.outbox.sent("o1", now)
    return target


def retractions(house: House) -> list[OutboxRow]:
    with house.store.read() as work:
        rows = work.outbox.of_signal(only_signal(house).id)
    return [row for row in rows if row.kind == "retract"]


def test_a_member_sees_what_is_kept_but_no_words(
    consented: Chat, pipeline: Pipeline, house: House
) -> None:
    pipeline.handle([consented.batch(consented.says("inbraak bij nummer 8"))])
    told = asks(consented, pipeline, house, "inzage")
    assert "bewaren wij hier van u: 1" in told
    assert f"{number(only_signal(house))}: van 21 november 2026." in told
    assert "uiterlijk 5 december 2026" in told
    assert "inbraak" not in told


def test_a_member_sees_who_has_it(consented: Chat, pipeline: Pipeline, house: House) -> None:
    pipeline.handle([consented.batch(consented.says("inbraak bij nummer 8"))])
    target = report(house, only_signal(house))
    assert f"Verstuurd naar: {target}" in asks(consented, pipeline, house, "inzage")


def test_what_others_wrote_is_not_shown(consented: Chat, pipeline: Pipeline, house: House) -> None:
    pipeline.handle([consented.batch(consented.says("inbraak bij nummer 8", sender="carl"))])
    assert "geen meldingen van u" in asks(consented, pipeline, house, "inzage")


def test_a_member_erases_one_report_by_its_number(
    consented: Chat, pipeline: Pipeline, house: House
) -> None:
    said = consented.says("inbraak bij nummer 8")
    pipeline.handle([consented.batch(said)])
    row = only_signal(house)
    assert "is bij ons gewist" in asks(consented, pipeline, house, "wis", number(row).lower())
    with house.store.read() as work:
        assert work.signals.get(row.id).masked is None
    assert "geen meldingen van u" in asks(consented, pipeline, house, "inzage")
    # The message itself stays out, in whatever version it comes again.
    pipeline.handle([consented.batch(consented.says("inbraak!", id=said.external_id))])
    with house.store.read() as work:
        assert len(work.signals.recent(TENANT, 9)) == 1


def test_nobody_erases_what_another_wrote(
    consented: Chat, pipeline: Pipeline, house: House
) -> None:
    pipeline.handle([consented.batch(consented.says("inbraak bij nummer 8", sender="carl"))])
    row = only_signal(house)
    assert "hebben wij niet" in asks(consented, pipeline, house, "wis", number(row))
    with house.store.read() as work:
        assert work.signals.get(row.id).masked is not None


def test_receivers_are_told_once_and_without_words(
    consented: Chat, pipeline: Pipeline, house: House
) -> None:
    pipeline.handle([consented.batch(consented.says("inbraak bij nummer 8"))])
    row = only_signal(house)
    target = report(house, row)
    assert retract(house) == 0
    asks(consented, pipeline, house, "wis", number(row))
    assert [retract(house), retract(house)] == [1, 0]
    [told] = retractions(house)
    assert (told.target, told.state) == (target, "pending")
    assert told.payload is not None
    assert (told.payload["text"], told.payload["full_text"]) == ("", None)


def test_a_withdrawal_of_the_group_reaches_receivers_too(
    consented: Chat, pipeline: Pipeline, house: House
) -> None:
    pipeline.handle([consented.batch(consented.says("inbraak bij nummer 8"))])
    report(house, only_signal(house))
    pipeline.handle([consented.batch(consented.commands("stop"))])
    sweep(house.store, house.clock.now(), Rules())
    assert retract(house) == 1
    assert retractions(house)[0].state == "pending"


def test_what_is_erased_at_the_end_of_its_term_is_not_taken_back(
    consented: Chat, pipeline: Pipeline, house: House, clock: FrozenClock
) -> None:
    pipeline.handle([consented.batch(consented.says("inbraak bij nummer 8"))])
    report(house, only_signal(house))
    terms = {slug: tenant.retention for slug, tenant in house.tenants.items()}
    clock.advance(terms[TENANT].decided + timedelta(minutes=1))
    assert sweep(house.store, clock.now(), Rules(tenants=terms)).expired == 1
    assert retract(house) == 0


def test_members_say_once_a_month_how_much_it_helped(
    consented: Chat, pipeline: Pipeline, house: House
) -> None:
    assert "van 1 tot en met 5" in asks(consented, pipeline, house, "cijfer", "9")
    assert "Uw cijfer telt mee" in asks(consented, pipeline, house, "cijfer", "2")
    asks(consented, pipeline, house, "cijfer", "4")
    pipeline.handle([consented.batch(consented.commands("cijfer", argument="5"))])
    with house.store.read() as work:
        [month] = work.ratings.months(TENANT, "2026-12")
    assert (month.month, month.answers, month.total) == ("2026-11", 2, 9)
    asks(consented, pipeline, house, "vergeetmij")
    with house.store.read() as work:
        assert [m.answers for m in work.ratings.months(TENANT, "2026-12")] == [1]
