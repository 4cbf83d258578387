# SPDX-License-Identifier: EUPL-1.2
"""How far an incident of each category reaches: in time, over the ground, in kind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from core.label import Category

#: How long an incident stays joinable after its last signal.
_WINDOW: Mapping[Category, timedelta] = MappingProxyType(
    {
        Category.INBRAAK: timedelta(hours=12),
        Category.VERDACHTE_SITUATIE: timedelta(hours=2),
        Category.BEROVING: timedelta(hours=3),
        Category.VOERTUIGCRIMINALITEIT: timedelta(hours=12),
        Category.STRAATINTIMIDATIE: timedelta(hours=2),
        Category.GEWELD: timedelta(hours=3),
        Category.VERMISSING: timedelta(hours=24),
        Category.VERNIELING: timedelta(hours=24),
        Category.OVERLAST: timedelta(hours=3),
        Category.AFVAL: timedelta(days=3),
        Category.FOUTPARKEREN: timedelta(hours=12),
        Category.WRAKKEN: timedelta(days=14),
        Category.OPENBARE_RUIMTE: timedelta(days=7),
    }
)

#: Metres within which two points are one spot; people walk and run, lamp posts do not.
_NEAR: Mapping[Category, float] = MappingProxyType(
    {
        Category.VERMISSING: 2_000.0,
        Category.VERDACHTE_SITUATIE: 500.0,
        Category.BEROVING: 500.0,
        Category.GEWELD: 500.0,
        Category.OVERLAST: 400.0,
        Category.INBRAAK: 300.0,
        Category.VOERTUIGCRIMINALITEIT: 300.0,
        Category.STRAATINTIMIDATIE: 300.0,
    }
)
_NEAR_ELSE = 150.0

#: Kinds under which one event is often told in two ways.
_RELATED = frozenset(
    frozenset(pair)
    for pair in (
        (Category.INBRAAK, Category.VERDACHTE_SITUATIE),
        (Category.INBRAAK, Category.VERNIELING),
        (Category.BEROVING, Category.GEWELD),
        (Category.BEROVING, Category.VERDACHTE_SITUATIE),
        (Category.GEWELD, Category.OVERLAST),
        (Category.GEWELD, Category.STRAATINTIMIDATIE),
        (Category.OVERLAST, Category.STRAATINTIMIDATIE),
        (Category.OVERLAST, Category.VERDACHTE_SITUATIE),
        (Category.OVERLAST, Category.VERNIELING),
        (Category.STRAATINTIMIDATIE, Category.VERDACHTE_SITUATIE),
        (Category.VERDACHTE_SITUATIE, Category.VOERTUIGCRIMINALITEIT),
        (Category.VERNIELING, Category.VOERTUIGCRIMINALITEIT),
        (Category.VERNIELING, Category.OPENBARE_RUIMTE),
        (Category.AFVAL, Category.WRAKKEN),
        (Category.FOUTPARKEREN, Category.WRAKKEN),
    )
)


def window(category: Category) -> timedelta:
    """Return how long after its last signal an incident may still be joined."""
    return _WINDOW.get(category, timedelta())


def near(category: Category) -> float:
    """Return the distance in metres within which two points are one spot."""
    return _NEAR.get(category, _NEAR_ELSE)


def related(one: Category, other: Category) -> bool:
    """Whether one event may be told under both categories."""
    return one is other or frozenset((one, other)) in _RELATED


_HEAVIEST_FIRST = (
    Category.GEWELD,
    Category.BEROVING,
    Category.INBRAAK,
    Category.VERMISSING,
    Category.VOERTUIGCRIMINALITEIT,
    Category.STRAATINTIMIDATIE,
    Category.VERNIELING,
    Category.VERDACHTE_SITUATIE,
    Category.OVERLAST,
    Category.OPENBARE_RUIMTE,
    Category.FOUTPARKEREN,
    Category.AFVAL,
    Category.WRAKKEN,
    Category.GEEN,
)


def heavier(one: Category, other: Category) -> Category:
    """Return the graver of the two: a suspicious person can turn out to be a burglar."""
    return min(one, other, key=_HEAVIEST_FIRST.index)
