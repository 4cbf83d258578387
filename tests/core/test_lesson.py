# SPDX-License-Identifier: EUPL-1.2
"""Lessons as they come along, and what a script may not say."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from core import errors, resources
from core.label import Category, Urgency, load_taxonomy
from core.lesson import MARK, Lesson, load_lessons
from core.signal import Act, Decision

SHIPPED = load_lessons(resources.folder("data") / "practice")
CARD = """
title = "Les"
goal = "Doel."
[[card]]
after = 1
group = "Groep"
writer = "een"
text = "Er brandt een container op het plein"
model = "vernieling"
certainty = 0.9
urgency = "spoed"
marked = ["brandt"]
right = ["bevestigen", "overlast"]
why = "Daarom."
"""


def read(folder: Path, text: str) -> Lesson:
    (folder / "les.toml").write_text(text, encoding="utf-8")
    (lesson,) = load_lessons(folder)
    return lesson


def decided(act: Act, category: Category | None = None) -> Decision:
    return Decision(
        id="d",
        signal="s",
        act=act,
        actor="a",
        at=datetime(2026, 11, 1, tzinfo=UTC),
        category=category,
    )


def test_three_lessons_come_along_with_a_good_twenty_messages_each() -> None:
    assert [len(lesson.cards) >= 22 for lesson in SHIPPED] == [True, True, True]


@pytest.mark.parametrize("lesson", SHIPPED, ids=lambda lesson: lesson.slug)
def test_each_message_is_marked_and_explained(lesson: Lesson) -> None:
    for card in lesson.cards:
        assert card.text.startswith(MARK)
        assert len(card.why) > 20


@pytest.mark.parametrize("lesson", SHIPPED, ids=lambda lesson: lesson.slug)
def test_agreeing_with_the_model_on_everything_is_never_right(lesson: Lesson) -> None:
    wrong = [c for c in lesson.cards if not c.right(decided(Act.CONFIRM))]
    assert len(wrong) >= 5
    assert len(wrong) < len(lesson.cards) - 5


def test_every_kind_of_lesson_has_something_urgent() -> None:
    for lesson in SHIPPED:
        urgent = [c for c in lesson.cards if c.verdict.urgency is Urgency.SPOED]
        missed = [c for c in lesson.cards if c.answers[0].category is Category.GEWELD]
        assert urgent or missed


def test_a_subcategory_of_a_lesson_exists() -> None:
    taxonomy = load_taxonomy(resources.folder("data") / "taxonomy" / "taxonomy.toml")
    for lesson in SHIPPED:
        for card in lesson.cards:
            sub = card.verdict.subcategory
            assert sub is None or taxonomy[card.verdict.category].subcategory(sub)


def test_the_shares_of_a_verdict_are_one_whole() -> None:
    for lesson in SHIPPED:
        for card in lesson.cards:
            assert sum(card.verdict.probabilities.values()) == pytest.approx(1)


def test_no_text_stands_in_two_lessons() -> None:
    texts = [card.text for lesson in SHIPPED for card in lesson.cards]
    assert len(set(texts)) == len(texts)


def test_marked_words_are_found_behind_the_mark(tmp_path: Path) -> None:
    (card,) = read(tmp_path, CARD).cards
    (span,) = card.verdict.evidence
    assert span.of(card.text) == "brandt"


def test_another_category_is_right_only_when_the_script_says_so(tmp_path: Path) -> None:
    (card,) = read(tmp_path, CARD).cards
    assert card.right(decided(Act.CONFIRM))
    assert card.right(decided(Act.RECATEGORISE, Category.OVERLAST))
    assert not card.right(decided(Act.RECATEGORISE, Category.AFVAL))
    assert not card.right(decided(Act.REJECT))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('marked = ["brandt"]', 'marked = ["rookt"]', "'rookt' does not stand in the text"),
        ('model = "vernieling"', 'model = "geen"', "must name a category"),
        ("certainty = 0.9", "certainty = 90", "between 0 and 1"),
        ('"bevestigen", "overlast"', '"misschien"', "misschien"),
        ('why = "Daarom."', "", "why"),
        ('title = "Les"', "", "title"),
    ],
)
def test_an_odd_script_is_refused_with_what_is_odd(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    assert old in CARD
    with pytest.raises(errors.ConfigurationError, match=says):
        read(tmp_path, CARD.replace(old, new))


def test_cards_stand_in_the_order_in_which_they_come(tmp_path: Path) -> None:
    card = CARD[CARD.index("[[card]]") :].replace("after = 1", "after = 0").replace("plein", "hek")
    with pytest.raises(errors.ConfigurationError, match="order"):
        read(tmp_path, CARD + card)
