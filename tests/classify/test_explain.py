# SPDX-License-Identifier: EUPL-1.2
"""The words that are shown carried the decision: without them it is another one, or less sure."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify.encoder.encoder import Encoder
from classify.explain import NARROW, WIDER, evidence, left_out
from classify.normalise import Word
from classify.pipeline import TrainedClassifier
from core.resources import folder
from core.verdict import Question, Span

WORDS = [Word(form=f"w{i}", start=3 * i, end=3 * i + 2) for i in range(8)]


def signals() -> list[str]:
    """Return signals that no model learnt from: of the functional tests, every tenth."""
    found = []
    for file in sorted((folder("data") / "signaalcheck").glob("*.jsonl")):
        rows = map(json.loads, Path(file).read_text(encoding="utf-8").splitlines())
        found += [row["text"] for row in rows if row["category"] != "geen"]
    return found[::10]


def test_without_its_evidence_a_signal_is_less_certain(classifier: TrainedClassifier) -> None:
    verdicts = classifier.judge([Question(text=text) for text in signals()])
    shown = [v for v in verdicts if v.is_signal and v.related is not None]
    assert len(shown) >= 10
    falls = [v.probability - v.without for v in shown if v.without is not None]
    assert len(falls) == len(shown)
    assert sum(fall > 0 for fall in falls) / len(falls) >= 0.9
    assert sum(falls) / len(falls) > 0.3


def test_what_is_said_to_be_left_is_what_the_model_says_of_the_rest(
    classifier: TrainedClassifier,
) -> None:
    question = Question(text="Er klimt iemand met een koevoet door het raam bij nummer 14")
    verdict = classifier.judge([question])[0]
    rest = Question(text=left_out(question.text, verdict.evidence))
    again = classifier.judge([rest])[0]
    assert verdict.without == pytest.approx(again.probabilities[verdict.category])


def test_what_is_no_signal_has_no_counterfactual(classifier: TrainedClassifier) -> None:
    assert classifier.judge([Question(text="Fijne avond allemaal!")])[0].without is None


def test_a_signal_of_one_word_is_none_without_it(classifier: TrainedClassifier) -> None:
    verdict = classifier.judge([Question(text="Inbrekers!")])[0]
    if verdict.is_signal:
        assert verdict.without is not None
        assert verdict.without < 0.1


def test_an_explanation_costs_at_most_two_more_readings(
    classifier: TrainedClassifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    readings = []
    read = Encoder.read

    def counted(self: Encoder, *arguments: object) -> object:
        readings.append(1)
        return read(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(Encoder, "read", counted)
    for text in signals():
        readings.clear()
        classifier.judge([Question(text=text)])
        assert len(readings) <= 3


def test_more_words_are_named_where_few_carry_too_little() -> None:
    weights = [1.0, 0.0, 0.2, 0.0, 0.15, 0.0, 0.05, 0.0]
    narrow, wide = (evidence(WORDS, weights, width) for width in (NARROW, WIDER))
    assert [span.start for span in narrow] == [0]
    assert [span.start for span in wide] == [0, 6, 12]


@given(
    text=st.text(max_size=40),
    ends=st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=5),
)
def test_what_is_left_is_the_text_without_the_spans(text: str, ends: list[tuple[int, int]]) -> None:
    spans = [Span(start=min(a, b), end=max(a, b)) for a, b in ends]
    gone = {i for span in spans for i in range(span.start, span.end)}
    left = "".join(letter for i, letter in enumerate(text) if i not in gone)
    assert left_out(text, spans) == left
