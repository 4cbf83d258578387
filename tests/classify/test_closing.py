# SPDX-License-Identifier: EUPL-1.2
"""What ends a signal, and what only sounds like it."""

from __future__ import annotations

import pytest

from classify.closing import STRONG, closing


@pytest.mark.parametrize(
    "text",
    [
        "Loos alarm, het was de wekker",
        "vals alarm mensen",
        "Is opgelost hoor!",
        "Het meisje is al terecht, zat bij oma",
        "Gevonden!",
        "Opgelost",
        "De lantaarn is inmiddels gerepareerd",
        "niks aan de hand, barbecue van de buren",
        "False alarm people",
    ],
)
def test_it_ends_a_signal(text: str) -> None:
    assert closing(text) > 0


@pytest.mark.parametrize(
    "text",
    [
        "Het is nog steeds niet opgelost",
        "Is de kat al terecht?",
        "Hopelijk wordt hij snel gevonden",
        "Gevonden meneer bij de vijver, weet zijn naam niet",
        "Er wordt ingebroken bij nr 12",
        "Mijn fiets is gestolen",
        "",
    ],
)
def test_it_ends_nothing(text: str) -> None:
    assert closing(text) == 0


def test_plain_words_silence_more_than_vague_ones() -> None:
    assert closing("loos alarm") == STRONG
    assert closing("de bank is weggehaald") < STRONG
