# SPDX-License-Identifier: EUPL-1.2
"""Where known places are: the seam for a lookup, and one that works offline from a CSV file."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from classify.lexicon import fold
from core import errors

_KINDS = frozenset({"street", "landmark", "neighbourhood", "crossing", "postcode"})
_COLUMNS = ("name", "kind", "area", "lat", "lon", "radius", "aliases")


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """A place that a lookup knows."""

    name: str
    kind: str
    #: Normalised name without house number.
    key: str
    lat: float
    lon: float
    #: Metres.
    radius: float
    area: str = ""


class PlaceLookup(Protocol):
    """Says where a place is: ``Gazetteer`` from memory, ``classify.pdok.Pdok`` by asking."""

    def find(self, kind: str, key: str) -> Known | None:
        """Return the place with this normalised name, or None."""
        ...

    def names(self) -> Iterable[tuple[str, Known]]:
        """Return names worth looking for in a text; a lookup of a whole country gives none."""
        ...


class Gazetteer:
    """Places of one municipality, in memory."""

    def __init__(self, places: Mapping[str, Known]) -> None:
        self._places = dict(places)
        self._by_key = {(known.kind, fold(name)): known for name, known in places.items()}

    def find(self, kind: str, key: str) -> Known | None:
        """Return the place with this normalised name, or None."""
        return self._by_key.get((kind, key))

    def names(self) -> Iterable[tuple[str, Known]]:
        """Return all names and aliases."""
        return self._places.items()


def load_gazetteer(path: Path) -> Gazetteer:
    """Read a CSV of places; raise ``ConfigurationError`` with the line that is wrong."""
    places: dict[str, Known] = {}
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != _COLUMNS:
            raise errors.ConfigurationError(f"{path.name}: columns must be {', '.join(_COLUMNS)}")
        for number, row in enumerate(reader, 2):
            try:
                known = _known(row)
            except (ValueError, TypeError) as error:
                raise errors.ConfigurationError(f"{path.name}:{number}: {error}") from error
            for name in [known.name, *filter(None, row["aliases"].split("|"))]:
                places[name] = known
    return Gazetteer(places)


def _known(row: Mapping[str, str]) -> Known:
    if row["kind"] not in _KINDS:
        raise ValueError(f"kind '{row['kind']}' is none of {', '.join(sorted(_KINDS))}")
    lat, lon = float(row["lat"]), float(row["lon"])
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise ValueError("lat and lon must be degrees")
    return Known(
        name=row["name"],
        kind=row["kind"],
        key=fold(row["name"]),
        lat=lat,
        lon=lon,
        radius=float(row["radius"]),
        area=row["area"],
    )
