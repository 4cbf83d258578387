# SPDX-License-Identifier: EUPL-1.2
"""What every classifier keeps to, whatever it is made of."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classify.pipeline import load_classifier
from core.label import Category
from core.message import Origin
from core.resources import folder
from core.verdict import Classifier, Question, Verdict

MODELS = folder("models")
NAMES = sorted(path.parent.relative_to(MODELS).as_posix() for path in MODELS.glob("*/*/card.md"))

TEXTS = (
    "",
    " \n\t",
    "🔥🔥🔥",
    "👨‍👩‍👧 ‼️",
    "?!?!",
    "ja",
    "Er wordt nu ingebroken bij nr 14, ik zie twee man met een koevoet",
    "Wie gaat er mee wandelen zondag?",
    "Someone is smashing car windows on our street right now",
    "شخص ما يكسر الباب",
    "\x00\x01 \ud7ff ﷽",
    "a" * 10_000,
    "er staat een man voor de deur " * 340,
    "Grofvuil naast de container aan de Dorpsstraat 3, 2548 BX, bel 06-12345678",
)


@pytest.fixture(scope="module", params=NAMES)
def classifier(request: pytest.FixtureRequest) -> Classifier:
    return load_classifier(MODELS / Path(request.param))


def ask(text: str, *context: str, origin: Origin | None = Origin.CHAT) -> Question:
    return Question(text=text, context=context, origin=origin)


def whole(verdict: Verdict, text: str) -> None:
    assert set(verdict.probabilities) == set(Category)
    assert math.isclose(sum(verdict.probabilities.values()), 1.0, abs_tol=1e-9)
    assert all(0.0 <= p <= 1.0 for p in verdict.probabilities.values())
    assert verdict.probability == verdict.probabilities[verdict.category]
    for span in (*verdict.places, *verdict.personal, *verdict.evidence):
        assert 0 <= span.start < span.end <= len(text)
    if verdict.is_signal:
        assert verdict.urgency is not None
        assert verdict.first_hand is not None
        assert verdict.evidence
    else:
        assert verdict.urgency is None
        assert verdict.first_hand is None
        assert verdict.subcategory is None


def test_there_is_a_model_and_one_is_active() -> None:
    assert (MODELS / "ACTIVE").read_text(encoding="utf-8").strip() in NAMES


def test_every_text_gets_a_whole_verdict(classifier: Classifier) -> None:
    for text, verdict in zip(TEXTS, classifier.judge([ask(t) for t in TEXTS]), strict=True):
        whole(verdict, text)
        assert verdict.model == classifier.name


def test_no_question_gives_no_verdict(classifier: Classifier) -> None:
    assert classifier.judge([]) == []


@pytest.mark.parametrize("text", ["", " \n", "🔥", "?!", "..."])
def test_a_text_without_a_word_is_no_signal(classifier: Classifier, text: str) -> None:
    for origin in (*Origin, None):
        assert not classifier.judge([ask(text, origin=origin)])[0].is_signal


def test_the_same_question_gets_the_same_verdict(classifier: Classifier) -> None:
    questions = [ask(text) for text in TEXTS]
    assert classifier.judge(questions) == classifier.judge(questions)


def test_a_batch_equals_its_members_one_by_one(classifier: Classifier) -> None:
    questions = [ask(text, *TEXTS[:3], origin=o) for text in TEXTS for o in (*Origin, None)]
    together = classifier.judge(questions)
    assert together == [classifier.judge([question])[0] for question in questions]


def test_the_order_of_a_batch_does_not_matter(classifier: Classifier) -> None:
    questions = [ask(text) for text in TEXTS]
    assert classifier.judge(questions[::-1]) == classifier.judge(questions)[::-1]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.lists(st.text(max_size=60), max_size=4))
def test_any_text_in_any_chat_gets_a_whole_verdict(text: str, context: list[str]) -> None:
    for name in NAMES:
        verdict = _cached(name).judge([ask(text, *context)])[0]
        whole(verdict, text)


def test_the_kind_of_source_shifts_the_odds(classifier: Classifier) -> None:
    text = "er staat iemand bij de auto's"
    asked = [ask(text, origin=origin) for origin in (Origin.REPORT, Origin.CHAT, Origin.PUBLIC)]
    report, chat, public = (v.probabilities[Category.GEEN] for v in classifier.judge(asked))
    assert report < chat < public


_LOADED: dict[str, Classifier] = {}


def _cached(name: str) -> Classifier:
    if name not in _LOADED:
        _LOADED[name] = load_classifier(MODELS / name)
    return _LOADED[name]
