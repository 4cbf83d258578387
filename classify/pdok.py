# SPDX-License-Identifier: EUPL-1.2
"""Asks the PDOK Locatieserver where a place of one municipality lies.

Only the normalised name of a place and the name of the municipality leave this machine. Source of
questions and answers: the published description of the Locatieserver, version 3.1, end point
``free``; what it returns is an answer of Apache Solr.
"""

from __future__ import annotations

import json
import math
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol

import httpx

from classify.gazetteer import Known
from classify.lexicon import fold
from classify.patience import Allowance, Patience, Unanswered

URL = "https://api.pdok.nl/bzk/locatieserver/search/v3_1/"
#: Seconds that one question may take.
LONGEST = 0.5
#: What a line of messages may wait for places: half a second at once, a twentieth of the time.
LIVE = Allowance(most=0.5, share=0.05)
#: Answers remembered at most, and for how many seconds; a place that is not there for shorter.
REMEMBERED, KEPT, KEPT_NOT = 5_000, 86_400.0, 3_600.0
#: Longest answer that is read, in bytes.
_MOST = 65_536
#: Metres around the point, by what the service says it is.
_RADIUS: Mapping[str, float] = {
    "adres": 25.0,
    "postcode": 75.0,
    "weg": 300.0,
    "buurt": 500.0,
    "wijk": 1_000.0,
    "woonplaats": 2_500.0,
}
#: What is asked for each kind of place, best answer first. The service knows no landmarks, and
#: their words are the likeliest to be about a person; they are never asked.
_ASKED: Mapping[str, tuple[str, ...]] = {
    "street": ("adres", "weg"),
    "postcode": ("postcode",),
    "neighbourhood": ("buurt", "wijk", "woonplaats"),
}
_FIELDS = (
    "type,gemeentenaam,woonplaatsnaam,wijknaam,buurtnaam,straatnaam,huisnummer,huisletter,"
    "postcode,centroide_ll"
)
_POINT = re.compile(r"POINT\((?P<lon>-?\d+(?:\.\d+)?) (?P<lat>-?\d+(?:\.\d+)?)\)")
_SAFE = re.compile(r"[^\W_]+(?:[ .'’-]+[^\W_]+){0,7}")
_NUMBERED = re.compile(r"(?P<street>.*\D)\s(?P<number>\d{1,5})\s?(?P<letter>[a-z])?")
_DISTRICT = re.compile(r"^wijk \d+ ")
#: Two streets whose middles are further apart give no point for their crossing, in metres.
_CROSSING = 1_500.0


class _Reader(Protocol):
    """Gives the body of an answer."""

    def __call__(self, params: list[tuple[str, str]]) -> bytes: ...


