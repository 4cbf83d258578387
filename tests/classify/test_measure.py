# SPDX-License-Identifier: EUPL-1.2
"""Measures are those of the literature, and a report tells no text that nobody asked for."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from sklearn.metrics import average_precision_score

from classify.corpus import Example
from classify.decide import load_costs
from classify.measure.alerts import alert_score
from classify.measure.bcubed import b_cubed
from classify.measure.compare import compare, mcnemar
from classify.measure.curves import precision_recall, risk_coverage
from classify.measure.report import write_report
from classify.measure.run import compared, judge, load_data, measure, mistakes, read_answers
from classify.pipeline import TrainedClassifier
from core import errors
from core.label import Category, Urgency
from core.resources import folder
from core.verdict import Verdict

ids = st.lists(st.sampled_from(["a", "b", "c", None]), max_size=12)
pairs = st.lists(
    st.tuples(st.sampled_from(["a", "b", None]), st.sampled_from(["x", "y", None])), max_size=12
)


@given(gold=ids)
def test_incidents_that_are_all_right_score_one(gold: list[str | None]) -> None:
    assert b_cubed(gold, gold).f1 == 1.0


@given(both=pairs)
def test_gold_and_answer_swapped_swap_precision_and_recall(
    both: list[tuple[str | None, str | None]],
) -> None:
    gold, said = [g for g, _ in both], [s for _, s in both]
    one, other = b_cubed(gold, said), b_cubed(said, gold)
    assert one.precision == pytest.approx(other.recall)
    assert one.messages == other.messages


def test_b_cubed_is_that_of_a_sum_on_paper() -> None:
    # Two of three messages of one event together, the third alone.
    found = b_cubed(["a", "a", "a"], ["x", "x", None])
    assert found.precision == 1.0
    assert found.recall == pytest.approx((2 / 3 + 2 / 3 + 1 / 3) / 3)


def test_two_events_thrown_together_cost_precision() -> None:
    found = b_cubed(["a", "a", "b"], ["x", "x", "x"])
    assert found.recall == 1.0
    assert found.precision == pytest.approx((2 / 3 + 2 / 3 + 1 / 3) / 3)


@given(
    rows=st.lists(
        st.tuples(st.sampled_from([0.1, 0.25, 0.5, 0.9]), st.booleans()), min_size=1, max_size=40
    )
)
def test_average_precision_is_that_of_scikit_learn(rows: list[tuple[float, bool]]) -> None:
    scores, positive = np.array([s for s, _ in rows]), np.array([p for _, p in rows])
    if positive.any():
        expected = average_precision_score(positive, scores)
        assert precision_recall(scores, positive).area == pytest.approx(expected)


def test_risk_grows_when_the_unsure_ones_are_the_wrong_ones() -> None:
    curve = risk_coverage(np.array([0.9, 0.8, 0.4]), np.array([True, True, False]))
    assert list(curve.y) == pytest.approx([0.0, 0.0, 1 / 3])


@given(one=st.integers(0, 60), other=st.integers(0, 60))
def test_mcnemar_is_the_exact_binomial_test(one: int, other: int) -> None:
    expected = binomtest(one, one + other).pvalue if one + other else 1.0
    assert mcnemar(one, other) == pytest.approx(expected)


def test_a_better_classifier_gains_beyond_doubt() -> None:
    random = np.random.default_rng(3)
    gold = random.integers(0, 14, size=700)
    good = np.where(random.random(700) < 0.9, gold, 13)
    poor = np.where(random.random(700) < 0.5, gold, 13)
    found = compare(gold, good, poor)
    assert found.gain_interval[0] > 0.1
    assert found.mcnemar_p < 1e-6
    assert found.gain == pytest.approx(-compare(gold, poor, good).gain)


def _example(category: Category, urgency: Urgency | None) -> Example:
    return Example(id="1", batch="a-b", writer="a", text="x", category=category, urgency=urgency)


def _verdict(category: Category) -> Verdict:
    chances = dict.fromkeys(Category, 0.0) | {category: 1.0}
    return Verdict(category=category, probability=1.0, probabilities=chances, urgency=None)


def test_silence_saves_nothing_and_a_missed_spoed_weighs_more() -> None:
    costs = load_costs(folder("data") / "classify" / "thresholds.toml")
    examples = [
        _example(Category.GEWELD, Urgency.SPOED),
        _example(Category.GEWELD, Urgency.NIET_URGENT),
        _example(Category.GEEN, None),
    ]
    silent = [_verdict(Category.GEEN)] * 3
    first, second = list(silent), list(silent)
    first[0] = second[1] = _verdict(Category.GEWELD)
    perfect = [_verdict(e.category) for e in examples]
    assert alert_score(examples, silent, costs) == 0.0
    assert alert_score(examples, perfect, costs) == 1.0
    assert alert_score(examples, first, costs) > alert_score(examples, second, costs)


@pytest.fixture(scope="module")
def some(corpus: list[Example]) -> list[Example]:
    plain = [e for e in corpus if e.writer == "w1"]
    return [*plain[:60], *[e for e in corpus if e.chat][:90]]


def test_a_report_has_figures_pictures_and_no_text(
    some: list[Example], classifier: TrainedClassifier, tmp_path: Path
) -> None:
    judged = judge(some, classifier)
    costs = load_costs(folder("data") / "classify" / "thresholds.toml")
    metrics = measure(judged, costs) | {"comparison": compared(judged, judged)}
    write_report(metrics, tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.count("<svg") > 15
    assert "B-cubed" in page
    assert "Waar de fouten zitten" in page
    assert "<script" not in page
    everything = "".join(file.read_text(encoding="utf-8") for file in tmp_path.iterdir())
    assert not any(e.text in everything for e in some if len(e.text) > 25)
    assert json.loads((tmp_path / "metrics.json").read_text(encoding="utf-8"))["messages"] == 150
    assert (tmp_path / "categories.csv").read_text(encoding="utf-8").startswith("category,")


def test_mistakes_are_shown_when_asked_and_are_no_markup(
    classifier: TrainedClassifier, tmp_path: Path
) -> None:
    text = "<b>Er klimt nu iemand met een koevoet door het raam bij nr 14</b>"
    wrong = Example(id="1", batch="a-b", writer="a", text=text, category=Category.GEEN)
    judged = judge([wrong], classifier)
    costs = load_costs(folder("data") / "classify" / "thresholds.toml")
    write_report(measure(judged, costs), tmp_path, mistakes=mistakes(judged))
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;Er klimt nu" in page
    assert "<b>Er" not in page


def test_answers_of_another_system_can_be_compared(some: list[Example], tmp_path: Path) -> None:
    file = tmp_path / "other.jsonl"
    rows = [json.dumps({"id": e.id, "category": e.category.value}) for e in some]
    file.write_text("\n".join(rows), encoding="utf-8")
    other = read_answers(file, some)
    assert (other.said == other.gold).all()
    file.write_text("\n".join(rows[:-1]), encoding="utf-8")
    with pytest.raises(errors.BadInput, match="no answer for 1"):
        read_answers(file, some)


def test_data_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(errors.BadInput, match=r"give a \.jsonl file"):
        load_data(tmp_path / "nothing.jsonl")
