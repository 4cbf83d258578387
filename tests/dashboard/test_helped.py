# SPDX-License-Identifier: EUPL-1.2
"""Groups are asked once whether it helped; researchers see whole months and no few answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from store.outbox import OutboxRow
from store.signalrow import SignalRow
from tests.dashboard.visitor import Visitor
from tests.dashboard.world import SLUG, World

_ROW = re.compile(
    r'<th scope="row">([^<]+)</th><td class="getal">([^<]+)</td><td class="getal">([^<]+)</td></tr>'
)
SignedIn = Callable[..., Visitor]


def asked(world: World, *signals: SignalRow) -> list[OutboxRow]:
    with world.store.read() as work:
        rows = [row for signal in signals for row in work.outbox.of_signal(signal.id)]
    return [row for row in rows if row.payload and "/cijfer" in str(row.payload.get("text"))]


def test_a_group_is_asked_once_about_an_incident_and_later(world: World, operator: Visitor) -> None:
    group, incident = world.group(), world.incident()
    one, two = (world.signal(group=group, incident=incident) for _ in range(2))
    operator.decide(one)
    operator.decide(two)
    [letter] = asked(world, one, two)
    assert letter.due_at >= world.clock.now() + timedelta(hours=1)


def test_what_was_no_signal_asks_nothing(world: World, operator: Visitor) -> None:
    signal = world.signal(group=world.group())
    operator.decide(signal, "geen-signaal")
    assert asked(world, signal) == []


def test_taking_a_decision_back_takes_the_question_back(world: World, operator: Visitor) -> None:
    signal = world.signal(group=world.group())
    decision = operator.decide(signal).json()["decision"]
    assert operator.send(f"/besluit/{decision}/ongedaan").status_code == 200
    assert asked(world, signal) == []


def test_a_mean_is_shown_of_whole_months_with_five_answers(
    world: World, signed_in: SignedIn
) -> None:
    group = world.group()
    with world.store.write() as work:
        for month, answers in (("2026-09", 4), ("2026-10", 6), ("2026-11", 9)):
            for n in range(answers):
                work.ratings.give(SLUG, group.id, month, f"p{n}", 4 if n else 2)
    page = signed_in("onderzoek").get("/onderzoek").text
    cells = [(m, n, mean) for m, n, mean in _ROW.findall(page) if m.startswith("2026")]
    assert cells == [
        ("2026-10", "5 tot en met 9", "3,7"),
        ("2026-09", "minder dan 5", "–"),
    ]
