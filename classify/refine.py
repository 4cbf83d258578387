# SPDX-License-Identifier: EUPL-1.2
"""Places by rule and learnt places as one answer: rules know kinds, tagger and encoder borders."""

from __future__ import annotations

import re
from collections.abc import Sequence

from classify.lexicon import fold
from core.verdict import Place, Span

_POSTCODE = re.compile(r"^[1-9]\d{3}\s?[a-z]{2}$", re.IGNORECASE)
_STREET = re.compile(
    r"(?:straat|stroat|laan|weg|plein|pad|dijk|kade|gracht|singel|steeg|hof|dreef|plantsoen|"
    r"park|erf|wal|brink|markt|burg|meer|dam|baan|veld|oord|hage|horst)(?:\s+\d+\s?[a-z]?)?$",
    re.IGNORECASE,
)
_AREA = re.compile(r"(?:wijk|buurt|kwartier|veste|noord|zuid|oost|west|centrum)$", re.IGNORECASE)
_CROSSING = re.compile(r"\b(?:hoek|kruising|kruispunt)\b|\w+/\w+", re.IGNORECASE)
_LEAD = re.compile(
    r"^(?:(?:achter|naast|tegenover|voor|onder|tussen|bij|langs|hoek|ter hoogte van|in|op|aan|van|"
    r"naar|richting|de ingang van)\s+)*(?:(?:de|het|'t|een|onze|die)\s+)?",
    re.IGNORECASE,
)


#: Words that no span begins or ends with, in lower case: "De Zeeheld" is a name.
_LOOSE_TEXT = """
de het een 't in op aan bij van naar richting en of met na is was staat ligt zit door uit om over er
daar hier dan die dat deze dit onze mijn ons je nu net weer nog
"""
_LOOSE = frozenset(_LOOSE_TEXT.split())
#: Words that say how something lies, but not where, when nothing follows them.
_ALONE_TEXT = """
voor achter naast tegenover onder boven tussen langs hoek buiten binnen beneden 1e 2e 3e straat weg
huis deur raam stoep brug plein tram bus halte
"""
_ALONE = frozenset(_ALONE_TEXT.split())
_WORD = re.compile(r"\S+")


def refined(text: str, places: Sequence[Place], spans: Sequence[Span]) -> tuple[Place, ...]:
    """Return the places of a message: the learnt spans, and exact ones that they overlooked.

    A span takes kind, key and point of the place that the rules found there; where they found
    none its kind is guessed from its words.
    """
    found: list[Place] = []
    for span in _joined(text, spans):
        known = [place for place in places if place.overlaps(span)]
        found.append(_borders(max(known, key=_size), span) if known else _guessed(text, span))
    for place in places:
        if not any(place.overlaps(other) for other in found) and _exact(place):
            found.append(place)
    return tuple(sorted(found, key=lambda place: place.start))


def _joined(text: str, spans: Sequence[Span]) -> list[Span]:
    """Join spans with only a space between them, and leave out loose words at their ends."""
    joined: list[Span] = []
    for span in sorted(spans, key=lambda s: s.start):
        if joined and not text[joined[-1].end : span.start].strip():
            joined[-1] = Span(start=joined[-1].start, end=max(span.end, joined[-1].end))
        else:
            joined.append(span)
    trimmed = (_trimmed(text, span) for span in joined)
    return [span for span in trimmed if span is not None]


def _trimmed(text: str, span: Span) -> Span | None:
    """Return the span without loose words at its ends; None when that leaves nothing."""
    words = list(_WORD.finditer(text, span.start, span.end))
    while words and words[0].group() in _LOOSE:
        words.pop(0)
    while words and words[-1].group().lower() in _LOOSE:
        words.pop()
    if not words or (len(words) == 1 and words[0].group().lower() in _ALONE):
        return None
    end = words[0].start() + len(text[words[0].start() : words[-1].end()].rstrip(".,!?;:"))
    return Span(start=words[0].start(), end=end) if end > words[0].start() else None


def _borders(place: Place, span: Span) -> Place:
    return Place(
        start=span.start,
        end=span.end,
        kind=place.kind,
        key=place.key,
        lat=place.lat,
        lon=place.lon,
        radius=place.radius,
        stated=place.stated,
        inferred=place.inferred,
    )


def _guessed(text: str, span: Span) -> Place:
    words = " ".join(fold(span.of(text)).split())
    name = _LEAD.sub("", words) or words
    if _POSTCODE.match(words):
        kind, name = "postcode", words.replace(" ", "")
    elif _CROSSING.search(words):
        kind = "crossing"
    elif _STREET.search(words):
        kind = "street"
    else:
        kind = "neighbourhood" if _AREA.search(words) else "landmark"
    return Place(start=span.start, end=span.end, kind=kind, key=name)


def _exact(place: Place) -> bool:
    """Whether a rule can hardly be wrong: a postcode, a crossing, a street with its number.

    Nor is it where the municipality's own list knows the place.
    """
    numbered = place.kind == "street" and any(letter.isdigit() for letter in place.key)
    return numbered or place.kind in {"postcode", "crossing"} or place.lat is not None


def _size(place: Place) -> int:
    return place.end - place.start
