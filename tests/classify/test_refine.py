# SPDX-License-Identifier: EUPL-1.2
"""Rules know what a place is, the encoder knows where it begins and ends."""

from __future__ import annotations

import pytest

from classify.places import PlaceFinder
from classify.refine import refined
from core.verdict import Span

TEXT = "Ze zitten achter de sporthal aan de Wilgenlaan, bij 2548 BX, nummer 12"


def span(words: str) -> Span:
    start = TEXT.index(words)
    return Span(start=start, end=start + len(words))


def test_a_span_takes_the_kind_that_the_rules_found_there() -> None:
    found = refined(TEXT, PlaceFinder().find(TEXT), [span("achter de sporthal aan de Wilgenlaan")])
    place = found[0]
    assert (place.start, place.end) == (10, 46)
    assert place.kind in {"street", "landmark"}


def test_an_exact_place_stays_where_the_encoder_overlooks_it() -> None:
    found = refined(TEXT, PlaceFinder().find(TEXT), [])
    assert [place.kind for place in found if place.of(TEXT) == "2548 BX"] == ["postcode"]


@pytest.mark.parametrize(
    ("text", "kind", "key"),
    [
        ("3512 ab", "postcode", "3512ab"),
        ("hoek Zwaluwpad/Merelhof", "crossing", "zwaluwpad/merelhof"),
        ("in de Zonnebloemstroat", "street", "zonnebloemstroat"),
        ("Oosterkwartier", "neighbourhood", "oosterkwartier"),
        ("bij het gele bruggetje", "landmark", "gele bruggetje"),
    ],
)
def test_a_span_that_no_rule_knows_is_guessed_from_its_words(
    text: str, kind: str, key: str
) -> None:
    (place,) = refined(text, [], [Span(start=0, end=len(text))])
    assert (place.kind, place.key) == (kind, key)
