# SPDX-License-Identifier: EUPL-1.2
"""Another system follows what changes, without asking for everything and without losing any."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.clock import FrozenClock
from core.label import Category
from store.retention import Rules, sweep
from store.switches import SCORES, Switch
from tests.dashboard.api.program import Program
from tests.dashboard.visitor import Visitor
from tests.dashboard.world import SLUG, World

DAY = timedelta(days=1)


def follow(program: Program, cursor: str, **params: int) -> tuple[list[tuple[str, str]], str]:
    """Return what changed since then, and where to go on."""
    found = program.fetch("/wijzigingen", na=cursor, **params)
    return [(c["soort"], c["signaal"]) for c in found["wijzigingen"]], found["cursor"]


def test_who_follows_hears_each_change_once(
    world: World, follower: Program, operator: Visitor
) -> None:
    world.signal()
    begin = follower.fetch("/wijzigingen")
    assert (begin["wijzigingen"], begin["meer"]) == ([], False)
    first = world.signal()
    world.signal("Bankstel", category=Category.AFVAL, place="")
    heard, cursor = follow(follower, begin["cursor"])
    assert heard == [("nieuw", first.id)]
    assert follow(follower, cursor)[0] == []
    operator.decide(first)
    heard, cursor = follow(follower, cursor)
    assert heard == [("uit-de-rij", first.id)]


def test_much_at_once_comes_in_pieces(world: World, follower: Program) -> None:
    cursor = follower.fetch("/wijzigingen")["cursor"]
    made = [world.signal().id for _ in range(5)]
    heard: list[str] = []
    more = True
    while more:
        found = follower.fetch("/wijzigingen", na=cursor, limiet=2)
        heard += [change["signaal"] for change in found["wijzigingen"]]
        cursor, more = found["cursor"], found["meer"]
    assert heard == made


def test_who_keeps_a_copy_hears_that_it_must_go(
    world: World, follower: Program, operator: Visitor, clock: FrozenClock
) -> None:
    signal = world.signal()
    operator.decide(signal)
    cursor = follower.fetch("/wijzigingen")["cursor"]
    world.signal()
    clock.advance(timedelta(days=6))
    with world.store.read() as work:
        assert work.signals.get(signal.id).masked
    cursor = follow(follower, cursor)[1]
    sweep(world.store, clock.now() + 1_000 * DAY, Rules(events=2_000 * DAY, tokens=2_000 * DAY))
    heard, _ = follow(follower, cursor)
    assert ("gewist", signal.id) in heard
    assert follower.fetch(f"/signalen/{signal.id}")["tekst"] is None


def test_a_cursor_that_is_too_old_says_so(
    world: World, follower: Program, clock: FrozenClock
) -> None:
    cursor = follower.fetch("/wijzigingen")["cursor"]
    world.signal()
    world.signal()
    with world.store.write() as work:
        work.events.prune(clock.now() + timedelta(seconds=1))
    answer = follower.get("/wijzigingen", na=cursor)
    assert answer.status_code == 410
    assert "Haal alles opnieuw op" in answer.json()["detail"]
    fresh = follower.fetch("/wijzigingen")["cursor"]
    assert follow(follower, fresh)[0] == []


@pytest.mark.parametrize("cursor", ["x", "AAAA", "LTE", "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM"])
def test_a_cursor_that_we_did_not_make_is_refused(follower: Program, cursor: str) -> None:
    assert follower.get("/wijzigingen", na=cursor).status_code == 400


def test_without_scores_nothing_tells_the_urgency(world: World, follower: Program) -> None:
    signal = world.signal()
    cursor = follower.fetch("/wijzigingen")["cursor"]
    with world.store.write() as work:
        now = world.clock.now()
        work.events.put(SLUG, "meldkamer", "signal.escalated", signal.id, now)
    assert follow(follower, cursor)[0] == [("geescaleerd", signal.id)]
    with world.store.write() as work:
        work.switches.turn(
            SLUG, SCORES, Switch(on=False, changed_by="toezicht", changed_at=world.clock.now())
        )
    assert follow(follower, cursor)[0] == [("gewijzigd", signal.id)]
