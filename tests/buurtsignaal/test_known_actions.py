# SPDX-License-Identifier: EUPL-1.2
"""What the police asked everybody is one event, however many groups pass it on."""

from __future__ import annotations

from datetime import timedelta

from buurtsignaal.bootstrap import House
from buurtsignaal.pipeline import Pipeline
from core.action import Action, ActionKind
from core.clock import FrozenClock
from core.incident import Incident
from core.label import Queue
from core.words import links, words
from tests.buurtsignaal.conftest import TENANT, Chat

TEXT = (
    "Burgernet: na een inbraak aan de Oostsingel rijdt een grijze bestelbus zonder achterlicht "
    "weg richting de Provincialeweg"
)
LINK = "https://www.burgernet.example/actie/4411"


def tell(house: House) -> None:
    now, salt = house.clock.now(), house.salt
    action = Action(
        id="a1",
        tenant=TENANT,
        kind=ActionKind.BURGERNET,
        link=LINK,
        published_at=now - timedelta(minutes=30),
        ends_at=now + timedelta(days=3),
        words=words(TEXT, salt),
        links=links(LINK, salt),
    )
    with house.store.write() as work:
        work.actions.save([action])


def incidents(house: House) -> list[Incident]:
    with house.store.read() as work:
        rows = work.signals.queue(TENANT, Queue.MELDKAMER)
        return [work.incidents.get(id) for id in dict.fromkeys(r.incident_id for r in rows)]


def chats(clock: FrozenClock, pipeline: Pipeline, n: int) -> list[Chat]:
    found = [Chat(clock, chat=f"-100{number}") for number in range(n)]
    for chat in found:
        pipeline.handle([chat.batch(chat.commands("toestemming"))])
    clock.advance(timedelta(seconds=1))
    return found


def test_re_shares_in_many_groups_and_hours_are_one_incident(
    pipeline: Pipeline, clock: FrozenClock, house: House
) -> None:
    tell(house)
    for chat, text in zip(
        chats(clock, pipeline, 3),
        (TEXT, f"Doorgestuurd!! {TEXT}", f"inbraak zie {LINK}"),
        strict=True,
    ):
        pipeline.handle([chat.batch(chat.says(text))])
        clock.advance(timedelta(hours=22))

    [incident] = incidents(house)
    assert (incident.action, incident.signals, len(incident.groups)) == ("a1", 3, 3)


def test_what_somebody_saw_themselves_stays_an_incident_of_its_own(
    pipeline: Pipeline, clock: FrozenClock, house: House
) -> None:
    tell(house)
    first, second = chats(clock, pipeline, 2)
    pipeline.handle([first.batch(first.says(TEXT))])
    pipeline.handle([second.batch(second.says("inbraak bij de buren, twee mannen met koevoet"))])

    assert sorted(str(i.action) for i in incidents(house)) == ["None", "a1"]


def test_without_known_actions_nothing_is_marked(
    pipeline: Pipeline, clock: FrozenClock, house: House
) -> None:
    [chat] = chats(clock, pipeline, 1)
    pipeline.handle([chat.batch(chat.says(TEXT))])
    assert [i.action for i in incidents(house)] == [None]
