# SPDX-License-Identifier: EUPL-1.2
"""Normalising: comparable words that still know where they stood."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify.lexicon import Lexicon, fold, shipped_lexicon
from classify.normalise import Normaliser
from classify.personal import PersonalFinder
from core.verdict import Personal, PersonalKind


def document(text: str) -> str:
    normaliser = Normaliser(shipped_lexicon())
    return normaliser.document(normaliser.words(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ff kijken", "even kijken"),
        ("HEEEEEL raar!!!", "heel raar !"),
        ("café vóór één", "cafe voor een"),
        ("om 22.30 uur", "om xtijd"),
        ("bij 2548 BX", "bij xpostcode"),
        ("🔥🔥 op straat", "vuur vuur op straat"),
        ("z'n auto's", "zijn auto's"),
        ("kijk https://voorbeeld.example/x?y=1", "kijk xurl"),
        ("nr 12", "nummer 00"),
        ("", ""),
        ("   \n\t ", ""),
    ],
)
def test_spellings_become_one_form(text: str, expected: str) -> None:
    assert document(text) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("een Marokkaanse jongen", "een Nederlandse jongen"),
        ("twee Poolse mannen", "twee Chinese vrouwen"),
        ("die moslim belt aan", "die christen belt aan"),
        ("Mohammed staat er", "Kees staat er"),
        ("een donkere man", "een blanke vrouw"),
        ("hij zei tegen hem", "zij zei tegen haar"),
        ("meneer komt", "mevrouw komt"),
    ],
)
def test_who_somebody_is_cannot_be_seen_by_the_model(one: str, other: str) -> None:
    assert document(one) == document(other)


@pytest.mark.parametrize("text", ["een zwarte jas", "donkere auto", "witte bus"])
def test_a_colour_of_a_thing_stays(text: str) -> None:
    assert "xwie" not in document(text)


def test_age_and_number_stay(lexicon: Lexicon) -> None:
    assert document("jongen") != document("man")
    assert document("jongen") != document("jongens")
    assert lexicon.neutral["jongen"] == lexicon.neutral["meisje"]


def test_personal_data_becomes_its_kind() -> None:
    normaliser = Normaliser(shipped_lexicon())
    personal = [Personal(start=4, end=14, kind=PersonalKind.PHONE)]
    forms = [w.form for w in normaliser.words("Bel 0612345678 nu", personal)]
    assert forms == ["bel", "xtel", "nu"]


@given(st.text(max_size=400))
def test_every_word_stands_where_it_says(text: str) -> None:
    lexicon = shipped_lexicon()
    words = Normaliser(lexicon).words(text, PersonalFinder(lexicon).find(text))
    position = 0
    for word in words:
        assert position <= word.start < word.end <= len(text)
        assert word.form
        assert word.form.split() == [word.form]
        position = word.end


@given(st.text(max_size=50))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)
