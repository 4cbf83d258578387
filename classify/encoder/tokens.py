# SPDX-License-Identifier: EUPL-1.2
"""Cuts texts into pieces of words: the encoder's alphabet, kept as one JSON file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tokenizers import Tokenizer

#: Numbers of the special pieces, which come first.
START, PAD, END, UNKNOWN = 0, 1, 2, 3
#: Most pieces of the message itself; the rest of a longer one is read by the first stage only.
MESSAGE = 160
#: Most pieces of earlier messages, the last of them.
EARLIER = 48
#: Earlier messages that are read, and how much of the end of each, in characters.
EARLIER_MESSAGES, EARLIER_CHARACTERS = 4, 300


@dataclass(frozen=True, slots=True)
class Cut:
    """One message as the encoder reads it: ``<s> earlier </s> message </s>``."""

    ids: list[int]
    #: Where the pieces of the message itself start in ``ids``.
    first: int
    #: For each piece of the message, the characters of the neutral text that it stands for.
    offsets: list[tuple[int, int]]


def build_tokenizer(pieces: Sequence[str], scores: Iterable[float]) -> Tokenizer:
    """Return a unigram tokenizer (Kudo, "Subword regularization", 2018) of these pieces."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

    vocabulary = [(piece, float(score)) for piece, score in zip(pieces, scores, strict=True)]
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=UNKNOWN, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(
        replacement="▁", prepend_scheme="always", split=True
    )
    return tokenizer


def cut(tokenizer: Tokenizer, text: str, earlier: Sequence[str]) -> Cut:
    """Return ``text`` in pieces, after the last of what was said earlier in its chat."""
    found = tokenizer.encode(text, add_special_tokens=False)
    before: list[int] = []
    if earlier:
        joined = " / ".join(said[-EARLIER_CHARACTERS:] for said in earlier[-EARLIER_MESSAGES:])
        before = [*tokenizer.encode(joined, add_special_tokens=False).ids[-EARLIER:], END]
    ids = found.ids[:MESSAGE]
    # An empty message still needs one place to be judged at.
    ids, offsets = (ids, found.offsets[:MESSAGE]) if ids else ([UNKNOWN], [(0, 0)])
    return Cut(ids=[START, *before, *ids, END], first=1 + len(before), offsets=offsets)
