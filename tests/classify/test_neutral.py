# SPDX-License-Identifier: EUPL-1.2
"""The encoder reads ordinary Dutch in which swapping people changes no letter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify.encoder.neutral import Neutraliser
from classify.lexicon import Lexicon, shipped_lexicon
from classify.personal import PersonalFinder
from core.verdict import Span

LEXICON = shipped_lexicon()
NEUTRALISER, FINDER = Neutraliser(LEXICON), PersonalFinder(LEXICON)


def neutral(text: str) -> str:
    return NEUTRALISER.neutral(text, FINDER.find(text)).text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Twee Turkse jongens voelen aan autodeuren", "Twee Poolse meisjes voelen aan autodeuren"),
        ("Fatima is gevolgd door een man", "Johan is gevolgd door een vrouw"),
        ("bel 06-12345678 even", "bel 06-87654321 even"),
        ("de buurvrouw zag een moslim", "de buurman zag een christen"),
        ("een zwarte man met een koevoet", "een Syrische man met een koevoet"),
    ],
)
def test_swapped_people_read_the_same(one: str, other: str) -> None:
    assert neutral(one) == neutral(other)


def test_what_happened_and_where_stays() -> None:
    text = "Er wordt ingebroken in de Kerkstraat 12, zwarte jas 😳"
    assert neutral(text) == text


def test_every_word_of_a_list_reads_as_its_neighbours(lexicon: Lexicon) -> None:
    groups: dict[str, set[str]] = {}
    for word, code in lexicon.neutral.items():
        groups.setdefault(code, set()).add(neutral(f"ik zag die {word} daar"))
    assert all(len(readings) == 1 for readings in groups.values())


@given(text=st.text(max_size=120))
def test_no_text_breaks_it_and_spans_come_back(text: str) -> None:
    found = NEUTRALISER.neutral(text, FINDER.find(text))
    for start in range(0, len(found.text), 3):
        span = found.to_own(start, start + 1)
        assert span is None or 0 <= span.start < span.end <= len(text)


def test_a_span_keeps_its_place_behind_a_longer_stand_in() -> None:
    text = "Jo woont in de Lindelaan 4 bij Fatima"
    found = NEUTRALISER.neutral(text, FINDER.find(text))
    start = text.index("Lindelaan 4")
    place = found.from_own(Span(start=start, end=start + len("Lindelaan 4")))
    assert place is not None
    assert found.text[place[0] : place[1]] == "Lindelaan 4"
    assert found.to_own(*place) == Span(start=start, end=start + len("Lindelaan 4"))
