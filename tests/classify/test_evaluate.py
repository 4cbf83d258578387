# SPDX-License-Identifier: EUPL-1.2
"""Figures are those that anybody would compute by hand."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import f1_score

from classify.corpus import Example
from classify.evaluate import confusion, evaluate, interval, macro_f1, write_metrics
from classify.spans import overlap
from core.label import Category, Urgency
from core.verdict import Place, Span, Verdict


def verdict(category: Category, **more: object) -> Verdict:
    chances = dict.fromkeys(Category, 0.0) | {category: 1.0}
    urgency = None if category is Category.GEEN else Urgency.SPOED
    given = {"urgency": urgency, **more}
    return Verdict(category=category, probability=1.0, probabilities=chances, **given)  # type: ignore[arg-type]


def example(category: Category, **more: object) -> Example:
    signal = category is not Category.GEEN
    given = {"urgency": Urgency.SPOED if signal else None, "first_hand": True if signal else None}
    return Example(id="1", batch="a-b", writer="a", text="tekst", category=category, **given | more)  # type: ignore[arg-type]


def test_macro_f1_is_that_of_scikit_learn() -> None:
    random = np.random.default_rng(1)
    gold, said = random.integers(0, 14, size=400), random.integers(0, 14, size=400)
    expected = f1_score(gold, said, average="macro")
    assert macro_f1(confusion(gold, said)) == pytest.approx(expected)


def test_the_interval_holds_the_score() -> None:
    random = np.random.default_rng(1)
    gold = random.integers(0, 14, size=600)
    said = np.where(random.random(600) < 0.7, gold, random.integers(0, 14, size=600))
    low, high = interval(gold, said, 1)
    assert low < macro_f1(confusion(gold, said)) < high
    assert (low, high) == interval(gold, said, 1)


def test_all_right_is_one() -> None:
    categories = [Category.AFVAL, Category.GEEN, Category.GEWELD]
    metrics = evaluate([example(c) for c in categories], [verdict(c) for c in categories])
    assert metrics["macro_f1"] == 1.0
    assert metrics["ece"] == 0.0
    assert metrics["false_alarms_per_1000"] == 0.0
    assert metrics["spoed_recall_end_to_end"] == 1.0


def test_false_alarms_are_counted_over_what_is_no_signal() -> None:
    gold = [Category.GEEN, Category.GEEN, Category.GEEN, Category.GEEN, Category.AFVAL]
    said = [Category.GEEN, Category.GEEN, Category.GEEN, Category.AFVAL, Category.AFVAL]
    metrics = evaluate([example(c) for c in gold], [verdict(c) for c in said])
    assert metrics["false_alarms_per_1000"] == 250.0


def test_a_missed_emergency_counts_as_missed() -> None:
    metrics = evaluate([example(Category.GEWELD)], [verdict(Category.GEEN)])
    assert metrics["spoed_recall_end_to_end"] == 0.0


def test_a_defensible_category_is_forgiven_only_in_the_lenient_score() -> None:
    gold = [example(Category.GEWELD, also=(Category.OVERLAST,)), example(Category.GEEN)]
    metrics = evaluate(gold, [verdict(Category.OVERLAST), verdict(Category.GEEN)])
    assert metrics["macro_f1"] < metrics["macro_f1_lenient"] == 1.0


def test_a_pair_is_right_only_as_a_whole() -> None:
    pair = [example(Category.GEWELD, pair="p"), example(Category.GEEN, pair="p")]
    both = [verdict(Category.GEWELD), verdict(Category.GEEN)]
    assert evaluate(pair, both)["pairs_right"] == 1.0
    assert evaluate(pair, [both[0], both[0]])["pairs_right"] == 0.0


def test_places_are_scored_by_overlap() -> None:
    gold = [example(Category.AFVAL, locations=(Span(start=0, end=4),))]
    near = Place(start=0, end=5, kind="street", key="t")
    far = Place(start=4, end=5, kind="street", key="t")
    assert evaluate(gold, [verdict(Category.AFVAL, places=(near,))])["places"]["f1"] == 1.0
    assert evaluate(gold, [verdict(Category.AFVAL, places=(far,))])["places"]["f1"] == 0.0


def test_spans_side_by_side_share_nothing() -> None:
    assert overlap(Span(start=0, end=3), Span(start=3, end=5)) == 0.0


def test_no_text_gets_into_the_figures(tmp_path: Path) -> None:
    metrics = evaluate([example(Category.AFVAL)], [verdict(Category.AFVAL)])
    write_metrics(metrics, tmp_path / "metrics.json")
    content = (tmp_path / "metrics.json").read_text(encoding="utf-8")
    assert json.loads(content)["messages"] == 1
    assert "tekst" not in content


def test_false_alarms_and_misses_are_counted_per_way_of_speaking() -> None:
    examples = [
        example(Category.GEEN, style="spraakbericht van een chauffeur"),
        example(Category.GEEN, style="17, straattaal"),
        example(Category.AFVAL, style="17, straattaal"),
        example(Category.AFVAL, style="17, straattaal", chat="a-1"),
    ]
    said = [Category.AFVAL, Category.GEEN, Category.GEEN, Category.AFVAL]
    found = evaluate(examples, [verdict(c) for c in said])["slices"]["speech"]
    assert found["ingesproken"]["false_alarms_per_1000"] == 1000.0
    assert found["straattaal"]["missed_per_1000"] == 1000.0
    assert found["gesprek van meer mensen"]["messages"] == 1
