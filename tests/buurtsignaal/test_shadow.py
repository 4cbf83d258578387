# SPDX-License-Identifier: EUPL-1.2
"""A model that runs along: it judges what was admitted, and leaves nothing but counts."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from buurtsignaal.bootstrap import House, build_pipeline
from buurtsignaal.pipeline import Pipeline
from buurtsignaal.server import build_shadow
from buurtsignaal.shadow import Shadow
from core import errors
from core.label import Category
from core.verdict import Question, Verdict
from store.quality import ShadowKey
from tests.buurtsignaal.conftest import TENANT, Chat, PlainClassifier
from tests.dashboard.serving import wait_until


class Silent(PlainClassifier):
    """Sees no signal anywhere, and waits until it may."""

    name = "silent/2"

    def __init__(self) -> None:
        super().__init__()
        self.may = threading.Event()
        self.may.set()
        self.broken = False

    def judge(self, questions: Sequence[Question]) -> list[Verdict]:
        self.may.wait(timeout=10)
        if self.broken:
            raise ValueError(questions[0].text)
        self.asked += questions
        even = dict.fromkeys(Category, 1 / 14)
        verdict = Verdict(
            category=Category.GEEN,
            probability=0.9,
            probabilities=even,
            urgency=None,
            model=self.name,
        )
        return [verdict] * len(questions)


@pytest.fixture
def other() -> Silent:
    return Silent()


@pytest.fixture
def shadow(house: House, other: Silent) -> Iterator[Shadow]:
    made = Shadow(other, house.store, house.clock, most=3)
    yield made
    made.close()


@pytest.fixture
def pipeline(house: House, classifier: PlainClassifier, shadow: Shadow) -> Pipeline:
    return build_pipeline(house, classifier, speaking=frozenset({"telegram"}), shadow=shadow)


def counts(house: House) -> Mapping[ShadowKey, int]:
    with house.store.read() as work:
        return work.quality.shadows(TENANT, "2000-01-01")


def pairs(house: House) -> dict[tuple[Category, Category], int]:
    return {(key.said, key.shadow_said): n for key, n in counts(house).items()}


def test_only_counts_of_what_both_said_are_kept(
    pipeline: Pipeline, consented: Chat, house: House, tmp_path: Path
) -> None:
    pipeline.handle(
        [consented.batch(consented.says("inbraak hier"), consented.says("wie heeft een papegaai"))]
    )
    wait_until(lambda: sum(pairs(house).values()) == 2, "both were counted")
    assert pairs(house) == {
        (Category.INBRAAK, Category.GEEN): 1,
        (Category.GEEN, Category.GEEN): 1,
    }
    assert {(key.model, key.shadow) for key in counts(house)} == {("plain/1", "silent/2")}
    house.store.scrub()
    dump = "\n".join(sqlite3.connect(tmp_path / "b.db").iterdump())
    assert "papegaai" not in dump
    assert b"papegaai" not in (tmp_path / "b.db").read_bytes()


def test_what_has_no_consent_reaches_no_second_model_either(
    pipeline: Pipeline, chat: Chat, other: Silent, shadow: Shadow
) -> None:
    pipeline.handle([chat.batch(chat.says("inbraak hier"))])
    shadow.close()
    assert other.asked == []


def test_a_slow_model_delays_nobody_and_takes_no_more_than_it_may(
    pipeline: Pipeline, consented: Chat, house: House, other: Silent
) -> None:
    other.may.clear()
    for n in range(10):
        outcome = pipeline.handle([consented.batch(consented.says(f"inbraak op nummer {n}"))])[0]
        assert len(outcome.signals) == 1
    other.may.set()
    # One was being judged, three waited, the rest was left out.
    wait_until(lambda: 3 <= sum(pairs(house).values()) <= 4, "those that waited were counted")


def test_a_model_that_breaks_stops_nothing(
    pipeline: Pipeline,
    consented: Chat,
    house: House,
    other: Silent,
    caplog: pytest.LogCaptureFixture,
) -> None:
    other.broken = True
    pipeline.handle([consented.batch(consented.says("inbraak bij de papegaai"))])
    wait_until(lambda: "shadow model failed" in caplog.text, "it was said")
    other.broken = False
    pipeline.handle([consented.batch(consented.says("inbraak op nummer 2"))])
    wait_until(lambda: sum(pairs(house).values()) == 1, "the next was counted")
    assert "papegaai" not in caplog.text


def test_a_model_that_is_not_there_is_refused_at_the_start(house: House) -> None:
    settings = house.settings.model_copy(update={"shadow_model": "niets/1"})
    with pytest.raises(errors.ConfigurationError, match="niets/1"):
        build_shadow(replace(house, settings=settings))


def test_without_the_setting_nothing_runs_along(house: House) -> None:
    assert build_shadow(house) is None
