# SPDX-License-Identifier: EUPL-1.2
"""Which texts ask to be left in the group."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.marker import asks_privacy


@pytest.mark.parametrize(
    "text",
    [
        "#nietdoorsturen Mijn zoon is weg",
        "Mijn zoon is weg #nietdoorsturen",
        "Mijn zoon is weg #NietDoorsturen!!",
        "niet doorsturen: er is bij ons ingebroken",
        "Er is bij ons ingebroken. Niet doorsturen aub 🙏".replace(" aub", ""),
        "NIET-DOORSTUREN bij nr 14",
        "bij nr 14 #niet_doorsturen",
        "Bij nr 14, graag niet door te sturen",
        "\u200e#nietdoorsturen bij nr 14",
        "bij nr 14 #niet\u200bdoorsturen",
        "(niet doorsturen)",
        "eerste regel\n\n#nietdoorsturen\n",
    ],
)
def test_a_marker_at_start_or_end_keeps_the_message_private(text: str) -> None:
    assert asks_privacy(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Er is bij ons ingebroken",
        "Kun je dit niet doorsturen naar de wijkagent?",
        "Ik zou dit bericht wel doorsturen",
        "Bijnietdoorsturen is geen merk",
        "nietdoorsturenbaar is geen woord",
    ],
)
def test_other_texts_are_not_private(text: str) -> None:
    assert not asks_privacy(text)


@given(st.text(max_size=400))
def test_whatever_stands_in_front_a_marker_at_the_end_counts(text: str) -> None:
    assert asks_privacy(f"{text} #nietdoorsturen")
