# SPDX-License-Identifier: EUPL-1.2
"""Once a month each group that is read hears it again, whatever restarts in between."""

from __future__ import annotations

from datetime import timedelta

import pytest

from buurtsignaal.announcing import announce
from buurtsignaal.bootstrap import House, build
from buurtsignaal.settings import Settings
from core.clock import FrozenClock
from core.consent import ConsentEvent, ConsentKind
from core.message import Role
from store.consent import Group
from tests.buurtsignaal.conftest import TENANT

SPEAKING = frozenset({"telegram", "matrix", "whatsapp_cloud", "xmpp"})


def group(house: House, chat: str, source: str = "telegram", *, granted: bool = True) -> Group:
    now = house.clock.now()
    with house.store.write() as work:
        made = work.consent.ensure(TENANT, source, chat, id=f"g-{source}-{chat}", at=now)
        if granted:
            work.consent.append(made.id, event(house, ConsentKind.GRANTED))
    return made


def event(house: House, kind: ConsentKind) -> ConsentEvent:
    return ConsentEvent(kind=kind, at=house.clock.now(), actor="bea", role=Role.OWNER)


def said(house: House) -> list[str]:
    later = house.clock.now() + timedelta(seconds=1)
    with house.store.write() as work:
        return [str(row.payload["text"]) for row in work.outbox.claim(later, timedelta(0), 99)]  # type: ignore[index]


def test_a_group_hears_it_in_each_month_after_its_consent_and_once(
    house: House, clock: FrozenClock
) -> None:
    group(house, "-1")
    assert announce(house, SPEAKING) == 0  # It was told this very month.
    told = []
    for _ in range(40):
        clock.advance(timedelta(days=2))
        told.append(announce(house, SPEAKING))
    assert sum(told) == 3  # December, January and February.


def test_a_restart_says_nothing_twice(house: House, clock: FrozenClock, settings: Settings) -> None:
    group(house, "-1")
    clock.advance(timedelta(days=14))
    assert announce(house, SPEAKING) == 1
    again = build(settings, clock=clock)
    try:
        assert announce(again, SPEAKING) == 0
    finally:
        again.store.close()


def test_it_says_who_reads_why_what_is_kept_and_how_to_stop(
    house: House, clock: FrozenClock
) -> None:
    group(house, "-1")
    clock.advance(timedelta(days=14))
    announce(house, SPEAKING)
    [text] = said(house)
    for words in (
        "sinds 21 november 2026",
        "Doel: ",
        "Wettelijke basis: ",
        "dagen",
        "/nee",
        "/stop",
    ):
        assert words in text


def test_in_strict_mode_it_says_so(house: House, clock: FrozenClock) -> None:
    made = group(house, "-1")
    with house.store.write() as work:
        work.consent.set_profile(made.id, mode="only-yes")
    clock.advance(timedelta(days=14))
    announce(house, SPEAKING)
    assert "alleen berichten van mensen die ja zeggen" in said(house)[0]


@pytest.mark.parametrize("source", ["whatsapp_export", "whatsapp_cloud"])
def test_where_nobody_listens_nothing_is_said(
    house: House, clock: FrozenClock, source: str
) -> None:
    """An export has no voice; who is alone with the bot started every talk."""
    group(house, "1", source)
    clock.advance(timedelta(days=14))
    assert announce(house, SPEAKING) == 0


def test_a_group_that_stopped_or_never_began_hears_nothing(
    house: House, clock: FrozenClock
) -> None:
    group(house, "-1", granted=False)
    stopped = group(house, "-2")
    clock.advance(timedelta(days=14))
    with house.store.write() as work:
        work.consent.append(stopped.id, event(house, ConsentKind.WITHDRAWN))
    assert announce(house, SPEAKING) == 0


def test_nobody_is_woken_up(house: House, clock: FrozenClock) -> None:
    group(house, "-1")
    clock.advance(timedelta(days=14, hours=10))
    assert announce(house, SPEAKING) == 0
    clock.advance(timedelta(hours=12))
    assert announce(house, SPEAKING) == 1
