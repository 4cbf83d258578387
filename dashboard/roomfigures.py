# SPDX-License-Identifier: EUPL-1.2
"""What the answers in a room come to: agreement, confusion, and what the model made of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.agreement import (
    cohen_kappa,
    gwet_ac2,
    krippendorff_alpha,
    linear,
    percent_agreement,
)
from core.annotation import LABELLERS, Answer, AnswerKind, Lane, settled
from core.label import Category, Urgency
from core.proportion import interval
from store.rooms import Item

Answers = Mapping[str, tuple[Answer, ...]]

#: Who still labels sees figures in steps of so many items: one step at a time would tell what
#: the other just answered.
STEP = 10
_CATEGORIES = [category.value for category in Category]
_URGENCIES = [urgency.value for urgency in Urgency]


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """How far a room is."""

    items: int
    #: Items whose text was erased before two had labelled it.
    gone: int
    #: Items with both labels.
    labelled: int
    #: Items on which the two differ and nobody ruled.
    disputed: int
    #: Items with an answer that counts.
    settled: int
    #: Answers of whoever looks.
    mine: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Agreement:
    """How far two people agree; every figure is None where nothing can be said."""

    #: Items that both labelled.
    items: int
    percent: float | None
    #: Mean over the pairs of people, weighted by the items that they share.
    kappa: float | None
    alpha: float | None
    ac2: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Precision:
    """How often the model was right about what it called so."""

    category: Category
    right: int
    judged: int
    interval: tuple[float, float] | None


def progress(items: Sequence[Item], answers: Answers, by: str) -> Progress:
    """Return how far a room is, for one of its people."""
    full = [a for a in answers.values() if len(_labels(a)) >= LABELLERS]
    return Progress(
        items=len(items),
        gone=sum(
            i.masked is None and len(_labels(answers.get(i.id, ()))) < LABELLERS for i in items
        ),
        labelled=len(full),
        disputed=sum(settled(a) is None for a in full),
        settled=sum(settled(a) is not None for a in full),
        mine=sum(a.by == by for given in answers.values() for a in given),
    )


def in_steps(answers: Answers, step: int = STEP) -> Answers:
    """Return the answers of the items that were labelled first, a whole number of steps."""
    full = {item: a for item, a in answers.items() if len(_labels(a)) >= LABELLERS}
    by_age = sorted(full, key=lambda item: max(a.at for a in _labels(full[item])))
    kept = set(by_age[: len(by_age) // step * step])
    return {item: a for item, a in answers.items() if item in kept}


def on_category(answers: Answers) -> Agreement:
    """Return agreement on the category; AC2 with equal answers only, which is AC1."""
    pairs = [_labels(a) for a in answers.values() if len(_labels(a)) >= LABELLERS]
    said = [[a.category.value for a in pair] for pair in pairs]
    return Agreement(
        items=len(said),
        percent=percent_agreement(said),
        kappa=_kappa([(pair, "category") for pair in pairs]),
        alpha=krippendorff_alpha(said),
        ac2=gwet_ac2(said, _CATEGORIES),
    )


def on_urgency(answers: Answers) -> Agreement:
    """Return agreement on the urgency where both saw a signal; AC2 with linear weights."""
    pairs = [_labels(a) for a in answers.values() if len(_labels(a)) >= LABELLERS]
    both = [pair for pair in pairs if all(a.urgency for a in pair)]
    said = [[str(a.urgency) for a in pair] for pair in both]
    return Agreement(
        items=len(said),
        percent=percent_agreement(said),
        kappa=_kappa([(pair, "urgency") for pair in both]),
        alpha=krippendorff_alpha(said),
        ac2=gwet_ac2(said, _URGENCIES, linear(_URGENCIES)),
    )


def confusion(items: Sequence[Item], answers: Answers) -> Counter[tuple[Category, Category]]:
    """Return how often the model said the second where people settled on the first."""
    found: Counter[tuple[Category, Category]] = Counter()
    for item in items:
        truth = settled(answers.get(item.id, ()))
        if truth is not None and item.said is not None:
            found[truth.category, item.said] += 1
    return found


def precision(items: Sequence[Item], answers: Answers) -> list[Precision]:
    """Return per category how often the model was right, over the items drawn by lot alone."""
    drawn = [item for item in items if item.lane is Lane.RANDOM]
    counts = confusion(drawn, answers)
    judged: Counter[Category] = Counter()
    for (_, said), n in counts.items():
        judged[said] += n
    return [
        Precision(
            category=category,
            right=counts[category, category],
            judged=judged[category],
            interval=interval(counts[category, category], judged[category]),
        )
        for category in Category
        if judged[category]
    ]


def _labels(answers: Sequence[Answer]) -> list[Answer]:
    return [a for a in answers if a.kind is AnswerKind.LABEL]


def _kappa(pairs: Sequence[tuple[Sequence[Answer], str]]) -> float | None:
    """Kappa is of two people; where more work in a room, each pair counts by its items."""
    teams: dict[tuple[str, ...], list[tuple[str, str]]] = defaultdict(list)
    for pair, what in pairs:
        one, other = sorted(pair, key=lambda a: a.by)
        said = (str(getattr(one, what)), str(getattr(other, what)))
        teams[one.by, other.by].append(said)
    figures = [(cohen_kappa(said), len(said)) for said in teams.values()]
    total = sum(n for _, n in figures)
    return sum((kappa or 0.0) * n for kappa, n in figures) / total if total else None
