# SPDX-License-Identifier: EUPL-1.2
"""A file that somebody took along is known, so that what is erased here can go out of it too."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from core.label import Queue
from store.consent import Group
from store.erasures import Erasure
from store.retention import Rules, sweep
from tests.dashboard.visitor import Visitor
from tests.dashboard.world import SLUG, World

SignedIn = Callable[..., Visitor]


def erase(world: World, group: Group) -> None:
    now = world.clock.now() + timedelta(seconds=1)
    with world.store.write() as work:
        promise = Erasure(
            id="e1",
            tenant=SLUG,
            group_id=group.id,
            why="vergeetmij",
            asked_at=now,
            due_at=now,
            pseudonyms=tuple(
                work.signals.get(s).pseudonym
                for s in [r.id for r in work.signals.of_group(group.id, 9)]
            ),
        )
        work.erasures.schedule(promise)
    assert sweep(world.store, now, Rules()).erased > 0


@pytest.fixture
def taken(world: World, operator: Visitor) -> tuple[Group, str, str]:
    """A group whose signal stands in a file with one of another group."""
    gone, stays = world.group("Weg"), world.group("Blijft")
    one, two = (world.signal(group=group) for group in (gone, stays))
    assert one.id in operator.get("/lijst.csv").text
    return gone, one.id, two.id


def test_who_took_a_file_along_sees_what_must_go_out_of_it(
    world: World, operator: Visitor, taken: tuple[Group, str, str]
) -> None:
    group, one, two = taken
    before = operator.get("/bestanden").text
    assert "lijst.csv" in before
    assert "Signalen: 2. Sindsdien gewist: 0." in before
    assert one not in before
    erase(world, group)
    page = operator.get("/bestanden").text
    assert "Nog te doen: 1." in page
    assert one in page
    assert two not in page
    [action] = re.findall(r'action="(/bestanden/[^"]+)"', page)
    assert operator.post(action, signalen=f"{one},{two}").status_code == 303
    after = operator.get("/bestanden").text
    assert "Nog te doen" not in after
    assert "Sindsdien gewist: 1." in after
    operator.post(action, signalen=one)
    assert world.audited("account:export:settle") == 1


def test_the_administrator_sees_all_files_and_a_colleague_only_the_own(
    world: World, taken: tuple[Group, str, str], signed_in: SignedIn
) -> None:
    group, one, _ = taken
    erase(world, group)
    page = signed_in("beheer", "Karin").get("/bestanden").text
    assert "door agnes" in page
    assert one in page
    colleague = signed_in("meldkamer", "Bert")
    assert "Geen bestanden" in colleague.get("/bestanden").text
    [action] = re.findall(r'action="(/bestanden/[^"]+)"', page)
    assert colleague.post(action, signalen=one).status_code == 404
    assert signed_in("onderzoek", "Noor").get("/bestanden").status_code == 403
    stranger = signed_in("beheer", "Vreemd", tenant="elders")
    assert "Geen bestanden" in stranger.get("/bestanden").text
    assert stranger.post(action, signalen=one).status_code == 404


@pytest.mark.parametrize(
    "path", ["/lijst.csv", "/lijst.json", "/overdracht.json", "/plekken-en-tijden.csv"]
)
def test_every_file_that_names_signals_is_known(world: World, operator: Visitor, path: str) -> None:
    world.signal(group=world.group(), queues=[Queue.MELDKAMER])
    assert operator.get(path).status_code == 200
    with world.store.read() as work:
        known = [(e.file, e.signals) for e in work.exports.of_tenant(SLUG)]
    assert known == ([] if "plekken" in path else [(path.removeprefix("/"), 1)])
