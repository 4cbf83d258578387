# SPDX-License-Identifier: EUPL-1.2
"""How words are looked for in a text."""

from __future__ import annotations

import pytest

from core.selection import Search, words_of


@pytest.mark.parametrize(
    ("wanted", "text", "found"),
    [
        ("bank", "Weer een BANKSTEL gedumpt", True),
        ("stel", "Weer een bankstel gedumpt", False),
        ("cafe", "ruzie bij het Café", True),
        ("CAFÉ ruzie", "ruzie bij het cafe", True),
        ("cafe brand", "ruzie bij het cafe", False),
        ("strasse", "in de Straße", True),
        ("naam", "gezien door [naam]", False),
        ("naam", "zonder naam gezien", True),
        ("zee_weg", "aan de zee, bij de weg", True),
        (".*", "alles", True),
    ],
)
def test_each_word_must_begin_a_word_of_the_text(wanted: str, text: str, found: bool) -> None:
    assert Search(words_of(wanted)).finds(text) is found


def test_words_are_folded_and_come_once() -> None:
    assert words_of("Één één EEN twee-drie") == ("een", "twee", "drie")
