# SPDX-License-Identifier: EUPL-1.2
"""What the classifier says of one message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from core.label import Category, Urgency
from core.message import Origin


class PersonalKind(StrEnum):
    """Kinds of text that identify a person."""

    NAME = "name"
    PHONE = "phone"
    EMAIL = "email"
    PLATE = "plate"
    IBAN = "iban"
    BSN = "bsn"
    HANDLE = "handle"


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """Characters ``start`` to ``end`` (exclusive) of the message text."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """Return the characters themselves."""
        return text[self.start : self.end]

    def overlaps(self, other: Span) -> bool:
        """Whether the two share a character."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, kw_only=True, slots=True)
class Place(Span):
    """Where, as far as the text says."""

    #: street | crossing | postcode | landmark | neighbourhood
    kind: str
    #: Normalised name by which two mentions of one place are compared.
    key: str
    #: WGS84 degrees and metres; None when no lookup knows the place.
    lat: float | None = None
    lon: float | None = None
    radius: float | None = None
    #: False when the place was inferred (from the group's area), not stated.
    stated: bool = True
    #: The point is not its own: only the neighbourhood in which it lies is known.
    inferred: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Personal(Span):
    """A span that identifies a person."""

    kind: PersonalKind


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence(Span):
    """A span that carried the decision; weight > 0 speaks for the category."""

    weight: float


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Question:
    """What the classifier is asked to judge; lives in memory only."""

    text: str
    #: Earlier messages of the same chat, oldest first, at most a handful.
    context: tuple[str, ...] = ()
    #: None: no prior knowledge about the kind of source.
    origin: Origin | None = Origin.CHAT

    def __repr__(self) -> str:
        return f"<Question {len(self.text)} characters, {len(self.context)} earlier>"


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """Category, certainty and reasons for one message."""

    category: Category
    #: Calibrated probability of ``category``.
    probability: float
    #: Calibrated, all fourteen, sums to 1.
    probabilities: Mapping[Category, float]
    #: None for ``geen``.
    urgency: Urgency | None
    #: True: the writer saw it; False: hearsay; None for ``geen``.
    first_hand: bool | None = None
    subcategory: str | None = None
    places: tuple[Place, ...] = ()
    personal: tuple[Personal, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    #: Probability of ``category`` when the words of ``evidence`` are left out; None for ``geen``.
    without: float | None = None
    #: Says that an earlier signal is solved or was a false alarm (category is ``geen``).
    closes: bool = False
    #: The model is too unsure to decide; a person looks.
    review: bool = False
    #: Log odds that a message of a chat speaks of an incident; None where nothing judged that.
    related: float | None = None
    #: ``name/version`` of the model.
    model: str = ""

    @property
    def is_signal(self) -> bool:
        """Whether this message may go on to a queue."""
        return self.category is not Category.GEEN


class Classifier(Protocol):
    """Judges messages; deterministic, and a batch equals its members one by one."""

    @property
    def name(self) -> str:
        """``name/version``, stored with each verdict."""
        ...

    def judge(self, questions: Sequence[Question]) -> list[Verdict]:
        """Return one verdict for each question, in order."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Masked:
    """A text in which personal data is replaced by what kind it is."""

    text: str
    replaced: int = field(default=0)


#: What stands in the place of personal data.
MASKS = {
    PersonalKind.NAME: "[naam]",
    PersonalKind.PHONE: "[telefoon]",
    PersonalKind.EMAIL: "[e-mail]",
    PersonalKind.PLATE: "[kenteken]",
    PersonalKind.IBAN: "[rekening]",
    PersonalKind.BSN: "[bsn]",
    PersonalKind.HANDLE: "[account]",
}


def mask(text: str, personal: Sequence[Personal]) -> Masked:
    """Replace every personal span by its kind in brackets; overlapping spans count as one."""
    parts: list[str] = []
    position = replaced = 0
    for span in sorted(personal, key=lambda s: (s.start, -s.end)):
        if span.start < position:
            position = max(position, span.end)
            continue
        parts += [text[position : span.start], MASKS[span.kind]]
        position = span.end
        replaced += 1
    parts.append(text[position:])
    return Masked(text="".join(parts), replaced=replaced)
