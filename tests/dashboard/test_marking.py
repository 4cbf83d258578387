# SPDX-License-Identifier: EUPL-1.2
"""Quotes: every word as it was written, marks where they belong."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.verdict import Span
from dashboard.marking import Piece, plain, quote

spans = st.builds(Span, start=st.integers(-5, 60), end=st.integers(-5, 60))


def test_evidence_is_marked_and_the_rest_is_not() -> None:
    pieces = quote("Er wordt ingebroken!", [Span(start=9, end=19)]).pieces
    assert pieces == (
        Piece(text="Er wordt "),
        Piece(text="ingebroken", marked=True),
        Piece(text="!"),
    )


def test_overlapping_and_touching_evidence_becomes_one_mark() -> None:
    given_spans = [Span(start=3, end=6), Span(start=0, end=4), Span(start=6, end=8)]
    assert [p.text for p in quote("abcdefghij", given_spans).pieces if p.marked] == ["abcdefgh"]


@given(text=st.text(alphabet="abc\n é", max_size=50), evidence=st.lists(spans, max_size=6))
def test_no_word_is_lost_or_made_up(text: str, evidence: list[Span]) -> None:
    assert quote(text, evidence).text == text


@given(text=st.text(max_size=200), evidence=st.lists(spans, max_size=6))
def test_any_text_can_be_sent_as_a_page(text: str, evidence: list[Span]) -> None:
    shown = quote(text, evidence)
    shown.text.encode("utf-8")
    assert len(shown.text) + shown.hidden == len(text)


def test_signs_that_turn_text_around_are_left_out_and_counted() -> None:
    shown = quote("a\u202eb\u2066c\u200bd\ufeff")
    assert (shown.text, shown.hidden) == ("abcd", 4)


def test_plain_text_is_one_clean_line() -> None:
    assert plain(" a\n\tb\u202e  c\x00 ") == "a b c"
