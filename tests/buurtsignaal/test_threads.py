# SPDX-License-Identifier: EUPL-1.2
"""The course of a chat says which incident a signal speaks of, and is forgotten in time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from buurtsignaal.bootstrap import House, build_pipeline
from buurtsignaal.pipeline import Pipeline
from classify.linker import Linker
from classify.thread import FEATURES, MOST, Thread, remark
from core.clock import FrozenClock
from core.identity import new_id
from core.message import Change
from core.verdict import Question
from store.signals import Signals
from tests.buurtsignaal.conftest import TENANT, Chat, PlainClassifier


def pointing() -> Linker:
    """Return a linker that tests can read: "hij" and "die" speak of the newest incident."""
    weights = {"points back": 8.0, "newest thread": 1.0}
    return Linker(weights=np.array([weights.get(f, 0.0) for f in FEATURES]), intercept=-6.0)


@pytest.fixture
def following(house: House, classifier: PlainClassifier) -> Pipeline:
    return build_pipeline(house, classifier, linker=pointing())


@pytest.fixture
def consented(chat: Chat, following: Pipeline) -> Chat:
    following.handle([chat.batch(chat.commands("toestemming"))])
    chat.later(seconds=1)
    return chat


def incidents(house: House) -> list[str | None]:
    """Return the incident of each signal, oldest signal first."""
    with house.store.read() as work:
        rows = work.signals.recent(TENANT, 10)
        return [row.incident_id for row in sorted(rows, key=lambda row: row.id)]


def test_a_remark_that_points_back_joins_its_incident_an_hour_later(
    following: Pipeline, consented: Chat, house: House
) -> None:
    following.handle([consented.batch(consented.says("inbraak bij de buren"))])
    consented.later(minutes=50)
    following.handle([consented.batch(consented.says("hij is terug, weer inbraak", sender="b"))])

    first, second = incidents(house)
    assert first == second


def test_two_events_of_one_kind_stay_apart_though_a_minute_lies_between(
    following: Pipeline, consented: Chat, house: House
) -> None:
    following.handle([consented.batch(consented.says("overlast door vuurwerk"))])
    consented.later(minutes=1)
    following.handle([consented.batch(consented.says("blaffende hond, overlast", sender="b"))])

    first, second = incidents(house)
    assert first != second


def test_without_a_linker_the_clock_decides(
    pipeline: Pipeline, consented: Chat, house: House
) -> None:
    pipeline.handle([consented.batch(consented.says("overlast door vuurwerk"))])
    consented.later(minutes=1)
    pipeline.handle([consented.batch(consented.says("blaffende hond, overlast", sender="b"))])

    first, second = incidents(house)
    assert first == second


def test_after_stop_and_a_new_yes_nothing_of_before_is_followed(
    following: Pipeline, consented: Chat, house: House
) -> None:
    following.handle([consented.batch(consented.says("inbraak bij de buren"))])
    following.handle([consented.batch(consented.commands("stop"))])
    following.handle([consented.batch(consented.commands("toestemming"))])
    consented.later(minutes=50)
    following.handle([consented.batch(consented.says("hij is terug, weer inbraak", sender="b"))])

    assert len(set(incidents(house))) == len(incidents(house))


def test_an_edited_message_is_heard_once(
    following: Pipeline, consented: Chat, house: House
) -> None:
    message = consented.says("inbraak bij de buren")
    following.handle([consented.batch(message)])
    edited = replace(message, text="inbraak bij de buren, hij", change=Change.EDIT, revision="2")
    following.handle([consented.batch(edited)])

    assert len(incidents(house)) == 1


def test_what_a_failed_transaction_heard_was_never_said(
    following: Pipeline,
    consented: Chat,
    house: House,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(*args: object) -> None:
        raise RuntimeError("cut off")

    with monkeypatch.context() as broken:
        broken.setattr(Signals, "add", fails)
        with pytest.raises(RuntimeError, match="cut off"):
            following.handle([consented.batch(consented.says("inbraak bij de buren"))])
    consented.later(minutes=50)
    following.handle([consented.batch(consented.says("hij is terug, weer inbraak", sender="b"))])

    assert len(incidents(house)) == 1


def test_an_endless_incident_stays_small(clock: FrozenClock) -> None:
    thread = Thread("1")
    for index in range(200):
        text = " ".join(f"woord{index}x{n}" for n in range(8)) + " overlast"
        verdict = PlainClassifier().judge([Question(text=text)])[0]
        said = remark(text, verdict, index=index, at=clock.now(), sender=new_id(clock.now()))
        thread.add(said)

    assert len(thread.words) == MOST
    assert len(thread.senders) == 200
