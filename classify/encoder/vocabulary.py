# SPDX-License-Identifier: EUPL-1.2
"""Which of the 250,000 pieces of words the encoder keeps: those of Dutch, and a little more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from tokenizers import Tokenizer

from classify.corpus import Example
from classify.encoder.tokens import UNKNOWN, build_tokenizer
from classify.encoder.weights import Pretrained

#: So many of the commonest words of each language are cut into pieces, and these are kept.
_WORDS = {"nl": 60_000, "en": 8_000}
#: A piece that only messages use must stand in so many batches.
_BATCHES = 2


def choose_pieces(pretrained: Pretrained, examples: Sequence[Example]) -> list[int]:
    """Return the numbers of the pieces to keep, in order; the special ones come first.

    Frequencies are those of the package ``wordfreq``; single letters and emoji stay as well.
    """
    whole = build_tokenizer(pretrained.pieces, pretrained.scores)
    kept = set(range(UNKNOWN + 1)) | _of_languages(whole) | _of_messages(whole, examples)
    kept.update(i for i, piece in enumerate(pretrained.pieces) if _is_letter(piece))
    return sorted(kept)


def _of_languages(whole: Tokenizer) -> set[int]:
    from wordfreq import top_n_list

    found: set[int] = set()
    for language, count in _WORDS.items():
        for word in top_n_list(language, count):
            found.update(whole.encode(word).ids)
            found.update(whole.encode(word.capitalize()).ids)
    return found


def _of_messages(whole: Tokenizer, examples: Sequence[Example]) -> set[int]:
    batches: dict[int, set[str]] = defaultdict(set)
    for example in examples:
        for piece in whole.encode(example.text).ids:
            batches[piece].add(example.batch)
    return {piece for piece, names in batches.items() if len(names) >= _BATCHES}


def _is_letter(piece: str) -> bool:
    """Whether a piece is one letter of our alphabets, a sign or an emoji."""
    plain = piece.strip("▁")
    if len(plain) != 1:
        return not plain
    code = ord(plain)
    return code < 0x250 or 0x2000 < code < 0x2C00 or code >= 0x1F000
