# SPDX-License-Identifier: EUPL-1.2
"""A text waits for its reader: Dutch for whoever does not say, else in the reader's language."""

from __future__ import annotations

import copy
import json
import pickle
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.label import Category, Taxonomy
from dashboard import words
from dashboard.spoken import count, heard, joined, plain_taxonomy, say, spoken_taxonomy
from dashboard.tongue import Tongue, load_tongues
from tests.dashboard.world import taxonomy

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def english() -> Tongue:
    return load_tongues()["en"]


def test_a_text_is_dutch_until_somebody_hears_it_in_english(english: Tongue) -> None:
    text = say("Kies een categorie.")
    assert text == "Kies een categorie."
    assert heard(english, text) == "Choose a category."


def test_what_stands_inside_a_text_is_said_in_the_same_language(english: Tongue) -> None:
    text = say("doorgestuurd naar %(receiver)s", receiver=say("de politie"))
    assert (str(text), heard(english, text)) == (
        "doorgestuurd naar de politie",
        "forwarded to the police",
    )


def test_texts_that_are_joined_or_cased_stay_translatable(english: Tongue) -> None:
    both = "> " + say("Meldkamer").lower() + ", " + say("de groep").capitalize()
    assert heard(english, both) == "> control room, The group"
    assert heard(english, joined(", ", (say("alles"), "x"))) == "everything, x"


def test_one_and_many_are_told_apart_in_both_languages(english: Tongue) -> None:
    said = [count("%(n)s dag geleden", "%(n)s dagen geleden", n) for n in (0, 1, 2)]
    assert said == ["0 dagen geleden", "1 dag geleden", "2 dagen geleden"]
    assert heard(english, said) == ["0 days ago", "1 day ago", "2 days ago"]


def test_lists_and_tables_are_heard_through_and_through(english: Tongue) -> None:
    told = {"wie": [(say("niemand"), 3)], say("alles"): None}
    assert heard(english, told) == {"wie": [("nobody", 3)], "everything": None}


def test_days_ages_and_numbers_follow_the_reader(english: Tongue) -> None:
    assert heard(english, words.moment(NOW)) == "21 Nov 2026 13:00"
    assert heard(english, words.calendar("2026-03-01")) == "1 Mar 2026"
    assert words.calendar("2026-03-01") == "1 mrt 2026"
    assert (words.number(1234.5), heard(english, words.number(1234.5))) == ("1.234,50", "1,234.50")
    assert heard(english, words.age(NOW - timedelta(days=2), NOW)) == "2 days ago"
    assert heard(english, words.about(1234)) == "about 1,235"


def test_what_leaves_the_house_is_plain_dutch() -> None:
    text = say("Inbraak")
    assert json.dumps({"soort": text}) == '{"soort": "Inbraak"}'
    for copied in (copy.copy(text), copy.deepcopy(text), pickle.loads(pickle.dumps(text))):
        assert type(copied) is str
    kept = plain_taxonomy(spoken_taxonomy(taxonomy()))
    assert kept == taxonomy()
    assert all(type(info.name) is str for info in kept.categories.values())


def test_a_municipality_s_own_name_for_a_category_stays_as_it_is(english: Tongue) -> None:
    changed = dict(taxonomy().categories)
    changed[Category.AFVAL] = replace(changed[Category.AFVAL], name="100% vuil")
    spoken = spoken_taxonomy(Taxonomy(changed))
    assert heard(english, spoken[Category.AFVAL].name) == "100% vuil"
    assert heard(english, spoken[Category.INBRAAK].name) == "Burglary"
