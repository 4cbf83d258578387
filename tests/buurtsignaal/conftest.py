# SPDX-License-Identifier: EUPL-1.2
"""A whole house on a fresh database, with a classifier that tests can read."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from buurtsignaal.bootstrap import House, build, build_pipeline
from buurtsignaal.pipeline import Pipeline
from buurtsignaal.settings import Environment, Settings
from core.clock import FrozenClock
from core.label import SIGNAL_CATEGORIES, Category, Urgency
from core.message import Batch, Command, Item, Message, Role
from core.verdict import Question, Verdict

TENANT = "demo"


class PlainClassifier:
    """Takes the first word that names a category; counts and remembers what it was asked."""

    name = "plain/1"

    def __init__(self) -> None:
        self.asked: list[Question] = []

    def judge(self, questions: Sequence[Question]) -> list[Verdict]:
        self.asked += questions
        return [_verdict(question.text) for question in questions]


def _verdict(text: str) -> Verdict:
    words = text.lower().replace(".", "").split()
    if "kapot" in words:
        raise ValueError(text)
    category = next((c for c in SIGNAL_CATEGORIES if c.value in words), Category.GEEN)
    urgency = next((u for u in Urgency if u.value in words), Urgency.ACTUEEL)
    signal = category is not Category.GEEN
    return Verdict(
        category=category,
        probability=0.9,
        probabilities={c: (0.9 if c is category else 0.1 / 13) for c in Category},
        urgency=urgency if signal else None,
        closes="opgelost" in words,
        model="plain/1",
    )


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        environment=Environment.TEST,
        database_url=SecretStr(f"sqlite:///{tmp_path}/b.db"),
        seal_keys=SecretStr(base64.b64encode(b"k" * 32).decode()),
        pseudonym_secret=SecretStr("a secret of the tests, 32 or more"),
    )


@pytest.fixture
def house(settings: Settings, clock: FrozenClock) -> Iterator[House]:
    built = build(settings, clock=clock)
    yield built
    built.store.close()


@pytest.fixture
def classifier() -> PlainClassifier:
    return PlainClassifier()


@pytest.fixture
def pipeline(house: House, classifier: PlainClassifier) -> Pipeline:
    return build_pipeline(house, classifier, speaking=frozenset({"telegram"}))


class Chat:
    """Writes what people in one group say, one second after another."""

    def __init__(self, clock: FrozenClock, chat: str = "-1001", source: str = "telegram") -> None:
        self._clock = clock
        self._chat = chat
        self._source = source
        self._n = 0

    def says(
        self,
        text: str,
        *,
        sender: str = "anna",
        at: datetime | None = None,
        reply_to: str | None = None,
        id: str | None = None,
    ) -> Message:
        self._n += 1
        return Message(
            source=self._source,
            chat=self._chat,
            external_id=id or str(self._n),
            sender=sender,
            sent_at=at or self._clock.now(),
            text=text,
            reply_to=reply_to,
        )

    def commands(
        self, name: str, *, sender: str = "bea", role: Role = Role.OWNER, argument: str = ""
    ) -> Command:
        self._n += 1
        return Command(
            source=self._source,
            chat=self._chat,
            name=name,
            sender=sender,
            role=role,
            external_id=str(self._n),
            at=self._clock.now(),
            argument=argument,
        )

    def batch(self, *items: Item, cursor: str | None = None) -> Batch:
        return Batch(tenant=TENANT, source=self._source, items=items, stream="bot", cursor=cursor)

    def later(self, **step: float) -> None:
        self._clock.advance(timedelta(**step))


@pytest.fixture
def chat(clock: FrozenClock) -> Chat:
    return Chat(clock)


@pytest.fixture
def consented(chat: Chat, pipeline: Pipeline) -> Chat:
    """A group whose owner has said yes."""
    pipeline.handle([chat.batch(chat.commands("toestemming"))])
    chat.later(seconds=1)
    return chat
