# SPDX-License-Identifier: EUPL-1.2
"""A text that somebody made to be slow costs no more than any other of its length."""

from __future__ import annotations

import pytest

from classify.apart import Apart
from classify.lexicon import Lexicon
from classify.personal import PersonalFinder
from core.verdict import PersonalKind
from ingest.limits import MOST_BYTES

NAMES = Lexicon(
    names=frozenset({"jan"}),
    ambiguous=frozenset(),
    neutral={},
    skin=frozenset(),
    people=frozenset(),
)
#: Twice the longest text that is read: what grows with the square outlasts the patience of a test.
LENGTH = 2 * MOST_BYTES


@pytest.mark.parametrize(
    ("piece", "end"),
    [
        *(("a", " A1@"), ("a.", " A1@"), ("a-", " A1@"), ("Aa-", " A1@"), ("@a", " A1")),
        *(("x", " Aa"), ("groet ", " Aa"), ("Jan ", ""), ("1 ", " A"), ("A.", " Aa")),
    ],
)
def test_what_is_made_to_be_slow_is_not(piece: str, end: str) -> None:
    text = piece * ((LENGTH - len(end)) // len(piece)) + end
    assert isinstance(PersonalFinder(NAMES).find(text), tuple)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("jan.de-vries@voorbeeld.nl", ["jan.de-vries@voorbeeld.nl"]),
        ("a@b.nl,c@d.nl", ["a@b.nl", "c@d.nl"]),
        ("a@b.nl-c@d.nl", ["a@b.nl", "-c@d.nl"]),
        ("mail c [at] d.nl", ["c [at] d.nl"]),
        ("x" * 200 + "@d.nl", ["x" * 80 + "@d.nl"]),
    ],
)
def test_an_address_is_found_whole(text: str, found: list[str]) -> None:
    spans = PersonalFinder(NAMES).find(text)
    assert [p.of(text) for p in spans if p.kind is PersonalKind.EMAIL] == found


def test_spans_are_taken_where_none_was_taken_before() -> None:
    apart = Apart()
    tried = [(10, 20), (20, 30), (0, 10), (5, 6), (15, 25), (29, 40), (30, 40), (45, 50), (41, 46)]
    assert [apart.take(*span) for span in tried] == [
        *(True, True, True, False, False, False, True, True, False)
    ]