class Pdok:
    """Places of one municipality, looked up at the Locatieserver; a ``PlaceLookup``."""

    def __init__(
        self,
        municipality: str,
        *,
        url: str = URL,
        longest: float = LONGEST,
        allowance: Allowance | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._municipality = municipality
        self._read: _Reader = _Http(url, longest)
        self._clock = clock
        self._patience: Patience[Known | None] = Patience(
            longest=longest, allowance=allowance, clock=clock
        )
        self._lock = threading.Lock()
        self._cache: OrderedDict[tuple[str, str], tuple[Known | None, float]] = OrderedDict()

    def names(self) -> Iterable[tuple[str, Known]]:
        """Return nothing: a whole municipality is not in memory."""
        return ()

    def find(self, kind: str, key: str) -> Known | None:
        """Return where the place is; None when that is unknown, or not known in time."""
        if kind == "crossing":
            return self._crossing(key)
        if kind not in _ASKED or len(key) > 80 or not _SAFE.fullmatch(key):
            return None
        known, found = self._remembered(kind, key)
        if found:
            return known
        try:
            return self._patience.ask(lambda: self._ask(kind, key))
        except Unanswered:
            return None

    def _crossing(self, key: str) -> Known | None:
        """Return the middle between two streets that can cross."""
        streets = [self.find("street", name) for name in key.split("/")]
        if len(streets) != 2 or streets[0] is None or streets[1] is None:
            return None
        one, other = streets[0], streets[1]
        apart = _metres(one, other)
        if apart > _CROSSING:
            return None
        return Known(
            name=key,
            kind="crossing",
            key=key,
            lat=(one.lat + other.lat) / 2,
            lon=(one.lon + other.lon) / 2,
            radius=max(apart / 2, _RADIUS["weg"]),
        )

    def _ask(self, kind: str, key: str) -> Known | None:
        """Ask, and remember the answer also when it comes too late for who asked."""
        known = _chosen(self._answers(kind, key), self._municipality, kind, key)
        kept = KEPT if known else KEPT_NOT
        with self._lock:
            self._cache[kind, key] = (known, self._clock() + kept)
            while len(self._cache) > REMEMBERED:
                self._cache.popitem(last=False)
        return known

    def _answers(self, kind: str, key: str) -> list[Mapping[str, Any]]:
        body = self._read(
            [
                ("q", key),
                ("fq", f"type:({' OR '.join(_ASKED[kind])})"),
                ("fq", f'gemeentenaam:"{self._municipality}"'),
                ("fl", _FIELDS),
                ("rows", "10"),
            ]
        )
        docs = json.loads(body)["response"]["docs"]
        return [doc for doc in docs if isinstance(doc, Mapping)]

    def _remembered(self, kind: str, key: str) -> tuple[Known | None, bool]:
        with self._lock:
            known, until = self._cache.get((kind, key), (None, float("-inf")))
            if self._clock() >= until:
                return None, False
            self._cache.move_to_end((kind, key))
            return known, True


class _Http:
    """The service itself, with a bound on time and size."""

    def __init__(self, url: str, longest: float) -> None:
        self._url = url.rstrip("/") + "/free"
        self._longest = longest
        self._client: httpx.Client | None = None

    def __call__(self, params: list[tuple[str, str]]) -> bytes:
        if self._client is None:
            self._client = httpx.Client(
                timeout=self._longest,
                follow_redirects=False,
                headers={"User-Agent": "Buurtsignaal", "Accept": "application/json"},
            )
        with self._client.stream(
            "GET", self._url, params=httpx.QueryParams(tuple(params))
        ) as response:
            response.raise_for_status()
            return b"".join(self._parts(response))

    def _parts(self, response: httpx.Response) -> Iterator[bytes]:
        size, until = 0, time.monotonic() + self._longest
        for part in response.iter_bytes():
            size += len(part)
            if size > _MOST or time.monotonic() > until:
                raise ValueError("the answer is too long")
            yield part


def _chosen(
    docs: Iterable[Mapping[str, Any]], municipality: str, kind: str, key: str
) -> Known | None:
    """Return the finest answer that is this place in this municipality; refuse lookalikes."""
    inside = [doc for doc in docs if _same(doc.get("gemeentenaam"), municipality)]
    for sort in _ASKED[kind]:
        for doc in inside:
            if doc.get("type") == sort and _is_named(doc, sort, key):
                return _known(doc, sort, kind, key)
    return None


def _is_named(doc: Mapping[str, Any], sort: str, key: str) -> bool:
    if sort == "adres":
        return _is_address(doc, key)
    if sort == "weg":
        return _same(doc.get("straatnaam"), key)
    if sort == "wijk":
        return _same(_DISTRICT.sub("", fold(str(doc.get("wijknaam", "")))), key)
    return _same(doc.get(f"{sort}naam" if sort != "postcode" else sort), key)


def _is_address(doc: Mapping[str, Any], key: str) -> bool:
    match = _NUMBERED.fullmatch(key)
    if match is None or not _same(doc.get("straatnaam"), match["street"]):
        return False
    if str(doc.get("huisnummer")) != match["number"]:
        return False
    return match["letter"] is None or _same(doc.get("huisletter"), match["letter"])


def _known(doc: Mapping[str, Any], sort: str, kind: str, key: str) -> Known | None:
    match = _POINT.fullmatch(str(doc.get("centroide_ll", "")))
    if match is None:
        return None
    lat, lon = float(match["lat"]), float(match["lon"])
    if not (50.5 <= lat <= 53.8 and 3.0 <= lon <= 7.4):
        return None
    return Known(name=key, kind=kind, key=key, lat=lat, lon=lon, radius=_RADIUS[sort])


def _same(one: object, other: str) -> bool:
    return isinstance(one, str) and _plain(one) == _plain(other)


def _plain(name: str) -> str:
    return "".join(letter for letter in fold(name) if letter.isalnum())


def _metres(one: Known, other: Known) -> float:
    """Return the distance on a flat piece of the earth, which a municipality is."""
    north = (one.lat - other.lat) * 111_200
    east = (one.lon - other.lon) * 111_200 * math.cos(math.radians(one.lat))
    return math.hypot(north, east)
