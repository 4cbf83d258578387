# SPDX-License-Identifier: EUPL-1.2
"""SignaalCheck is whole, and a group counts only when all of it is right."""

from __future__ import annotations

from collections import defaultdict

import pytest

from classify.corpus import Example
from classify.measure.signaalcheck import Check, load_suite, score_suite
from core.label import Category, Urgency
from core.resources import folder
from core.verdict import Verdict


@pytest.fixture(scope="module")
def suite() -> list[Check]:
    return load_suite(folder("data") / "signaalcheck")


def answer(check: Check, **changed: object) -> Verdict:
    right = {"category": check.category, "urgency": check.urgency, "first_hand": check.first_hand}
    given: dict[str, object] = {**right, **changed}
    chances = dict.fromkeys(Category, 0.0)
    return Verdict(probability=1.0, probabilities=chances, **given)  # type: ignore[arg-type]


def test_right_answers_score_all(suite: list[Check]) -> None:
    scores = score_suite(suite, [answer(check) for check in suite])
    assert all(score.share == score.group_share == 1.0 for score in scores.values())


def test_always_saying_geen_passes_hardly_a_group(suite: list[Check]) -> None:
    silent = [answer(check, category=Category.GEEN) for check in suite]
    assert score_suite(suite, silent)["alles"].group_share < 0.05


def test_urgency_and_hearsay_are_asked_where_they_are_the_point(suite: list[Check]) -> None:
    wrong = [answer(c, urgency=Urgency.SPOED, first_hand=None) for c in suite]
    scores = score_suite(suite, wrong)
    assert scores["urgentie"].group_share < 0.5
    assert scores["horen-zeggen"].group_share == 0.0
    assert scores["ontkenning"].share == 1.0


def test_groups_are_small_and_abilities_many(suite: list[Check]) -> None:
    groups = defaultdict(list)
    for check in suite:
        groups[check.group].append(check)
    assert all(2 <= len(group) <= 3 for group in groups.values())
    assert len({check.ability for check in suite}) >= 20
    assert len({check.id for check in suite}) == len(suite)


def test_no_message_of_the_suite_is_in_the_corpus(
    suite: list[Check], corpus: list[Example]
) -> None:
    known = {example.text.casefold() for example in corpus}
    assert not [check.id for check in suite if check.text.casefold() in known]
