# SPDX-License-Identifier: EUPL-1.2
"""What phones write is read back as it was said, in every dialect."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ingest.whatsapp.fingerprint import Fingerprints
from ingest.whatsapp.header import read_header
from ingest.whatsapp.transcript import Entry
from tests.ingest.whatsapp.dialects import DIALECTS, Dialect, Said
from tests.ingest.whatsapp.reading import read

#: The thirteenth tells day and month apart in every dialect.
_FIRST = datetime(2026, 1, 13, 10, 0, 5)  # noqa: DTZ001 -- phones write no zone

authors = st.sampled_from(
    ["Anna", "Bert de Vries", "+31 6 55512345", "José 🌷", "Jan-Piet (nr 14)", "Piet nieuw nummer"]
)
letters = st.sampled_from(
    [
        *"abcdeé ëZ 0123456789:-.,/()!?€<>[]@#*_~\n",
        "😀",
        "🚨",
        "👨‍👩‍👧",
        "12-03-2026 ",
        "21:14 - ",
        "Jan: ",
    ]
)
bodies = st.lists(letters, min_size=1, max_size=30).map("".join).map(str.strip).filter(bool)


@st.composite
def chats(draw: st.DrawFn) -> list[Said]:
    """A chat in the order of time, with equal messages and long silences in it."""
    at, chat = _FIRST, []
    for _ in range(draw(st.integers(1, 12))):
        body = draw(st.sampled_from(["Ja", "👍"]) | bodies)
        # A line that is a whole header is another test's; see test_transcript.
        assume(not any(read_header(line) for line in body.split("\n")[1:]))
        chat.append(Said(at=at, author=draw(authors), words=body))
        at += draw(st.sampled_from([0, 1, 55, 3600, 86_400, 5 * 86_400])) * timedelta(seconds=1)
    return chat


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda d: d.name)
@settings(max_examples=40, deadline=None)
@given(chat=chats())
def test_an_export_is_read_as_it_was_said(dialect: Dialect, chat: list[Said]) -> None:
    entries, tally = read(dialect.render(chat))
    expected = [
        (m.at if dialect.seconds else m.at.replace(second=0), m.author, m.words) for m in chat
    ]
    assert [(e.wall, e.author, e.words) for e in entries] == expected
    assert tally.problems.total == 0
    assert tally.skipped.total() == 0


def ids(entries: list[Entry]) -> list[str]:
    fingerprints = Fingerprints()
    return [fingerprints.of(e.wall, e.author, e.words) for e in entries]


@settings(max_examples=60, deadline=None)
@given(
    chat=chats(),
    ends=st.tuples(st.integers(0, 12), st.integers(0, 12)),
    pair=st.permutations(DIALECTS),
)
def test_an_overlapping_export_of_another_phone_adds_only_what_is_new(
    chat: list[Said], ends: tuple[int, int], pair: list[Dialect]
) -> None:
    one, two = pair[:2]
    start, end = sorted(min(n, len(chat)) for n in ends)
    # A part of a chat may be too short to tell day and month apart.
    first, _ = read(one.render(chat[:end]) or b"", one.order) if end else ([], None)
    second, _ = read(two.render(chat[start:]), two.order) if start < len(chat) else ([], None)
    known, offered = set(ids(first)), ids(second)
    assert set(offered[: end - start]) <= known


@given(chat=chats())
def test_ids_within_one_export_are_distinct(chat: list[Said]) -> None:
    entries, _ = read(DIALECTS[0].render(chat))
    found = ids(entries)
    assert len(set(found)) == len(found)


def test_a_full_export_again_has_the_very_same_ids() -> None:
    chat = [Said(at=_FIRST, author="Anna", words="Ja")] * 3
    first, second = (ids(read(DIALECTS[0].render(chat))[0]) for _ in range(2))
    assert first == second
    assert len(set(first)) == 3
