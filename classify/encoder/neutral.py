# SPDX-License-Identifier: EUPL-1.2
"""A text in which origin, gender and who it is about are replaced by one stand-in each.

The encoder reads ordinary Dutch, so codes will not do: "twee Poolse meiden" and "twee Turkse
gasten" both become "twee Nederlandse mannen". Whatever is swapped inside a list of
``neutral.toml``, the encoder reads the same words and so gives the same answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from classify.lexicon import WHO, Lexicon, fold
from classify.normalise import Normaliser
from core.verdict import Personal, PersonalKind, Span

_NAME = "Sam"
_ORIGIN = "Nederlandse"
#: One stand-in for each row of ``[gender] pairs``; rows added later get the last one.
_PEOPLE_TEXT = """
man mannen jongen jongens hij hem vader zoon broer opa oom neef buurman vriend mannelijke
echtgenoot buurjongen schoonvader
"""
_PEOPLE = tuple(_PEOPLE_TEXT.split())
_PERSONAL: Mapping[PersonalKind, str] = {
    PersonalKind.NAME: _NAME,
    PersonalKind.HANDLE: "@sam",
    PersonalKind.PHONE: "0612345678",
    PersonalKind.EMAIL: "sam@mail.nl",
    PersonalKind.PLATE: "AB-12-CD",
    PersonalKind.IBAN: "NL12BANK0123456789",
    PersonalKind.BSN: "123456789",
}


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of the neutral text and where it came from."""

    start: int
    end: int
    own_start: int
    own_end: int

    @property
    def kept(self) -> bool:
        return self.end - self.start == self.own_end - self.own_start


@dataclass(frozen=True, slots=True, repr=False)
class Neutral:
    """The neutral text, and how its characters lie on those of the message."""

    text: str
    pieces: tuple[_Piece, ...]

    def to_own(self, start: int, end: int) -> Span | None:
        """Return the span of the message from which ``start`` to ``end`` came."""
        first = last = None
        for piece in self.pieces:
            if piece.start <= start < piece.end:
                first = piece.own_start + (start - piece.start if piece.kept else 0)
            if piece.start < end <= piece.end:
                last = piece.own_end - (piece.end - end if piece.kept else 0)
        return None if first is None or last is None else Span(start=first, end=last)

    def from_own(self, span: Span) -> tuple[int, int] | None:
        """Return where the span of the message lies in the neutral text."""
        first = last = None
        for piece in self.pieces:
            if piece.own_start <= span.start < piece.own_end:
                first = piece.start + (span.start - piece.own_start if piece.kept else 0)
            if piece.own_start < span.end <= piece.own_end:
                last = piece.end - (piece.own_end - span.end if piece.kept else 0)
        return None if first is None or last is None else (first, last)


class Neutraliser:
    """Makes texts neutral; knows the lexicon, learns nothing."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._normaliser = Normaliser(lexicon)
        codes = sorted({c for c in lexicon.neutral.values() if c != WHO}, key=_number)
        last = len(_PEOPLE) - 1
        self._stand_ins = {code: _PEOPLE[min(i, last)] for i, code in enumerate(codes)}
        self._stand_ins[WHO] = _ORIGIN

    def neutral(self, text: str, personal: Sequence[Personal]) -> Neutral:
        """Return ``text`` without what the model must not learn from."""
        pieces: list[_Piece] = []
        parts: list[str] = []
        size = position = 0

        def add(part: str, own_start: int, own_end: int) -> None:
            nonlocal size
            if part or own_end > own_start:
                pieces.append(_Piece(size, size + len(part), own_start, own_end))
                parts.append(part)
                size += len(part)

        for span, stand_in in self._replaced(text, personal):
            add(text[position : span.start], position, span.start)
            add(stand_in, span.start, span.end)
            position = span.end
        add(text[position:], position, len(text))
        return Neutral("".join(parts), tuple(pieces))

    def _replaced(self, text: str, personal: Sequence[Personal]) -> list[tuple[Span, str]]:
        kinds = {(p.start, p.end): p.kind for p in personal}
        found: list[tuple[Span, str]] = []
        for word in self._normaliser.words(text, personal):
            kind = kinds.get((word.start, word.end))
            if kind is PersonalKind.NAME and fold(word.span.of(text)) in self._lexicon.neutral:
                found.append((word.span, _ORIGIN))
            elif kind is not None:
                found.append((word.span, _PERSONAL[kind]))
            elif word.form in self._stand_ins:
                found.append((word.span, self._stand_in(word.form, word.span.of(text))))
        return found

    def _stand_in(self, form: str, word: str) -> str:
        """Names and origins share one code, but not one place in a sentence."""
        folded = fold(word)
        named = folded in self._lexicon.names and folded not in self._lexicon.neutral
        return _NAME if form == WHO and named else self._stand_ins[form]


def _number(code: str) -> int:
    return int("".join(letter for letter in code if letter.isdigit()) or 0)
