# SPDX-License-Identifier: EUPL-1.2
"""The second stage of judging: the encoder where words alone leave doubt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from classify.calibrate import Offsets, pack_offsets, unpack_offsets
from classify.context import leans
from classify.encoder.blend import Blend, pack_blend, unpack_blend
from classify.encoder.encoder import Encoder, Reading
from classify.head import Floats
from classify.linker import Linker, pack_linker, unpack_linker
from classify.personal import PersonalFinder
from core.label import Category
from core.verdict import Personal, PersonalKind, Question, Span


@dataclass(frozen=True, kw_only=True)
class Second:
    """How the encoder's scores are added to those of the first stage."""

    category: Blend
    urgency: Blend
    first_hand: Blend
    offsets: Offsets
    #: Learnt from what both stages together say.
    linker: Linker
    #: Probability of a signal, after the first stage, from which the encoder reads a message.
    doubt: float


class SecondStage:
    """Reads messages with the encoder and puts its scores in the order of the heads."""

    def __init__(self, how: Second, encoder: Encoder, finder: PersonalFinder) -> None:
        self.how = how
        self._encoder = encoder
        self._finder = finder
        labels = encoder.labels
        self._category = [labels.category.index(name) for name in how.category.classes]
        self._urgency = [labels.urgency.index(name) for name in how.urgency.classes]
        self._hand = [labels.first_hand.index(name) for name in how.first_hand.classes]
        self._kinds = {
            category: [
                (i, name.split(":", 1)[1])
                for i, name in enumerate(labels.subcategory)
                if name.split(":", 1)[0] == category.value
            ]
            for category in Category
        }

    def open(self) -> None:
        """Open the encoder now, rather than at the first message that needs it."""
        self._encoder.open()

    def wants(self, signal: float, question: Question) -> bool:
        """Whether the first stage leaves room for doubt; in a conversation a little is enough."""
        if not any(letter.isalnum() for letter in question.text):
            return False
        if signal > self.how.doubt:
            return True
        return bool(question.context) and (signal > self.how.doubt / 4 or leans(question.text) > 0)

    def read(self, question: Question) -> Reading:
        """Return what the encoder says of a message in its conversation."""
        earlier = [(text, self._finder.find(text)) for text in question.context]
        return self._encoder.read(question.text, self._finder.find(question.text), earlier)

    def category(self, reading: Reading) -> Floats:
        """Return the scores in the order of the category head's classes."""
        return reading.category[self._category]

    def urgency(self, reading: Reading) -> Floats:
        """Return the scores in the order of the urgency head's classes."""
        return reading.urgency[self._urgency]

    def first_hand(self, reading: Reading) -> Floats:
        """Return the scores in the order of the first-hand head's classes."""
        return reading.first_hand[self._hand]

    def kind(self, reading: Reading, category: Category) -> str | None:
        """Return the likeliest subcategory inside ``category``; None where none was learnt."""
        mine = self._kinds[category]
        if not mine:
            return None
        return max(mine, key=lambda row: float(reading.subcategory[row[0]]))[1]


def with_names(
    personal: Sequence[Personal], spans: Sequence[tuple[Span, str]]
) -> tuple[Personal, ...]:
    """Add the names that the rules did not find, or only in part."""
    found = list(personal)
    for span in (span for span, kind in spans if kind == "NAME"):
        touched = [known for known in found if span.overlaps(known)]
        if len(touched) > 1 or any(k.kind is not PersonalKind.NAME for k in touched):
            continue
        start = min(span.start, *(k.start for k in touched), span.start)
        end = max(span.end, *(k.end for k in touched), span.end)
        found = [known for known in found if known not in touched]
        found.append(Personal(start=start, end=end, kind=PersonalKind.NAME))
    return tuple(sorted(found, key=lambda p: p.start))


def pack_second(second: Second | None) -> dict[str, Any] | None:
    """Return the blends as plain values."""
    if second is None:
        return None
    return {
        "category": pack_blend(second.category),
        "urgency": pack_blend(second.urgency),
        "first_hand": pack_blend(second.first_hand),
        "offsets": pack_offsets(second.offsets),
        "linker": pack_linker(second.linker),
        "doubt": second.doubt,
    }


def unpack_second(packed: Mapping[str, Any] | None) -> Second | None:
    """Return what ``pack_second`` packed."""
    if packed is None:
        return None
    return Second(
        category=unpack_blend(packed["category"]),
        urgency=unpack_blend(packed["urgency"]),
        first_hand=unpack_blend(packed["first_hand"]),
        offsets=unpack_offsets(packed["offsets"]),
        linker=unpack_linker(packed["linker"]),
        doubt=packed["doubt"],
    )
