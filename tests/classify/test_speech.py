# SPDX-License-Identifier: EUPL-1.2
"""How somebody speaks, from the words that describe a voice."""

from __future__ import annotations

import pytest

from classify.corpus import load_corpus
from classify.speech import Speech, speech_of
from core.resources import folder


@pytest.mark.parametrize(
    ("style", "speech"),
    [
        ("fietskoerier, kort, Marokkaans-Nederlandse straattaal", Speech.STREET),
        ("Polen in eenvoudig Nederlands, Limburgs ertussen", Speech.LEARNER),
        ("Twents, nuchter", Speech.DIALECT),
        ("vanuit de bus ingesproken, Brabants", Speech.DICTATED),
        ("laaggeletterd, schrijft op gehoor", Speech.BY_EAR),
        ("weduwnaar, formele brieven", Speech.FORMAL),
        ("klassenapp", Speech.OTHER),
        ("", Speech.OTHER),
    ],
)
def test_a_voice_is_known_by_what_makes_it_hardest_to_read(style: str, speech: Speech) -> None:
    assert speech_of(style) is speech


def test_the_corpus_holds_every_way_of_speaking() -> None:
    styles = {e.style for e in load_corpus(folder("data") / "corpora" / "messages")}
    assert {speech_of(style) for style in styles} == set(Speech)
