# SPDX-License-Identifier: EUPL-1.2
"""Which messages pass on what the police asked everybody."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.action import Action, ActionKind, known_action
from core.clues import Clues
from core.label import Category
from core.words import links, words

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SALT = b"zout"
TEXT = (
    "Burgernet Delft: na een inbraak aan de Oostsingel rijdt een grijze bestelbus zonder "
    "achterlicht weg richting de Provincialeweg. Ziet u deze bus, bel 112."
)
LINK = "https://www.burgernet.example/actie/4411?bron=app"
ACTION = Action(
    id="a1",
    tenant="delft",
    kind=ActionKind.BURGERNET,
    link=LINK,
    published_at=NOW - timedelta(hours=1),
    ends_at=NOW + timedelta(days=2),
    words=words(TEXT, SALT),
    links=links(LINK, SALT),
)


def clues(text: str, at: datetime = NOW, tenant: str = "delft") -> Clues:
    return Clues(
        tenant=tenant,
        group="g1",
        category=Category.INBRAAK,
        sent_at=at,
        words=words(text, SALT),
        links=links(text, SALT),
    )


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        f"Doorgestuurd! {TEXT} Delen aub",
        "Inbraak Oostsingel, grijze bestelbus zonder achterlicht weg richting Provincialeweg",
        "Kijk hier http://burgernet.example/actie/4411/ allemaal",
    ],
)
def test_who_passes_an_action_on_is_recognised(text: str) -> None:
    assert known_action(clues(text), [ACTION], NOW) == ACTION


@pytest.mark.parametrize(
    "text",
    [
        "Inbraak bij de buren, twee mannen met een koevoet op de Westvest",
        "Er staat al een week een grijze bestelbus zonder kenteken",
        "Word lid van Burgernet: https://www.burgernet.example/",
        "inbraak",
        "",
    ],
)
def test_what_somebody_saw_themselves_is_no_action(text: str) -> None:
    front = replace(ACTION, links=ACTION.links | links("https://www.burgernet.example/", SALT))
    assert known_action(clues(text), [front], NOW) is None


def test_an_action_is_of_its_own_time_and_municipality() -> None:
    before = ACTION.published_at - timedelta(hours=1)
    assert known_action(clues(TEXT, at=before), [ACTION], NOW) is None
    assert (
        known_action(clues(TEXT, at=NOW + timedelta(days=9)), [ACTION], NOW + timedelta(days=9))
        is None
    )
    assert known_action(clues(TEXT, tenant="gouda"), [ACTION], NOW) is None


def test_the_address_says_more_than_the_words() -> None:
    other = replace(ACTION, id="a2", links=frozenset(), published_at=NOW)
    assert known_action(clues(f"{TEXT} {LINK}"), [other, ACTION], NOW) == ACTION
