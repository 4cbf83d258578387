# SPDX-License-Identifier: EUPL-1.2
"""Nothing of a group or member that said no stays behind, whoever was storing it meanwhile."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from buurtsignaal.bootstrap import House, build, build_pipeline
from buurtsignaal.importing import ConsentOnPaper, grant
from buurtsignaal.pipeline import Pipeline
from buurtsignaal.settings import Environment, Settings
from core.clock import FrozenClock
from core.message import Change, Message, Role
from core.verdict import Question, Verdict
from store.retention import Rules, sweep
from store.tables import signals
from tests.buurtsignaal.conftest import TENANT, Chat, PlainClassifier

TIMEOUT = 20
#: Long enough for somebody who does not wait to be done.
WAIT = 1.0


class Slow(PlainClassifier):
    """Judges a message that says ``wacht`` only when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.inside, self.go = threading.Event(), threading.Event()

    def judge(self, questions: Sequence[Question]) -> list[Verdict]:
        if any("wacht" in question.text for question in questions):
            self.inside.set()
            assert self.go.wait(TIMEOUT)
        return super().judge(questions)


def opened(url: str, clock: FrozenClock) -> House:
    settings = Settings(
        environment=Environment.TEST,
        database_url=SecretStr(url),
        seal_keys=SecretStr(base64.b64encode(b"k" * 32).decode()),
        pseudonym_secret=SecretStr("a secret of the tests, 32 or more"),
    )
    return build(settings, clock=clock)


def line(house: House, classifier: PlainClassifier) -> Pipeline:
    return build_pipeline(house, classifier, speaking=frozenset({"telegram"}))


def kept(house: House) -> list[str | None]:
    """Return the texts of all signals that were not erased."""
    with house.store.read() as work:
        rows = work.transaction.rows(sa.select(signals.c.id).where(signals.c.state != "erased"))
        return [work.signals.get(row.id, with_text=True).text for row in rows]


def edited(message: Message, text: str) -> Message:
    return replace(message, text=text, change=Change.EDIT, revision="2")


@pytest.fixture
def anywhere(store_url: str, clock: FrozenClock) -> Iterator[House]:
    """A house on both databases, one after the other."""
    house = opened(store_url, clock)
    yield house
    house.store.close()


def consenting(house: House, chat: Chat) -> Pipeline:
    pipeline = line(house, PlainClassifier())
    pipeline.handle([chat.batch(chat.commands("toestemming"))])
    chat.later(seconds=1)
    return pipeline


@pytest.mark.parametrize(("name", "role"), [("stop", Role.OWNER), ("vergeetmij", Role.MEMBER)])
def test_a_clock_that_was_set_back_spares_no_text(
    anywhere: House, chat: Chat, clock: FrozenClock, name: str, role: Role
) -> None:
    pipeline = consenting(anywhere, chat)
    pipeline.handle([chat.batch(chat.says("inbraak bij Jan"))])
    clock.advance(timedelta(minutes=-5))
    pipeline.handle([chat.batch(chat.commands(name, sender="anna", role=role))])
    sweep(anywhere.store, clock.now(), Rules())
    assert kept(anywhere) == []


def test_an_edit_before_its_message_makes_one_signal_that_a_deletion_erases(
    anywhere: House, chat: Chat
) -> None:
    pipeline = consenting(anywhere, chat)
    message = chat.says("inbraak oud")
    pipeline.handle([chat.batch(edited(message, "inbraak nieuw"))])
    pipeline.handle([chat.batch(message)])
    assert kept(anywhere) == ["inbraak nieuw"]
    pipeline.handle([chat.batch(replace(message, text="", change=Change.DELETE))])
    assert kept(anywhere) == []


def test_consent_on_paper_reads_nothing_from_before_the_groups_own_stop(
    anywhere: House, chat: Chat, clock: FrozenClock
) -> None:
    pipeline = consenting(anywhere, chat)
    pipeline.handle([chat.batch(chat.commands("stop"))])
    before = chat.says("inbraak voor", at=clock.now() - timedelta(seconds=1))
    chat.later(hours=1)
    with anywhere.store.read() as work:
        group = work.consent.find(TENANT, "telegram", "-1001")
    assert group
    grant(anywhere, group, ConsentOnPaper(reference="F-1", since=clock.now() - timedelta(days=7)))
    pipeline.handle([chat.batch(before, chat.says("inbraak na"))])
    assert kept(anywhere) == ["inbraak na"]


class Two:
    """Two workers on one PostgreSQL; the second is judging a message."""

    def __init__(self, url: str, clock: FrozenClock) -> None:
        self.chat = Chat(clock)
        self.houses = [opened(url, clock) for _ in range(2)]
        self.first = consenting(self.houses[0], self.chat)
        self.slow = Slow()
        self.second = line(self.houses[1], self.slow)

    def meanwhile(self, message: Message, deed: Callable[[], object]) -> None:
        """Do ``deed`` on the first worker while the second is judging ``message``."""
        batch = self.chat.batch(message)
        judging = threading.Thread(target=lambda: self.second.handle([batch]))
        doing = threading.Thread(target=deed)
        judging.start()
        assert self.slow.inside.wait(TIMEOUT)
        doing.start()
        doing.join(WAIT)
        self.slow.go.set()
        for thread in (judging, doing):
            thread.join(TIMEOUT)


@pytest.fixture
def two(postgresql_store_url: str, clock: FrozenClock) -> Iterator[Two]:
    both = Two(postgresql_store_url, clock)
    yield both
    for house in both.houses:
        house.store.close()


@pytest.mark.parametrize(("name", "role"), [("stop", Role.OWNER), ("vergeetmij", Role.MEMBER)])
def test_who_says_no_while_another_worker_judges_is_forgotten_there_too(
    two: Two, clock: FrozenClock, name: str, role: Role
) -> None:
    command = two.chat.commands(name, sender="anna", role=role)

    def refuse() -> None:
        two.first.handle([two.chat.batch(command)])
        sweep(two.houses[0].store, clock.now(), Rules())

    two.meanwhile(two.chat.says("inbraak wacht"), refuse)
    assert kept(two.houses[0]) == []


def test_an_edit_while_another_worker_judges_the_message_makes_no_second_signal(two: Two) -> None:
    message = two.chat.says("inbraak wacht door Piet")
    better = two.chat.batch(edited(message, "inbraak zonder naam"))
    two.meanwhile(message, lambda: two.first.handle([better]))
    assert kept(two.houses[0]) == ["inbraak zonder naam"]


def test_a_deletion_while_another_worker_judges_the_edit_leaves_nothing(two: Two) -> None:
    message = two.chat.says("inbraak")
    two.first.handle([two.chat.batch(message)])
    gone = two.chat.batch(replace(message, text="", change=Change.DELETE))
    two.meanwhile(edited(message, "inbraak wacht"), lambda: two.first.handle([gone]))
    assert kept(two.houses[0]) == []
