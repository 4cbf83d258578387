# SPDX-License-Identifier: EUPL-1.2
"""Labelled messages as the network learns from them: pieces, tags, and a little noise."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from classify import firsthand
from classify.corpus import Example
from classify.encoder.encoder import Labels
from classify.encoder.neutral import Neutral, Neutraliser
from classify.encoder.tokens import PAD, cut
from classify.lexicon import Lexicon
from classify.personal import PersonalFinder
from core.label import Category
from core.verdict import PersonalKind

Ints = NDArray[np.int64]
#: A target that the loss leaves out.
IGNORED = -100
#: Share of the label that goes to all classes, and to other labels that can be defended.
SMOOTHING, DEFENDED = 0.05, 0.2
#: How often earlier messages are shown, and known names are replaced, while learning.
SHOWN, NAMED = 0.75, 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch:
    """Messages side by side, padded to the longest one; rows by pieces."""

    ids: Ints
    types: Ints
    own: NDArray[np.bool_]
    tags: Ints
    category: NDArray[np.float32]
    urgency: Ints
    first_hand: Ints
    subcategory: Ints
    related: Ints


class Lessons:
    """Makes batches; every epoch sees each message a little differently."""

    def __init__(self, tokenizer: Tokenizer, labels: Labels, lexicon: Lexicon, seed: int) -> None:
        self._tokenizer = tokenizer
        self._labels = labels
        self._neutraliser = Neutraliser(lexicon)
        self._finder = PersonalFinder(lexicon)
        self._random = random.Random(seed)  # noqa: S311 - noise, no secret
        self._known: dict[tuple[str, bool], Neutral] = {}

    def batch(self, examples: Sequence[Example]) -> Batch:
        """Return one batch."""
        cuts = [self._one(example) for example in examples]
        shape = (len(cuts), max(len(ids) for ids, _, _ in cuts))
        ids, types = np.full(shape, PAD, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        own, tags = np.zeros(shape, dtype=bool), np.full(shape, IGNORED, dtype=np.int64)
        for row, (pieces, first, marks) in enumerate(cuts):
            last = first + len(marks)
            ids[row, : len(pieces)] = pieces
            types[row, 1:first] = 1
            own[row, first:last] = True
            tags[row, first:last] = marks
        return Batch(
            ids=ids,
            types=types,
            own=own,
            tags=tags,
            category=np.array([self._category(e) for e in examples], dtype=np.float32),
            urgency=_numbers(self._labels.urgency, [e.urgency for e in examples]),
            first_hand=_numbers(self._labels.first_hand, [_hand(e) for e in examples]),
            subcategory=_numbers(self._labels.subcategory, [kind_of(e) for e in examples]),
            related=np.array([_related(e) for e in examples], dtype=np.int64),
        )

    def _one(self, example: Example) -> tuple[list[int], int, list[int]]:
        neutral = self._neutral(example.text, masked=self._random.random() < NAMED)
        text = _noisy(neutral.text, self._random)
        earlier = example.context if self._random.random() < SHOWN else ()
        before = [self._neutral(said, masked=True).text for said in earlier]
        pieces = cut(self._tokenizer, text, before)
        return pieces.ids, pieces.first, self._tags(example, neutral, pieces.offsets)

    def _neutral(self, text: str, *, masked: bool) -> Neutral:
        key = (text, masked)
        if key not in self._known:
            personal = self._finder.find(text)
            # Half of the time names stay, so that the network learns to see those we don't know.
            kept = [p for p in personal if masked or p.kind is not PersonalKind.NAME]
            self._known[key] = self._neutraliser.neutral(text, kept)
        return self._known[key]

    def _tags(
        self, example: Example, neutral: Neutral, offsets: Sequence[tuple[int, int]]
    ) -> list[int]:
        spans = [(span, "LOC") for span in example.locations]
        spans += [(p, "NAME") for p in example.personal if p.kind is PersonalKind.NAME]
        names = self._labels.tags
        marks = [names.index("O")] * len(offsets)
        for span, kind in spans:
            place = neutral.from_own(span)
            begin = f"B-{kind}"
            for index, (left, end) in enumerate(offsets):
                start = left + (neutral.text[left : left + 1].isspace())
                if place and start < end and start >= place[0] and end <= place[1]:
                    marks[index] = names.index(begin)
                    begin = f"I-{kind}"
        return marks

    def _category(self, example: Example) -> list[float]:
        names = self._labels.category
        others = [c.value for c in example.also if c is not example.category]
        row = [SMOOTHING / len(names)] * len(names)
        rest = (1 - SMOOTHING) * (DEFENDED if others else 0.0)
        row[names.index(example.category.value)] += 1 - SMOOTHING - rest
        for name in others:
            row[names.index(name)] += rest / len(others)
        return row


def kind_of(example: Example) -> str | None:
    """Return ``category:kind``; None for a message without a kind."""
    return f"{example.category.value}:{example.subcategory}" if example.subcategory else None


def _hand(example: Example) -> str | None:
    if example.category is Category.GEEN:
        return None
    return firsthand.name_of(example.first_hand is not False)


def _related(example: Example) -> int:
    if example.chat is None:
        return IGNORED
    return int(example.incident is not None)


def _numbers(names: Sequence[str], values: Sequence[str | None]) -> Ints:
    known = {name: number for number, name in enumerate(names)}
    return np.array([IGNORED if v is None else known.get(v, IGNORED) for v in values])


def _noisy(text: str, chance: random.Random) -> str:
    """Return the text as a hurried or dictating writer leaves it, of the same length."""
    draw = chance.random()
    if draw < 0.2 or 0.3 <= draw < 0.4:
        text = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    if 0.2 <= draw < 0.4:
        text = "".join(" " if c in ".,!?;:" else c for c in text)
    if chance.random() < 0.15 and len(text) > 20:
        letters = list(text)
        for _ in range(1 + len(text) // 60):
            i = chance.randrange(1, len(letters) - 1)
            if letters[i].isalpha() and letters[i + 1].isalpha():
                letters[i], letters[i + 1] = letters[i + 1], letters[i]
        text = "".join(letters)
    return text
