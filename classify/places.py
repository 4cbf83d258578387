# SPDX-License-Identifier: EUPL-1.2
"""Finds where something is, by rules and the names that a lookup knows."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from classify.apart import Apart
from classify.gazetteer import Gazetteer, Known, PlaceLookup
from classify.glance import has_number
from classify.lexicon import fold
from classify.place_words import WORD, PlaceWords, Sort, Sorter, place_words
from core.verdict import Place, Span

_POSTCODE = re.compile(r"(?<![\w-])([1-9]\d{3})\s?([A-Z]{2}|[a-z]{2}(?=[\s,.!?)]|$))(?![\w-])")
_NO_POSTCODE = re.compile(r"\d{4}\s(?:en|is|in|op|om|we|ik|of|na|zo|nu|al|er|te|ze|je|de|m2|kg)$")
_NUMBER = (
    r"(?:,?\s+(?:nr\.?|nummers?|huisnummers?|no\.?|hoogte|ter hoogte van(?:\s+(?:de\s+)?"
    r"(?:nr\.?|nummers?|huisnummers?))?))?\s*,?\s*(?P<number>\d{1,4})(?![\d:.]\d|\s?(?:uur|u\b|min|"
    r"jaar|jarige?|keer|euro|x\b|meter|man\b|jongens|mensen|auto|fietsen|dagen|weken|maanden))"
    r"(?:\s?-?\s?(?P<letter>[a-zA-Z])(?![\w/]))?"
    r"(?:\s?(?:t/m|tot en met|tot|en|-|–)\s?\d{1,4}(?!\d|[:.]\d|\s?uur))?"
)
_HOUSE = re.compile(
    r"\b(?:nr\.?|nummers?|nrs\.?|huisnummers?|huis|flat|portiek|paal|box|perron|spoor|lijn|bus|tram|"
    r"afrit|strandopgang|garagebox|huisje|loods|poort|gate|hal)\s?(?P<number>\d{1,4})(?![\d:.,]\d|\s?"
    r"(?:jaar|uur|keer))(?:\s?[a-zA-Z](?!\w))?"
    r"(?:\s?(?:,|en|t/m|tot en met|-)\s?(?:nr\.? )?\d{1,4}(?!\d))*",
    re.IGNORECASE,
)
_ROAD = re.compile(r"(?<![\w-])[AN]\d{1,3}(?![\w-])")
_LINK = re.compile(
    r"^,? (?:(?:aan|aon|op|in|van|bij|achter|tegenover|langs|onder|naast|tot) )?"
    r"(?:de |het |'t |t |d'n )?$",
    re.IGNORECASE,
)
_CROSSING = re.compile(
    r"^\s?(?:/|-|–|&|\+|en(?: de| het)?|met(?: de| het)?|hoek)\s?$", re.IGNORECASE
)
_HOEK = re.compile(
    r"\b(?:op de |de |bij de )?(hoek|kruising|kruispunt|t-splitsing)(?: van)?(?: de| het)? $",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"^(?:nr|nummers|huisnummers?|huis)\b\s?")
_HOUSE_NUMBER = re.compile(_NUMBER)
_NEAR = re.compile(r"\b(?:voor|achter|naast|tegenover|onder) (?:de |het )?$", re.IGNORECASE)
_WITH_NUMBER = re.compile(r"\s\d+\s?[a-z]?$")
_SMALL = frozenset(["van", "de", "der", "den", "het", "'t", "ten", "ter", "la", "le"])
#: Words with a capital that begin a sentence, not a street.
_NO_STREET_TEXT = """
de het een in op bij aan van naar er hier daar wie wat waar de deze die dat onze mijn hoek en of
richting tussen beste hallo hoi politie vanaf langs achter voor naast heel melding let over door
uit nu net zojuist weer op vanuit tegenover nabij the ter
"""
_NO_STREET = frozenset(_NO_STREET_TEXT.split())


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    sort: Sort


class PlaceFinder:
    """Finds places; where ``lookup`` knows one it adds point and radius.

    ``online`` asks another machine; only for places of signals, and only by ``asked``.
    """

    def __init__(
        self, lookup: PlaceLookup | None = None, online: PlaceLookup | None = None
    ) -> None:
        self._lookup = lookup or Gazetteer({})
        self._online = online
        self._sorter = Sorter(place_words())
        self._known = dict(self._lookup.names())
        self._known_names = _alternatives(tuple(self._known))

    def find(self, text: str) -> tuple[Place, ...]:
        """Return the places that the text states, in order, without overlaps."""
        if not text:
            return ()
        numbers = has_number(text)
        if not (numbers or self._may_be(text)):
            return ()
        sort = self._sorter.sort
        tokens = [_Token(m.start(), m.end(), sort(m.group())) for m in WORD.finditer(text)]
        found = [*self._streets(text, tokens), *self._gazetteer(text)]
        found += self._landmarks(tokens)
        if numbers:
            found = [*_postcodes(text), *found, *_houses(text)]
        found += self._neighbourhoods(tokens)
        chosen = _joined(text, _disjoint(_crossings(text, found)))
        return self.located(chosen)

    def _may_be(self, text: str) -> bool:
        """Whether any word can begin a place; a word never goes on behind white space."""
        names = self._known_names
        return self._sorter.hints(text) or (names is not None and names.search(text) is not None)

    def located(self, places: Sequence[Place]) -> tuple[Place, ...]:
        """Return the places with point and radius where the lookup knows them."""
        return tuple(_located(place, self._lookup) for place in places)

    def asked(self, places: Sequence[Place], personal: Sequence[Span]) -> tuple[Place, ...]:
        """Return the places of a signal with what the online lookup knows of them.

        A place that overlaps personal data is not asked: its words could name somebody. A place
        whose own spot stays unknown takes the point of the one neighbourhood that is named.
        """
        online = self._online
        if online is None:
            return tuple(places)
        return inferred(
            [
                place if any(place.overlaps(span) for span in personal) else _located(place, online)
                for place in places
            ]
        )

    def _streets(self, text: str, tokens: Sequence[_Token]) -> Iterator[Place]:
        for token in tokens:
            if token.sort.street:
                yield _numbered(text, _street_start(text, token.start), token.end)

    def _gazetteer(self, text: str) -> Iterator[Place]:
        if self._known_names is None:
            return
        for match in self._known_names.finditer(text):
            known = self._known[match.group()]
            if known.kind == "street":
                yield _numbered(text, match.start(), match.end())
            else:
                yield _at(_place(match.span(), known.kind, known.key), known)

    def _landmarks(self, tokens: Sequence[_Token]) -> Iterator[Place]:
        words = self._sorter.words
        forms = [token.sort.form for token in tokens]
        for index, form in enumerate(forms):
            albert = form == "albert" and forms[index + 1 : index + 2] == ["heijn"]
            chain = albert or form in words.chains
            if not chain and not tokens[index].sort.noun:
                continue
            first = _phrase_start(forms, index, words, chain=chain)
            if first is not None:
                end = tokens[index + 1 if albert else index].end
                key = "albert heijn" if albert else form
                yield _place((tokens[first].start, end), "landmark", key)

    def _neighbourhoods(self, tokens: Sequence[_Token]) -> Iterator[Place]:
        areas = self._sorter.words.areas
        for index, token in enumerate(tokens):
            pair = tokens[index : index + 2]
            key = tuple(t.sort.form for t in pair)
            if len(key) == 2 and key in areas:
                yield _place((token.start, pair[1].end), "neighbourhood", " ".join(key))
            elif token.sort.area or key[:1] in areas:
                yield _place((token.start, token.end), "neighbourhood", token.sort.form)


def inferred(places: Sequence[Place]) -> tuple[Place, ...]:
    """Return the places, those without a point at that of the only neighbourhood named."""
    areas = {
        p.key: p
        for p in places
        if p.kind == "neighbourhood" and p.lat is not None and not p.inferred
    }
    if len(areas) != 1:
        return tuple(places)
    (area,) = areas.values()
    return tuple(
        replace(p, lat=area.lat, lon=area.lon, radius=area.radius, inferred=True)
        if p.lat is None and p.kind != "neighbourhood"
        else p
        for p in places
    )


def _located(place: Place, lookup: PlaceLookup) -> Place:
    if place.lat is not None:
        return place
    bare = _WITH_NUMBER.sub("", place.key)
    known = lookup.find(place.kind, place.key)
    if known is None and bare != place.key:
        known = lookup.find(place.kind, bare)
    return _at(place, known) if known else place


def _postcodes(text: str) -> Iterator[Place]:
    for match in _POSTCODE.finditer(text):
        if not _NO_POSTCODE.match(match.group()):
            yield _place(match.span(), "postcode", (match[1] + match[2]).lower())


def _houses(text: str) -> Iterator[Place]:
    for match in _HOUSE.finditer(text):
        key = " ".join(fold(match.group()).replace("nr.", "nummer").split())
        key = _NUMBERED.sub("nummer ", key)
        yield _place((_house_start(text, match.start()), match.end()), "landmark", key)
    for match in _ROAD.finditer(text):
        yield _place(match.span(), "landmark", match.group().lower())


def _place(span: tuple[int, int], kind: str, key: str) -> Place:
    return Place(start=span[0], end=span[1], kind=kind, key=key)


def _at(place: Place, known: Known) -> Place:
    return replace(place, lat=known.lat, lon=known.lon, radius=known.radius)


def _street_start(text: str, start: int) -> int:
    """Go back over the words that belong to the name: ``Burgemeester Van Teylenlaan``."""
    if not text[start].isupper():
        return start
    begin = start
    for match in reversed(list(re.finditer(r"\S+", text[max(0, start - 60) : start]))):
        word = match.group()
        small = fold(word) in _SMALL
        if (
            not (small or word[0].isupper())
            or fold(word) in _NO_STREET - _SMALL
            or word[-1] in ",.:;!?)/&+"
        ):
            break
        if not small:
            begin = max(0, start - 60) + match.start()
    return begin


def _numbered(text: str, start: int, end: int) -> Place:
    name = " ".join(fold(text[start:end]).split())
    match = _HOUSE_NUMBER.match(text, end)
    if match is None:
        return _place((start, end), "street", name)
    number = match["number"] + (match["letter"] or "").lower()
    return _place((start, match.end()), "street", f"{name} {number}")


def _phrase_start(
    forms: Sequence[str], index: int, words: PlaceWords, *, chain: bool
) -> int | None:
    """Return the first word of "achter de oude kerk"; None where nothing says it is a place."""
    at = index - 1
    while at >= 0 and index - at <= 3 and forms[at] in words.articles:
        at -= 1
    if at >= 0 and forms[at] in words.before:
        return at
    if at >= 0 and forms[at] in words.inside:
        return index
    return index if chain and at < index - 1 else None


def _house_start(text: str, start: int) -> int:
    match = _NEAR.search(text, max(0, start - 20), start)
    return match.start() if match else start


def _crossings(text: str, places: list[Place]) -> list[Place]:
    """Join two streets with a sign of a crossing between them."""
    streets = sorted((p for p in places if p.kind == "street"), key=lambda p: p.start)
    made: list[Place] = []
    for one, other in itertools.pairwise(streets):
        between = text[one.end : other.start] if one.end <= other.start else None
        before = _HOEK.search(text[max(0, one.start - 24) : one.start])
        if between is None or not _CROSSING.match(between):
            continue
        if before or "hoek" in between.lower() or "/" in between:
            start = max(0, one.start - 24) + before.start(1) if before else one.start
            key = "/".join(sorted((one.key, other.key)))
            made.append(_place((start, other.end), "crossing", key))
    return made + places


def _joined(text: str, places: list[Place]) -> list[Place]:
    """Make one place of "nr 14 in de Lindestraat" and "de flat aan de Dijkweg"."""
    joined: list[Place] = []
    for place in places:
        last = joined[-1] if joined else None
        fits = last is not None and last.kind == "landmark" and place.kind != "crossing"
        if last is None or not fits or not _LINK.match(text[last.end : place.start]):
            joined.append(place)
            continue
        number = re.fullmatch(r"nummer (\d+\s?[a-z]?)", last.key)
        key = f"{place.key} {number[1]}" if number and place.kind == "street" else place.key
        if place.kind == "landmark":
            key = f"{last.key} {place.key}"
        joined[-1] = replace(place, start=last.start, key=key)
    return joined


def _disjoint(places: list[Place]) -> list[Place]:
    """Keep the first found of places that overlap; longer ones of one rule win."""
    apart = Apart()
    kept = [place for place in places if apart.take(place.start, place.end)]
    return sorted(kept, key=lambda place: place.start)


def _alternatives(names: Sequence[str]) -> re.Pattern[str] | None:
    if not names:
        return None
    longest_first = sorted(names, key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])")
