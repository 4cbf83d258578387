# SPDX-License-Identifier: EUPL-1.2
"""Words can be compared, and only by whoever has the salt."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.words import MOST, words

#: The machine may be busy; how long an example takes says nothing here.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

SALT = b"a salt of this municipality"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Witte bus bij de school", "WITTE BUS, school!!"),
        ("geparkeerde auto's", "geparkeerde auto"),
        ("twee fietsen", "twee fiets"),
        ("café open", "cafe open"),
        ("ruit kapot http://voorbeeld.nl/foto", "ruit kapot"),
        ("[naam] brak een ruit", "brak een ruit [telefoon]"),
    ],
)
def test_the_same_content_gives_the_same_words(one: str, other: str) -> None:
    assert words(one, SALT) == words(other, SALT)


def test_small_words_say_nothing() -> None:
    assert words("en toen was het er weer", SALT) == frozenset()


def test_another_salt_gives_other_numbers() -> None:
    text = "ruit van de schuur ligt eruit"
    assert not words(text, SALT) & words(text, b"another salt")


def test_without_a_salt_nothing_is_hashed() -> None:
    with pytest.raises(ValueError, match="salt"):
        words("ruit", b"")


@unhurried
@given(st.text(max_size=300), st.binary(min_size=1, max_size=100))
def test_any_text_gives_numbers_that_json_keeps_exact(text: str, salt: bytes) -> None:
    found = words(text, salt)
    assert found == words(text, salt)
    assert len(found) <= MOST
    assert all(0 <= word < 2**48 for word in found)
