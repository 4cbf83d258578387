# SPDX-License-Identifier: EUPL-1.2
"""From a message to comparable words, each with its place in the original text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from classify.lexicon import WHO, Lexicon, fold
from core.verdict import Personal, PersonalKind, Span

#: What personal data looks like to the model: only that it is there.
_CODES = {
    PersonalKind.NAME: WHO,
    PersonalKind.HANDLE: WHO,
    PersonalKind.PHONE: "xtel",
    PersonalKind.EMAIL: "xmail",
    PersonalKind.PLATE: "xkenteken",
    PersonalKind.IBAN: "xrekening",
    PersonalKind.BSN: "xbsn",
}

_TOKEN = re.compile(
    # Every repeat is bounded or cannot start inside itself: a nasty text must not take minutes.
    r"(?P<url>(?:https?://|www\.)\S+)"
    r"|(?P<mail>(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}\.[\w.]{2,190})"
    r"|(?P<handle>(?<!\w)@\w+)"
    r"|(?P<hour>\b(?:[01]?\d|2[0-4])(?:[:.][0-5]\d(?!\d)(?:\s?u(?:ur)?\b)?|\s?u(?:ur)?\b))"
    r"|(?P<postcode>\b[1-9]\d{3}\s?[A-Za-z]{2}\b(?![-\w]))"
    r"|(?P<money>€\s?\d[\d.,]{0,14}|(?<![\d.,])\d[\d.,]{0,14}\s?(?:euro|eur)\b)"
    r"|(?P<number>\d+)"
    r"|(?P<word>(?:(?<!\w)['’‘`])?[^\W\d_]+(?:['’‘`.\-][^\W\d_]+)*)"
    r"|(?P<mark>[?!]+|\.{2,}|…)"
    r"|(?P<symbol>[^\w\s.,;:()\"'’‘`/\\\-\[\]{}<>*_~|=+#%&@^\u200d\ufe0f])",
    re.IGNORECASE,
)
_KIND_CODES = {
    "url": "xurl",
    "mail": "xmail",
    "handle": WHO,
    "hour": "xtijd",
    "postcode": "xpostcode",
    "money": "xgeld",
}
_CHUNK = re.compile(r"\S+")
#: Only from a number or a € does any token go on behind white space.
_REACHES = re.compile(r"[\d€]")
#: Form, start and end of each word in a piece of text.
_Piece = tuple[tuple[str, int, int], ...]
#: Pieces of text remembered at most, and the longest that is.
REMEMBERED, LONGEST = 100_000, 40
_STRETCHED = re.compile(r"(.)\1{2,}")
_QUOTES = str.maketrans("’‘`", "'''")


@dataclass(frozen=True, slots=True)
class Word:
    """A normalised word and where it stands in the text; ``form`` holds no white space."""

    form: str
    start: int
    end: int

    @property
    def span(self) -> Span:
        """Return where the word stands."""
        return Span(start=self.start, end=self.end)


class Normaliser:
    """Turns a text into words; knows the lexicon, learns nothing."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._people = {lexicon.neutral.get(word, word) for word in lexicon.people}
        self._memory: dict[str, _Piece | None] = {}

    def words(self, text: str, personal: Sequence[Personal] = ()) -> list[Word]:
        """Return the words of ``text``; personal data and neutral words become codes."""
        masked = _disjoint(personal)
        found: list[Word] = []
        position = 0
        for span in masked:
            found += self._plain(text, position, span.start)
            found.append(Word(_CODES[span.kind], span.start, span.end))
            position = span.end
        found += self._plain(text, position, len(text))
        return self._without_skin(found)

    def document(self, words: Iterable[Word]) -> str:
        """Return the forms as one string, as the transformers want it."""
        return " ".join(word.form for word in words)

    def _plain(self, text: str, start: int, end: int) -> Iterator[Word]:
        """Give the words between two places; a piece that stands by itself is read only once."""
        if len(self._memory) > REMEMBERED:
            self._memory = {}
        memory, waiting = self._memory, -1
        # Whether the piece before reaches into this one: at the start, what was masked may.
        reaches = start > 0 and not text[start - 1].isspace()
        for chunk in _CHUNK.finditer(text, start, end):
            piece, begin = chunk.group(), chunk.start()
            known = memory[piece] if piece in memory else self._remember(piece, memory)
            if reaches or known is None:
                reaches = known is None
                waiting = begin if waiting < 0 else waiting
                continue
            if waiting >= 0:
                yield from self._search(text, waiting, begin)
                waiting = -1
            for form, first, last in known:
                yield Word(form, begin + first, begin + last)
        if waiting >= 0:
            yield from self._search(text, waiting, end)

    def _remember(self, piece: str, memory: dict[str, _Piece | None]) -> _Piece | None:
        """Return the words of a piece between white space; None where it may reach further."""
        if len(piece) > LONGEST:
            return None
        found = None
        if not _REACHES.search(piece):
            words = self._search(piece, 0, len(piece))
            found = tuple((word.form, word.start, word.end) for word in words)
        memory[piece] = found
        return found

    def _search(self, text: str, start: int, end: int) -> Iterator[Word]:
        for match in _TOKEN.finditer(text, start, end):
            form = self._form(match)
            if form:
                yield Word(form, match.start(), match.end())

    def _form(self, match: re.Match[str]) -> str:
        kind, token = match.lastgroup or "", match.group()
        if kind == "word":
            return self._word(token)
        if kind == "number":
            return "0" * min(len(token), 4)
        if kind == "mark":
            return "?" if "?" in token else "!" if "!" in token else "..."
        if kind == "symbol":
            return self._lexicon.emoji.get(token, token)
        return _KIND_CODES[kind]

    def _word(self, token: str) -> str:
        lexicon = self._lexicon
        form = fold(token.translate(_QUOTES))
        if "." in form:
            form = form.replace(".", "")
        code = lexicon.neutral.get(form)
        if code:
            return code
        form = _STRETCHED.sub(r"\1\1", form)
        form = lexicon.spelling.get(form, form)
        form = form.strip("'") or form
        return WHO if form in lexicon.names else lexicon.neutral.get(form) or form

    def _without_skin(self, words: list[Word]) -> list[Word]:
        """Replace "donkere" right before a person; a dark coat stays a dark coat."""
        for index in range(len(words) - 1):
            word = words[index]
            if word.form in self._lexicon.skin and words[index + 1].form in self._people:
                words[index] = Word(WHO, word.start, word.end)
        return words


def _disjoint(personal: Sequence[Personal]) -> list[Personal]:
    kept: list[Personal] = []
    for span in sorted(personal, key=lambda p: (p.start, -p.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept
