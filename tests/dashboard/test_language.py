# SPDX-License-Identifier: EUPL-1.2
"""The pages speak plain Dutch (B1): short sentences, u, no officialese."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dashboard.tongue import load_tongues
from tests.dashboard.catalogue import used

OFFICIALESE = re.compile(
    r"\b(teneinde|conform|middels|derhalve|alsmede|dient te|indien|betreffende|inzake|geschiedt|"
    r"jij|jouw|jullie)\b",
    re.IGNORECASE,
)


def sentences(text: str) -> list[str]:
    """Return the sentences of what a page says."""
    text = re.sub(r"%\(\w+\)s", "iets", text)
    text = re.sub(r"</(p|strong|button|a|span)>|<br>", ". ", text)
    text = re.sub(r"<[^>]+>", " ", text)
    return [" ".join(s.split()) for s in re.split(r"[.!?:]\s", text) if s.strip()]


def test_sentences_are_short_and_plain() -> None:
    found = [s for text in dutch() for s in sentences(text)]
    assert [s for s in found if len(s.split()) > 20] == []
    assert [s for s in found if OFFICIALESE.search(s)] == []


def test_english_sentences_are_short_too() -> None:
    found = [s for text in english() for s in sentences(text)]
    assert [s for s in found if len(s.split()) > 24] == []


def dutch() -> Iterator[str]:
    """Yield all that pages say in Dutch."""
    for _, said in used():
        yield from (said,) if isinstance(said, str) else said


def english() -> Iterator[str]:
    """Yield all that pages say in English."""
    tongue = load_tongues()["en"]
    yield from (*tongue.texts.values(), *tongue.script.values())
    for said in tongue.counts.values():
        yield from said
