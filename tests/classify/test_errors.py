# SPDX-License-Identifier: EUPL-1.2
"""The error analysis counts mistakes where they are, and repeats nobody's words."""

from __future__ import annotations

import json

from classify.corpus import Example
from classify.measure.error_page import errors_section
from classify.measure.errors import ENOUGH, MOST, where_errors_are
from core.label import Category
from core.verdict import Verdict

INBRAAK, GEWELD, GEEN = Category.INBRAAK, Category.GEWELD, Category.GEEN


def example(category: Category, text: str = "x", **fields: object) -> Example:
    given = {"id": "1", "batch": "a-b", "writer": "a"} | fields
    return Example(text=text, category=category, **given)  # type: ignore[arg-type]


def verdict(category: Category, probability: float = 0.7, *, review: bool = False) -> Verdict:
    chances = dict.fromkeys(Category, 0.0) | {category: probability}
    return Verdict(
        category=category,
        probability=probability,
        probabilities=chances,
        urgency=None,
        review=review,
    )


def test_missed_signals_false_alarms_and_mix_ups_are_counted_apart() -> None:
    examples = [example(INBRAAK), example(INBRAAK), example(GEEN), example(GEEN)]
    verdicts = [verdict(GEEN), verdict(GEWELD, 0.95), verdict(INBRAAK, review=True), verdict(GEEN)]
    found = where_errors_are(examples, verdicts)
    assert found["wrong"] == 3
    assert found["kinds"] == {"missed": 1, "false_alarm": 1, "other_category": 1}
    assert found["sure_but_wrong"] == 1
    assert found["sent_to_review"] == 1


def test_the_pair_that_is_confused_most_comes_first() -> None:
    examples = [example(INBRAAK, also=(GEWELD,)), *[example(INBRAAK)] * 3, example(GEEN)]
    verdicts = [verdict(GEWELD, 0.6), verdict(GEWELD, 0.8), verdict(GEEN), verdict(INBRAAK)]
    verdicts.append(verdict(INBRAAK))
    first, *rest = where_errors_are(examples, verdicts)["pairs"]
    assert (first["is"], first["said"], first["count"]) == ("inbraak", "geweld", 2)
    assert first["share"] == 0.5
    assert round(first["probability"], 6) == 0.7
    assert first["defensible"] == 1
    assert len(rest) == 2


def test_parts_are_ordered_by_their_share_of_mistakes_and_small_ones_left_out() -> None:
    good = [example(GEEN, batch="a-good", style="appje")] * ENOUGH
    poor = [example(GEEN, batch="a-poor", style="dictaat")] * ENOUGH
    tiny = [example(GEEN, batch="a-tiny")] * (ENOUGH - 1)
    verdicts = [verdict(GEEN)] * ENOUGH + [verdict(INBRAAK)] * (ENOUGH + len(tiny))
    worst = where_errors_are([*good, *poor, *tiny], verdicts)["worst"]
    assert worst[0] == {
        "kind": "batch",
        "name": "a-poor",
        "messages": ENOUGH,
        "wrong": ENOUGH,
        "share": 1.0,
    }
    assert "a-tiny" not in {row["name"] for row in worst}
    assert len(worst) <= MOST


def test_mistakes_lie_at_their_length_and_their_certainty() -> None:
    examples = [example(GEEN, "een twee"), example(GEEN, "woord " * 100), example(GEEN, "")]
    verdicts = [verdict(INBRAAK, 1.0), verdict(INBRAAK, 0.31), verdict(GEEN, 0.0)]
    found = where_errors_are(examples, verdicts)
    assert [(row["name"], row["wrong"]) for row in found["length"]] == [("0-4", 1), ("65+", 1)]
    certain = [(row["name"], row["wrong"]) for row in found["certainty"]]
    assert certain == [("0.0-0.1", 0), ("0.3-0.4", 1), ("0.9-1.0", 1)]


def test_no_word_of_a_message_is_in_the_analysis() -> None:
    secret = "Annemarie zegt dat er iemand klimt"
    found = where_errors_are([example(INBRAAK, secret)], [verdict(GEEN)])
    shown = json.dumps(found) + errors_section(found)
    assert not [word for word in secret.split() if len(word) > 3 and word in shown]


def test_without_mistakes_the_report_says_so() -> None:
    found = where_errors_are([example(GEEN)], [verdict(GEEN)])
    assert "Er zijn geen fouten" in errors_section(found)
    assert errors_section(None) == ""


def test_names_of_parts_are_no_markup() -> None:
    messages = [example(GEEN, region="<b>")] * ENOUGH
    found = where_errors_are(messages, [verdict(INBRAAK)] * ENOUGH)
    assert "&lt;b&gt;" in errors_section(found)
    assert "<b>" not in errors_section(found)
