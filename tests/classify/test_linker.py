# SPDX-License-Identifier: EUPL-1.2
"""Linking is learnt from labelled chats and uses nothing but what was said before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from classify.corpus import Example
from classify.leaning import lean_on
from classify.linker import learn_linker, no_linker, pack_linker, unpack_linker
from classify.pipeline import TrainedClassifier
from classify.thread import FEATURES, Remark, Thread, compare, remark
from classify.trial import question
from core.label import Category
from core.verdict import Verdict

START = datetime(2026, 5, 1, 20, 0, tzinfo=UTC)


def said(
    text: str, *, index: int = 0, category: Category = Category.INBRAAK, sender: str = "S1"
) -> Remark:
    chances = dict.fromkeys(Category, 0.01) | {category: 0.87}
    urgency = None
    verdict = Verdict(category=category, probability=0.87, probabilities=chances, urgency=urgency)
    at = START + timedelta(minutes=index)
    return remark(text, verdict, index=index, at=at, sender=sender)


def value(features: np.ndarray[tuple[int], np.dtype[np.float64]], name: str) -> float:
    return float(features[FEATURES.index(name)])


def test_every_number_has_a_name() -> None:
    thread = Thread("a")
    thread.add(said("inbreker bij nr 14"))
    assert len(compare(said("hij rent weg", index=1), thread, [thread])) == len(FEATURES)


def test_a_thread_that_nobody_spoke_of_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="without remarks"):
        compare(said("hoi"), Thread("a"), [])


def test_the_same_kind_of_event_is_more_alike_than_another() -> None:
    burglary, lamp = Thread("a"), Thread("b")
    burglary.add(said("inbreker bij nr 14"))
    lamp.add(said("lantaarn stuk", index=1, category=Category.OPENBARE_RUIMTE))
    next_one = said("hij klimt er nu uit", index=2)
    both = [burglary, lamp]
    alike = [value(compare(next_one, thread, both), "kind") for thread in both]
    assert alike[0] > 0.9 > alike[1]
    newest = [value(compare(next_one, thread, both), "newest thread") for thread in both]
    assert newest == [0.0, 1.0]


def test_who_speaks_and_when_is_known_to_the_linker() -> None:
    thread = Thread("a")
    thread.add(said("inbreker bij nr 14", sender="S4"))
    features = compare(said("ik zie hem", index=5, sender="S4"), thread, [thread])
    assert value(features, "known sender") == value(features, "same sender") == 1.0
    assert value(features, "minutes ago") == pytest.approx(np.log1p(5))


def test_without_chats_nothing_is_learnt_and_nothing_linked() -> None:
    lonely = Example(id="1", batch="a-b", writer="a", text="x", category=Category.GEEN)
    verdict = Verdict(
        category=Category.GEEN,
        probability=1.0,
        probabilities=dict.fromkeys(Category, 0.0) | {Category.GEEN: 1.0},
        urgency=None,
    )
    linker = learn_linker([lonely], [verdict])
    thread = Thread("a")
    thread.add(said("inbreker bij nr 14"))
    assert linker.find(said("hij rent weg", index=1), [thread]) is None
    assert no_linker().find(said("hij rent weg", index=1), []) is None


def test_a_linker_survives_packing(corpus: list[Example], classifier: TrainedClassifier) -> None:
    chats = [e for e in corpus if e.chat][:200]
    verdicts = classifier.judge([question(e) for e in chats])
    linker = learn_linker(chats, verdicts)
    again = unpack_linker(pack_linker(linker))
    assert again.weights == pytest.approx(linker.weights)
    assert again.intercept == linker.intercept
    assert learn_linker(chats, verdicts).weights == pytest.approx(linker.weights)


def test_a_message_takes_the_kind_of_the_thread_that_it_adds_to() -> None:
    thread = Thread("a")
    thread.add(said("inbreker bij nr 14"))
    chances = dict.fromkeys(Category, 0.01) | {Category.OVERLAST: 0.4, Category.INBRAAK: 0.3}
    verdict = Verdict(
        category=Category.OVERLAST, probability=0.4, probabilities=chances, urgency=None
    )
    leaning = lean_on(thread, verdict)
    assert leaning.category is Category.INBRAAK
    signal = sum(p for c, p in leaning.probabilities.items() if c is not Category.GEEN)
    assert signal == pytest.approx(0.4 + 0.3 + 11 * 0.01)
    assert leaning.probabilities[Category.GEEN] == chances[Category.GEEN]


def test_a_sure_message_keeps_its_own_kind() -> None:
    thread = Thread("a")
    thread.add(said("man voelt aan deuren", category=Category.VERDACHTE_SITUATIE))
    chances = dict.fromkeys(Category, 0.0001) | {Category.INBRAAK: 0.99}
    verdict = Verdict(
        category=Category.INBRAAK, probability=0.99, probabilities=chances, urgency=None
    )
    assert lean_on(thread, verdict).category is Category.INBRAAK


def test_what_is_no_signal_leans_on_nothing() -> None:
    thread = Thread("a")
    thread.add(said("inbreker bij nr 14"))
    chances = dict.fromkeys(Category, 0.0) | {Category.GEEN: 1.0}
    verdict = Verdict(category=Category.GEEN, probability=1.0, probabilities=chances, urgency=None)
    assert lean_on(thread, verdict) == verdict
