# SPDX-License-Identifier: EUPL-1.2
"""Whether two sets of places can be one spot, as far as anybody can tell."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum

from core.verdict import Place

Point = tuple[float, float]

#: Two mentions of one street name that are further apart are two streets, in metres.
NAMESAKES = 2_000.0
#: House numbers of one street that differ more than this are two spots.
NEIGHBOURS = 20

_EARTH = 6_371_008.8
_NUMBER = re.compile(r"^(?P<street>.*\D)\s+(?P<number>\d{1,5})\s?[a-z]{0,3}$")
_CROSSING = re.compile(r"\s*(?:[/|&+×;]|\ben\b)\s*")

_ROADS = frozenset({"street", "crossing"})
_COARSE = frozenset({"neighbourhood"})


class Fit(StrEnum):
    """How the places of a signal and an incident relate."""

    SAME = "same"
    #: One name that more than one spot can have: "the school", "number 12".
    NAMED = "named"
    #: One neighbourhood, and nothing more precise to compare.
    AREA = "area"
    #: At least one of the two names no place at all.
    SILENT = "silent"
    #: Both name places, of kinds that cannot be compared (a shop and a street).
    UNSURE = "unsure"
    CONTRADICTS = "contradicts"


def spot(place: Place) -> str:
    """Return the name under which an incident remembers ``place``: ``street:kerkstraat 12``."""
    return f"{place.kind}:{place.key}"


def spots(places: Iterable[Place]) -> frozenset[str]:
    """Return the names of all places that the text itself states."""
    return frozenset(spot(place) for place in places if place.stated)


def points(places: Iterable[Place]) -> tuple[Point, ...]:
    """Return the points of stated places that are known finer than by their neighbourhood."""
    return tuple(
        (place.lat, place.lon)
        for place in places
        if place.stated
        and not place.inferred
        and place.kind not in _COARSE
        and place.lat is not None
        and place.lon is not None
    )


def metres(one: Point, other: Point) -> float:
    """Return the distance over the ground between two points in WGS84 degrees."""
    lat1, lon1, lat2, lon2 = (math.radians(x) for x in (*one, *other))
    half = (
        math.sin((lat2 - lat1) / 2) ** 2
        + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    )
    return 2 * _EARTH * math.asin(min(1.0, math.sqrt(half)))


def gap(ours: Sequence[Point], theirs: Sequence[Point]) -> float | None:
    """Return the shortest distance between two sets of points; None when either is empty."""
    return min((metres(a, b) for a in ours for b in theirs), default=None)


def compare(
    ours: frozenset[str],
    our_points: Sequence[Point],
    theirs: frozenset[str],
    their_points: Sequence[Point],
    *,
    near: float,
) -> Fit:
    """Say how two sets of places relate; points within ``near`` metres are one spot."""
    distance = gap(our_points, their_points)
    named = _compare_names(ours, theirs)
    if distance is None:
        return named
    if named is Fit.SAME:
        return Fit.SAME if distance <= max(near, NAMESAKES) else Fit.CONTRADICTS
    return Fit.SAME if distance <= near else Fit.CONTRADICTS


def _compare_names(ours: frozenset[str], theirs: frozenset[str]) -> Fit:
    if not ours or not theirs:
        return Fit.SILENT
    mine, others = _by_class(ours), _by_class(theirs)
    fits = {name: _compare_class(name, mine[name], others[name]) for name in mine if name in others}
    # One street in both outweighs the rest: people name it and also what lies next to it.
    order = (Fit.SAME, Fit.CONTRADICTS, Fit.NAMED, Fit.AREA)
    return next((fit for fit in order if fit in fits.values()), Fit.UNSURE)


def _by_class(names: frozenset[str]) -> dict[str, list[str]]:
    """Put the keys of names that can be compared with each other together."""
    classes: dict[str, list[str]] = {}
    for name in sorted(names):
        kind, _, key = name.partition(":")
        classes.setdefault("road" if kind in _ROADS else kind, []).append(key)
    return classes


def _compare_class(name: str, ours: list[str], theirs: list[str]) -> Fit:
    if name in _COARSE:
        return Fit.AREA if set(ours) & set(theirs) else Fit.CONTRADICTS
    if name not in _PRECISE:
        # Another landmark may stand beside the first one.
        return Fit.NAMED if set(ours) & set(theirs) else Fit.UNSURE
    fits = {_PRECISE[name](a, b) for a in ours for b in theirs}
    return next(fit for fit in (Fit.SAME, Fit.AREA, Fit.CONTRADICTS) if fit in fits)


def _compare_roads(one: str, other: str) -> Fit:
    for street, number in _roads(one):
        for other_street, other_number in _roads(other):
            if street != other_street:
                continue
            if number is None or other_number is None or abs(number - other_number) <= NEIGHBOURS:
                return Fit.SAME
    return Fit.CONTRADICTS


def _roads(key: str) -> list[tuple[str, int | None]]:
    """Split ``dorpsstraat/kerkstraat 12`` into streets with their house numbers."""
    roads: list[tuple[str, int | None]] = []
    for name in filter(None, _CROSSING.split(key)):
        match = _NUMBER.match(name)
        roads.append((match["street"].strip(), int(match["number"])) if match else (name, None))
    return roads


def _compare_postcodes(one: str, other: str) -> Fit:
    short, long = sorted((one.replace(" ", ""), other.replace(" ", "")), key=len)
    if not long.startswith(short):
        return Fit.CONTRADICTS
    # Four digits are a neighbourhood; with letters it is a stretch of one street.
    return Fit.SAME if len(short) > 4 else Fit.AREA


_PRECISE: Mapping[str, Callable[[str, str], Fit]] = {
    "road": _compare_roads,
    "postcode": _compare_postcodes,
}
