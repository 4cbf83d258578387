# SPDX-License-Identifier: EUPL-1.2
"""Runs the fine-tuned encoder: one message at a time, so that no message changes another's answer.

Weights are whole numbers of 8 bits and activations are scaled as they come; in a batch one scale
would be shared, and an answer would depend on its neighbours.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from classify.encoder.neutral import Neutraliser
from classify.encoder.tokens import Cut, cut
from classify.lexicon import Lexicon
from core.errors import ModelRefused
from core.verdict import Personal, Span

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

Floats = NDArray[np.float64]

#: Gives network and tokenizer.
Opening = Callable[[], tuple["InferenceSession", "Tokenizer"]]

NETWORK, TOKENIZER, LABELS = "encoder.onnx", "tokenizer.json", "encoder.json"
#: Log odds added to names: one that stays readable costs more than a word masked needlessly.
CAUTION = 1.0
#: Packages without which the first stage judges alone.
_NEEDED = ("onnxruntime", "tokenizers")


@dataclass(frozen=True, kw_only=True, slots=True)
class Labels:
    """What the numbers that come out of the network stand for."""

    category: tuple[str, ...]
    urgency: tuple[str, ...]
    first_hand: tuple[str, ...]
    #: ``category:kind``.
    subcategory: tuple[str, ...]
    #: ``O``, and ``B-`` and ``I-`` for the first and next pieces of a span.
    tags: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """Raw scores of one message, in the order of ``Labels``."""

    category: Floats
    urgency: Floats
    first_hand: Floats
    subcategory: Floats
    #: Log odds that a message of a chat speaks of an incident.
    related: float
    #: Spans of the message and their kind: ``LOC`` or ``NAME``.
    spans: tuple[tuple[Span, str], ...]


class Encoder:
    """Reads messages; the same text and earlier messages always give the same reading."""

    def __init__(self, opening: Opening, labels: Labels, lexicon: Lexicon) -> None:
        self._opening = opening
        self._opened: tuple[InferenceSession, Tokenizer] | None = None
        self._lock = Lock()
        self._neutraliser = Neutraliser(lexicon)
        self._caution = np.array([CAUTION if "NAME" in tag else 0.0 for tag in labels.tags])
        self.labels = labels

    def open(self) -> tuple[InferenceSession, Tokenizer]:
        """Return network and tokenizer; opened at the first call, as that takes a while."""
        with self._lock:
            if self._opened is None:
                self._opened = self._opening()
            return self._opened

    def read(
        self,
        text: str,
        personal: Sequence[Personal],
        earlier: Sequence[tuple[str, Sequence[Personal]]] = (),
    ) -> Reading:
        """Return the scores of one message after the ``earlier`` ones, oldest first."""
        session, tokenizer = self.open()
        neutral = self._neutraliser.neutral(text, personal)
        before = [self._neutraliser.neutral(said, who).text for said, who in earlier]
        pieces = cut(tokenizer, neutral.text, before)
        category, urgency, hand, kind, tags, related = session.run(None, _inputs(pieces))
        own = np.asarray(tags)[0, pieces.first : pieces.first + len(pieces.offsets)]
        names = [self.labels.tags[i] for i in (own + self._caution).argmax(axis=1)]
        found = (
            (neutral.to_own(start, end), name)
            for start, end, name in _spans(names, pieces.offsets, neutral.text)
        )
        return Reading(
            category=_row(category),
            urgency=_row(urgency),
            first_hand=_row(hand),
            subcategory=_row(kind),
            related=float(related[0][1] - related[0][0]),
            spans=tuple((span, name) for span, name in found if span is not None),
        )


def installed() -> bool:
    """Whether the packages are here that the second stage needs."""
    return all(find_spec(name) is not None for name in _NEEDED)


def load_encoder(path: Path, files: Mapping[str, str], lexicon: Lexicon) -> Encoder:
    """Return the encoder in ``path``; ``files`` holds the SHA-256 that was signed off of each.

    They are checked now; the network itself is opened when a message first needs it.
    """
    content = {name: _checked(path / name, digest) for name, digest in files.items()}
    labels = read_labels(content.pop(LABELS))
    return Encoder(lambda: _open(content), labels, lexicon)


def _open(content: dict[str, bytes]) -> tuple[InferenceSession, Tokenizer]:
    """Return network and tokenizer; what they were read from is let go."""
    import onnxruntime
    from tokenizers import Tokenizer

    options = onnxruntime.SessionOptions()
    # One thread: many processes judge side by side, and more threads gain little on one message.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        content[NETWORK], options, providers=["CPUExecutionProvider"]
    )
    tokenizer = Tokenizer.from_str(content[TOKENIZER].decode("utf-8"))
    content.clear()
    return session, tokenizer


def read_labels(content: bytes) -> Labels:
    """Read ``encoder.json``."""
    table = json.loads(content)["labels"]
    return Labels(**{name: tuple(table[name]) for name in Labels.__slots__})


def digests(path: Path) -> dict[str, str]:
    """Return the SHA-256 of each file of an encoder, for the manifest."""
    names = (NETWORK, TOKENIZER, LABELS)
    return {name: hashlib.sha256((path / name).read_bytes()).hexdigest() for name in names}


def _checked(file: Path, digest: str) -> bytes:
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        raise ModelRefused(f"{file.parent}: there is no {file.name}") from None
    if hashlib.sha256(content).hexdigest() != digest:
        raise ModelRefused(f"{file.parent}: {file.name} is not the file that was signed off")
    return content


def _inputs(pieces: Cut) -> dict[str, NDArray[Any]]:
    size = len(pieces.ids)
    own = np.zeros((1, size), dtype=bool)
    own[0, pieces.first : pieces.first + len(pieces.offsets)] = True
    types = np.zeros((1, size), dtype=np.int64)
    types[0, 1 : pieces.first] = 1
    return {"ids": np.array([pieces.ids], dtype=np.int64), "types": types, "own": own}


def _row(scores: Any) -> Floats:
    return np.asarray(scores[0], dtype=np.float64)


def _spans(
    names: Sequence[str], offsets: Sequence[tuple[int, int]], text: str
) -> list[tuple[int, int, str]]:
    """Join pieces to spans; a piece inside a word takes the whole word with it."""
    spans: list[tuple[int, int, str]] = []
    open_kind = ""
    for name, (left, end) in zip(names, offsets, strict=True):
        # The mark of a word's start stands for the space before it.
        start = left + len(text[left:end]) - len(text[left:end].lstrip())
        begin, _, kind = name.partition("-")
        if start < end and kind:
            goes_on = kind == open_kind and (begin == "I" or start == spans[-1][1])
            first = spans.pop()[0] if goes_on else start
            spans.append((first, end, kind))
        open_kind = kind
    return [(*_whole_words(start, end, text), kind) for start, end, kind in spans]


def _whole_words(start: int, end: int, text: str) -> tuple[int, int]:
    while start > 0 and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum() and text[end - 1].isalnum():
        end += 1
    while end > start and text[end - 1] in " .,!?;:)":
        end -= 1
    return start, end
