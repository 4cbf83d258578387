# SPDX-License-Identifier: EUPL-1.2
"""Admins hear in time what is about to end, groups hear when it ended, and each hears it once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from buurtsignaal.asking import ask
from buurtsignaal.bootstrap import House, build, build_pipeline
from buurtsignaal.reminding import remind
from buurtsignaal.settings import Settings
from core.admin import TERM, Admin, Rank, link_hash
from core.clock import FrozenClock
from core.consent import ConsentEvent, ConsentKind, ConsentState
from core.message import Batch, Role
from core.survey import Answered, Question, Survey
from store.consent import Group
from store.outbox import OutboxRow
from store.retention import Rules, sweep
from tests.buurtsignaal.conftest import TENANT, Chat, PlainClassifier

SPEAKING = frozenset({"telegram"})
MAILER = "politie-mail"


@pytest.fixture
def house(settings: Settings, clock: FrozenClock) -> Iterator[House]:
    built = build(settings, clock=clock)
    known = built.municipalities[TENANT]
    mailing = replace(known, tenant=replace(known.tenant, mailer=MAILER))
    yield replace(built, municipalities={**built.municipalities, TENANT: mailing})
    built.store.close()


def group(house: House, *, days: int | None = None, granted: bool = True) -> Group:
    now = house.clock.now()
    with house.store.write() as work:
        made = work.consent.ensure(TENANT, "telegram", "-1001", name="Molenwijk", id="g1", at=now)
        if granted:
            until = now + timedelta(days=days) if days else None
            event = ConsentEvent(
                kind=ConsentKind.GRANTED, at=now, actor="b", role=Role.OWNER, valid_until=until
            )
            work.consent.append(made.id, event)
        return work.consent.group(made.id)


def admin(house: House, id: str = "a1", *, confirmed: bool = True, mail: bool = True) -> None:
    now = house.clock.now()
    with house.store.write() as work:
        work.admins.add(
            Admin(
                id=id,
                tenant=TENANT,
                group_id="g1",
                rank=Rank.HEAD,
                name="Bea",
                contact=f"{id}@voorbeeld.nl" if mail else "",
                created_at=now,
            )
        )
        if confirmed:
            work.admins.confirm(id, now)


def said(house: House) -> list[OutboxRow]:
    """Take everything out that leaves now."""
    later = house.clock.now() + timedelta(seconds=1)
    with house.store.write() as work:
        rows = work.outbox.claim(later, timedelta(0), 99)
        for row in rows:
            work.outbox.sent(row.id, later)
    return rows


def texts(house: House) -> list[str]:
    return [str(row.payload["text"]) for row in said(house) if row.payload]


def days_with_news(house: House, clock: FrozenClock, days: int) -> list[tuple[int, list[str]]]:
    """Look twice a day; return the days on which something was said, with each first line."""
    found = []
    for day in range(days):
        remind(house, SPEAKING)
        remind(house, SPEAKING)
        if lines := sorted(text.split("\n", 1)[0] for text in texts(house)):
            found.append((day, lines))
        clock.advance(timedelta(days=1))
    return found


def test_who_must_confirm_anew_is_mailed_a_month_and_a_week_before(
    house: House, clock: FrozenClock
) -> None:
    group(house)
    admin(house)
    asked = "Bent u nog beheerder van Molenwijk?"
    gone = "Uw groep Molenwijk heeft geen beheerder"
    news = days_with_news(house, clock, 400)
    assert news == [(335, [asked]), (358, [asked]), (365, [gone])]


def test_the_link_in_the_mail_confirms_for_another_year(house: House, clock: FrozenClock) -> None:
    group(house)
    admin(house)
    clock.advance(TERM - timedelta(days=20))
    assert remind(house, SPEAKING) == 1
    [row] = said(house)
    assert row.payload is not None
    assert (row.kind, row.target, row.payload["chat"]) == ("invite", MAILER, "a1@voorbeeld.nl")
    [token] = re.findall(r"/beheerder/(\S+)", str(row.payload["text"]))
    with house.store.write() as work:
        found = work.admins.redeem(link_hash(token), clock.now())
        assert found is not None
        work.admins.confirm(found.id, clock.now())
    clock.advance(timedelta(days=15))
    assert remind(house, SPEAKING) == 0


def test_a_restart_reminds_nobody_twice(
    house: House, clock: FrozenClock, settings: Settings
) -> None:
    group(house, days=30)
    admin(house)
    clock.advance(timedelta(days=25))
    assert remind(house, SPEAKING) == 2
    again = build(settings, clock=clock)
    try:
        assert remind(replace(house, store=again.store), SPEAKING) == 0
    finally:
        again.store.close()


def test_admins_and_group_hear_that_a_trial_ends_and_that_it_ended(
    house: House, clock: FrozenClock
) -> None:
    group(house, days=30)
    admin(house)
    news = days_with_news(house, clock, 60)
    assert [day for day, _ in news] == [23, 30]
    assert [len(lines) for _, lines in news] == [2, 2]
    assert news[0][1][1] == "De proef van Molenwijk stopt op 21 december 2026"
    assert news[1][1][1] == "De proef van Molenwijk is voorbij"
    assert news[1][1][0].startswith("De proef in deze groep is voorbij. Ik lees niets meer")


def test_a_trial_that_is_made_longer_is_not_said_to_be_over(
    house: House, clock: FrozenClock
) -> None:
    made = group(house, days=30)
    clock.advance(timedelta(days=28))
    remind(house, SPEAKING)
    said(house)
    with house.store.write() as work:
        now = clock.now()
        event = ConsentEvent(kind=ConsentKind.GRANTED, at=now, actor="b", role=Role.OWNER)
        work.consent.append(made.id, event)
    assert days_with_news(house, clock, 30) == []


def test_a_group_that_stopped_hears_nothing_of_its_trial(house: House, clock: FrozenClock) -> None:
    made = group(house, days=30)
    admin(house)
    with house.store.write() as work:
        event = ConsentEvent(kind=ConsentKind.WITHDRAWN, at=clock.now(), actor="b", role=Role.OWNER)
        work.consent.append(made.id, event)
    assert days_with_news(house, clock, 60) == []


def test_from_the_end_of_a_trial_on_nothing_is_read(
    house: House, clock: FrozenClock, classifier: PlainClassifier
) -> None:
    made = group(house, days=30)
    pipeline = build_pipeline(house, classifier, speaking=SPEAKING)
    chat = Chat(clock)
    outcomes = []
    for days in (29, 1, 1):
        clock.advance(timedelta(days=days))
        batch = Batch(tenant=TENANT, source="telegram", items=(chat.says("inbraak nu"),))
        outcomes.append(pipeline.handle([batch])[0])
    assert [(o.read, o.dropped) for o in outcomes] == [(1, 0), (0, 1), (0, 1)]
    assert len(classifier.asked) == 1
    with house.store.read() as work:
        assert work.consent.group(made.id).consent.at(clock.now()) is ConsentState.EXPIRED


def test_who_was_invited_hears_once_that_the_group_waits(house: House, clock: FrozenClock) -> None:
    group(house)
    admin(house, confirmed=False)
    news = days_with_news(house, clock, 29)
    assert news == [(3, ["Uw groep Molenwijk heeft geen beheerder"])]


@pytest.mark.parametrize("how", ["quiet", "left", "no address", "no mailer"])
def test_who_wants_or_has_no_mail_gets_none(house: House, clock: FrozenClock, how: str) -> None:
    group(house)
    admin(house, mail=how != "no address")
    with house.store.write() as work:
        if how == "quiet":
            work.admins.mute("a1", quiet=True)
        if how == "left":
            work.admins.leave("a1", clock.now())
    if how == "no mailer":
        known = house.municipalities[TENANT]
        silent = replace(known, tenant=replace(known.tenant, mailer=""))
        house = replace(house, municipalities={TENANT: silent})
    clock.advance(TERM - timedelta(days=3))
    assert remind(house, SPEAKING) == 0


def test_every_reminder_says_how_to_get_no_more(house: House, clock: FrozenClock) -> None:
    group(house, days=30)
    admin(house)
    clock.advance(timedelta(days=25))
    remind(house, SPEAKING)
    mails = [row for row in said(house) if row.target == MAILER]
    assert all("/herinneringen/a1/" in str(m.payload["text"]) for m in mails if m.payload)
    assert len(mails) == 1


def test_nobody_is_woken_up(house: House, clock: FrozenClock) -> None:
    group(house, days=30)
    admin(house)
    clock.advance(timedelta(days=25, hours=11))
    assert remind(house, SPEAKING) == 0
    clock.advance(timedelta(hours=12))
    assert remind(house, SPEAKING) == 2


def test_addresses_stay_sealed_and_gone_ones_are_not_mailed(
    house: House, clock: FrozenClock
) -> None:
    group(house)
    admin(house, confirmed=False)
    clock.advance(timedelta(days=31))
    sweep(house.store, clock.now(), Rules())
    assert remind(house, SPEAKING) == 0


def _survey(house: House, starts: datetime) -> Survey:
    return Survey(
        id="s1",
        tenant=TENANT,
        title="Hoe gaat de proef?",
        purpose="weten of het helpt",
        questions=(Question(answered=Answered.YES_NO, text="Helpt het?"),),
        groups=("g1",),
        made_by="noor",
        made_at=house.clock.now(),
        starts_at=starts,
        ends_at=starts + timedelta(days=7),
    )


def _asks(house: House, clock: FrozenClock, days: int, speaking: frozenset[str]) -> list[int]:
    found = []
    for _ in range(days):
        found.append(ask(house, speaking) + ask(house, speaking))
        clock.advance(timedelta(days=1))
    return found


def test_a_group_is_asked_once_by_its_own_channel(house: House, clock: FrozenClock) -> None:
    group(house)
    survey = _survey(house, clock.now() + timedelta(days=2))
    with house.store.write() as work:
        work.surveys.add(survey, {"g1": "h" * 64})
    assert _asks(house, clock, 4, SPEAKING) == [0, 0, 1, 0]
    [text] = texts(house)
    assert "Hoe gaat de proef?" in text
    assert "tot en met 30 november 2026" in text
    assert re.search(r"/vragenlijst/[\w-]{22}", text)


Change = Callable[[House, FrozenClock], frozenset[str]]


def _withdraw(house: House, clock: FrozenClock) -> frozenset[str]:
    with house.store.write() as work:
        event = ConsentEvent(kind=ConsentKind.WITHDRAWN, at=clock.now(), actor="b", role=Role.OWNER)
        work.consent.append("g1", event)
    return SPEAKING


def _stop(house: House, clock: FrozenClock) -> frozenset[str]:
    with house.store.write() as work:
        work.surveys.stop("s1", clock.now())
    return SPEAKING


def _mute(_house: House, _clock: FrozenClock) -> frozenset[str]:
    return frozenset()


@pytest.mark.parametrize("change", [_withdraw, _stop, _mute])
def test_a_group_that_cannot_or_need_not_answer_is_not_asked(
    house: House, clock: FrozenClock, change: Change
) -> None:
    group(house)
    with house.store.write() as work:
        work.surveys.add(_survey(house, clock.now()), {"g1": "h" * 64})
    speaking = change(house, clock)
    assert _asks(house, clock, 8, speaking) == [0] * 8
