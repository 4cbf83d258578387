# SPDX-License-Identifier: EUPL-1.2
"""What people answer to operators' questions, through the whole line, on both databases."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from pydantic import SecretStr

from buurtsignaal.bootstrap import House
from buurtsignaal.pipeline import Pipeline
from buurtsignaal.settings import Settings
from core.clock import FrozenClock
from core.label import Queue
from core.message import Change, Item, Message, Role
from store.questions import Answer, Question
from store.retention import Rules, sweep
from store.signalrow import SignalRow
from tests.buurtsignaal.conftest import TENANT, Chat

#: The bot's own message that carried the question.
CARRIER = "500"


@pytest.fixture
def settings(settings: Settings, store_url: str) -> Settings:
    return settings.model_copy(update={"database_url": SecretStr(store_url)})


@dataclass
class Talk:
    """A group with one signal, about which an operator has asked something."""

    house: House
    pipeline: Pipeline
    chat: Chat
    clock: FrozenClock
    about: SignalRow

    def handle(self, *items: Item) -> None:
        self.pipeline.handle([self.chat.batch(*items)])
        self.chat.later(seconds=1)

    def answers(self, text: str, *, ahead: timedelta = timedelta()) -> Message:
        """Let Carla answer, by a clock that runs ahead; return her message."""
        at = self.clock.now() + ahead
        message = self.chat.says(text, sender="carla", at=at, reply_to=CARRIER)
        self.handle(message)
        return message

    def kept(self) -> list[Answer]:
        with self.house.store.read() as work:
            return list(work.questions.get("q1", with_text=True).answers)

    def waiting(self) -> list[SignalRow]:
        with self.house.store.read() as work:
            return work.signals.queue(TENANT, Queue.MELDKAMER, with_text=True)

    def sweep(self) -> None:
        sweep(self.house.store, self.clock.now(), Rules())


@pytest.fixture
def talk(house: House, pipeline: Pipeline, consented: Chat, clock: FrozenClock) -> Talk:
    pipeline.handle([consented.batch(consented.says("inbraak op 4", id="1000"))])
    with house.store.write() as work:
        [about] = work.signals.queue(TENANT, Queue.MELDKAMER)
        work.questions.ask(
            Question(
                id="q1",
                tenant=TENANT,
                signal_id=about.id,
                group_id=about.group_id,
                asked_by="agnes",
                asked_at=clock.now(),
                to="group",
                text="Ziet u de dader nog?",
            )
        )
        key = house.keys.message_key(TENANT, "telegram", "-1001", CARRIER)
        work.questions.sent("q1", key)
    consented.later(seconds=1)
    return Talk(house, pipeline, consented, clock, about)


def edited(message: Message, text: str) -> Message:
    return replace(message, text=text, change=Change.EDIT, revision="2")


def deleted(message: Message) -> Message:
    return replace(message, text="", sender="", change=Change.DELETE)


def test_an_answer_that_is_no_signal_only_lands_at_its_question(talk: Talk) -> None:
    talk.answers("ja, hij staat er nog")

    assert [a.text for a in talk.kept()] == ["ja, hij staat er nog"]
    assert [s.id for s in talk.waiting()] == [talk.about.id]


def test_an_emergency_in_an_answer_reaches_the_queue_too(talk: Talk) -> None:
    talk.answers("help inbraak spoed bij nummer 3")

    first, second = talk.waiting()
    assert (first.text, second.id) == ("help inbraak spoed bij nummer 3", talk.about.id)
    assert first.incident_id == second.incident_id
    assert [a.text for a in talk.kept()] == ["help inbraak spoed bij nummer 3"]


def test_an_answer_edited_into_an_emergency_reaches_the_queue(talk: Talk) -> None:
    answer = talk.answers("ja")
    talk.handle(edited(answer, "ja en nu geweld spoed"))

    assert [s.text for s in talk.waiting()] == ["ja en nu geweld spoed", "inbraak op 4"]


def test_of_an_edited_answer_only_the_new_words_stay(talk: Talk) -> None:
    answer = talk.answers("ja, Jan van nr 7 was het")
    # Not every source repeats on an edit what the message replied to.
    talk.handle(replace(edited(answer, "laat maar"), reply_to=None))

    assert [(a.text, a.masked) for a in talk.kept()] == [("laat maar", "laat maar")]


def test_a_deleted_answer_is_erased(talk: Talk) -> None:
    answer = talk.answers("ja, Jan van nr 7 was het")
    talk.handle(deleted(answer))

    assert [(a.text, a.masked, a.pseudonym) for a in talk.kept()] == [(None, None, "")]


def test_nietdoorsturen_erases_an_answer_of_ones_own_only(talk: Talk) -> None:
    answer = talk.answers("ja, Jan van nr 7 was het")
    for sender, left in (("dina", "ja, Jan van nr 7 was het"), ("carla", None)):
        command = talk.chat.commands("nietdoorsturen", sender=sender, role=Role.MEMBER)
        talk.handle(replace(command, reply_to=answer.external_id))
        assert [a.text for a in talk.kept()] == [left]


def test_an_erased_answer_that_was_a_signal_too_leaves_nothing(talk: Talk) -> None:
    answer = talk.answers("geweld spoed bij Jan")
    talk.handle(deleted(answer))

    assert [a.text for a in talk.kept()] == [None]
    assert [s.id for s in talk.waiting()] == [talk.about.id]


def test_a_reply_about_an_erased_signal_is_a_message_like_any_other(talk: Talk) -> None:
    with talk.house.store.write() as work:
        work.signals.erase([talk.about.id], talk.clock.now())
    talk.answers("ja, Jan van nr 7 was het")
    talk.answers("inbraak op 9")

    assert talk.kept() == []
    assert [s.text for s in talk.waiting()] == ["inbraak op 9"]


def test_vergeetmij_erases_an_answer_of_a_sender_whose_clock_runs_ahead(talk: Talk) -> None:
    talk.answers("ja, Jan van nr 7 was het", ahead=timedelta(minutes=5))
    talk.handle(talk.chat.commands("vergeetmij", sender="carla", role=Role.MEMBER))
    talk.sweep()

    assert [a.text for a in talk.kept()] == [None]


def test_an_answer_expires_with_its_signal(talk: Talk) -> None:
    talk.answers("ja, Jan van nr 7 was het")
    talk.chat.later(days=300)
    talk.sweep()

    assert [(a.text, a.masked) for a in talk.kept()] == [(None, None)]
