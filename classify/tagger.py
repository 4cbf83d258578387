# SPDX-License-Identifier: EUPL-1.2
"""Says of each word whether it is part of a place or of a name; learnt from labelled messages.

The tag of a word leans on its letters, its neighbours, what the rules say there and the tag before
it. Everything that depends on one word only is remembered per word, which makes a message cheap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from classify.head import Floats
from classify.lexicon import Lexicon
from classify.tag_features import AROUND, EDGE, Token, View, WordViewer, ruled, together, tokens
from core.verdict import Personal, Place, Span

#: What a word can be: outside, or the first or a next word of a place or a name.
TAGS = ("O", "B-LOC", "I-LOC", "B-NAME", "I-NAME")
SIZE = len(TAGS)
_BEGINS = {1: "LOC", 3: "NAME"}
#: Which tags may follow which: "I-" only what it goes on with.
ALLOWED = np.array([[t not in (2, 4) or p in (t - 1, t) for t in range(SIZE)] for p in range(SIZE)])
#: Words remembered at most.
REMEMBERED = 30_000
#: Log odds added to names: one that stays readable costs more than a word masked needlessly.
CAUTION = 1.0
#: Log odds added to places, so that as many are overlooked as are found in vain.
EAGER = 0.7
#: Log odds added to what the encoder says of a word.
TRUST = 1.5


@dataclass(frozen=True, kw_only=True)
class Tagger:
    """Weights per tag for what was seen in messages of at least two writers."""

    #: What can be said of one word.
    traits: tuple[str, ...]
    #: What can be said of several together.
    pairs: tuple[str, ...]
    #: Distances by traits by tags.
    near: Floats
    #: Pairs by tags.
    joint: Floats
    #: Tag before by traits by tags.
    after: Floats
    #: Tag before by tags.
    start: Floats


@dataclass(frozen=True, slots=True)
class _Known:
    view: View
    #: Distances by tags: what the word adds to its neighbours' tags and its own.
    near: Floats
    #: Tag before by tags.
    after: Floats


class Tagging:
    """Tags texts with a ``Tagger``."""

    def __init__(self, tagger: Tagger, lexicon: Lexicon) -> None:
        self._tagger = tagger
        self._viewer = WordViewer(lexicon)
        self._traits = {trait: i for i, trait in enumerate(tagger.traits)}
        self._pairs = {pair: i for i, pair in enumerate(tagger.pairs)}
        self._memory: dict[str, _Known] = {}
        # The last row is for pairs that nobody has learnt.
        self._weights = np.vstack([tagger.joint, np.zeros((1, SIZE))])
        edge = self._traits.get(EDGE)
        self._edge = tagger.near[:, edge] if edge is not None else np.zeros((len(AROUND), SIZE))

    def spans(
        self,
        text: str,
        rules: Sequence[tuple[Span, str]],
        votes: Sequence[tuple[Span, str]] | None = None,
    ) -> list[tuple[Span, str]]:
        """Return the places (``LOC``) and names (``NAME``) of a text, in order.

        ``rules`` are the spans that the rules found and their kinds, ``votes`` those of the
        encoder where it has read the text.
        """
        words = tokens(text)
        if not words:
            return []
        scores = self._scores(words, ruled(words, rules))
        scores[:, :, 1:3] += EAGER
        scores[:, :, 3:] += CAUTION
        if votes is not None:
            said = [TAGS.index(tag) for tag in ruled(words, votes)]
            scores[np.arange(len(words)), :, said] += TRUST
        return _spans(words, _best(scores))

    def _scores(self, words: Sequence[Token], rules: Sequence[str]) -> Floats:
        """Return words by tag before by tag."""
        known = [self._known(word.text) for word in words]
        size, reach = len(words), max(AROUND)
        near = np.empty((size + 2 * reach, len(AROUND), SIZE))
        near[:reach] = near[size + reach :] = self._edge
        near[reach : size + reach] = [k.near for k in known]
        own = sum(
            near[reach + d : reach + d + size, number] for number, d in enumerate(AROUND)
        ) + self._joint([k.view for k in known], rules, words)
        return np.asarray(own[:, None, :] + np.array([k.after for k in known]))

    def _joint(self, views: Sequence[View], rules: Sequence[str], words: Sequence[Token]) -> Floats:
        pairs, unknown = self._pairs, len(self._pairs)
        rows = [
            [pairs.get(pair, unknown) for pair in together(views, rules, words, at)]
            for at in range(len(views))
        ]
        return np.asarray(self._weights[np.array(rows)].sum(axis=1))

    def _known(self, word: str) -> _Known:
        known = self._memory.get(word)
        if known is None:
            if len(self._memory) > REMEMBERED:
                self._memory.clear()
            view = self._viewer.view(word)
            rows = [self._traits[t] for t in view.traits if t in self._traits]
            tagger = self._tagger
            near = tagger.near[:, rows].sum(axis=1)
            known = _Known(view, near, tagger.start + tagger.after[:, rows].sum(axis=1))
            self._memory[word] = known
        return known


def rule_spans(places: Sequence[Place], personal: Sequence[Personal]) -> list[tuple[Span, str]]:
    """Return what the rules found as spans with their kinds."""
    found: list[tuple[Span, str]] = [(place, place.kind) for place in places]
    return [*found, *((span, span.kind.value) for span in personal)]


def pack_tagger(tagger: Tagger | None) -> dict[str, Any] | None:
    """Return the tagger as plain values; weights in half precision."""
    if tagger is None:
        return None
    arrays = {name: getattr(tagger, name).astype(np.float16) for name in _ARRAYS}
    return {"traits": list(tagger.traits), "pairs": list(tagger.pairs), **arrays}


def unpack_tagger(packed: Mapping[str, Any] | None) -> Tagger | None:
    """Return what ``pack_tagger`` packed; None for a model from before there was one."""
    if packed is None:
        return None
    arrays = {name: packed[name].astype(np.float64) for name in _ARRAYS}
    return Tagger(traits=tuple(packed["traits"]), pairs=tuple(packed["pairs"]), **arrays)


_ARRAYS = ("near", "joint", "after", "start")


def _best(scores: Floats) -> list[int]:
    """Return the likeliest tags of all words together (Viterbi)."""
    chances = scores - np.log(np.exp(scores).sum(axis=2, keepdims=True))
    chances[:, ~ALLOWED] = -np.inf
    total = chances[0, 0]
    back: list[list[int]] = []
    for row in chances[1:]:
        ways = total[:, None] + row
        back.append(ways.argmax(axis=0).tolist())
        total = ways.max(axis=0)
    tags = [int(total.argmax())]
    for came_from in reversed(back):
        tags.append(came_from[tags[-1]])
    return tags[::-1]


def _spans(words: Sequence[Token], tags: Sequence[int]) -> list[tuple[Span, str]]:
    found: list[tuple[int, int, str]] = []
    for word, tag in zip(words, tags, strict=True):
        if tag in _BEGINS:
            found.append((word.start, word.end, _BEGINS[tag]))
        elif tag:
            found[-1] = (found[-1][0], word.end, found[-1][2])
    return [(Span(start=start, end=end), kind) for start, end, kind in found]
