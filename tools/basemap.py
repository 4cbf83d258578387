# SPDX-License-Identifier: EUPL-1.2
"""Draw the base map of the invented demo town from its own gazetteer, as GeoJSON (RFC 7946).

``python tools/basemap.py`` writes ``data/tenants/demo/kaart.geojson``; the same gazetteer always
gives the same file. Streets get a direction from their name, because nobody ever surveyed them.
"""

from __future__ import annotations

import csv
import hashlib
import json
import math
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "data" / "gazetteers" / "duinveld.csv"
RESULT = ROOT / "data" / "tenants" / "demo" / "kaart.geojson"

#: Metres in a degree of latitude.
_DEGREE = 111_320.0
#: How a neighbourhood's streets lie, in degrees from the east.
_GRAIN = {"zeewijk": 62.0, "molenbuurt": 15.0, "stationskwartier": -32.0}
_CORNERS = 28


def draw(rows: list[dict[str, str]]) -> dict[str, Any]:
    """Return the town: water, neighbourhoods, railway, streets, landmarks, in that order."""
    areas = [row for row in rows if row["kind"] == "neighbourhood"]
    streets = [row for row in rows if row["kind"] == "street"]
    landmarks = [row for row in rows if row["kind"] == "landmark"]
    features = [
        _feature("water", "", "Polygon", [_sea(areas)]),
        *(_feature("neighbourhood", a["name"], "Polygon", [_outline(a)]) for a in areas),
        _feature("rail", "", "LineString", _railway(areas)),
        *(_feature("street", s["name"], "LineString", _street(s)) for s in streets),
        *(_feature("landmark", p["name"], "Point", _point(p, 0, 0)) for p in landmarks),
    ]
    return {"type": "FeatureCollection", "features": features}


def read(path: Path = SOURCE) -> list[dict[str, str]]:
    """Return the rows of a gazetteer."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def written(town: dict[str, Any]) -> str:
    """Return the file's text, one feature on a line so that a change can be read."""
    lines = ",\n".join(json.dumps(f, ensure_ascii=False) for f in town["features"])
    return f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}\n'


def _feature(kind: str, name: str, shape: str, coordinates: list[Any]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"kind": kind, "name": name},
        "geometry": {"type": shape, "coordinates": coordinates},
    }


def _point(row: dict[str, str], east: float, north: float) -> list[float]:
    """Return longitude and latitude, so many metres from the row's own point."""
    lat, lon = float(row["lat"]), float(row["lon"])
    across = _DEGREE * math.cos(math.radians(lat))
    return [round(lon + east / across, 5), round(lat + north / _DEGREE, 5)]


def _street(row: dict[str, str]) -> list[list[float]]:
    """Return a street through its point, along its neighbourhood's grain or across it."""
    digest = hashlib.sha256(row["name"].encode()).digest()
    across = 90.0 if digest[0] % 2 else 0.0
    angle = math.radians(_GRAIN.get(row["area"], 0.0) + across + digest[1] % 9 - 4)
    half = float(row["radius"]) * (1.0 + digest[2] / 400)
    bend = (digest[3] - 128) / 128 * 18
    east, north = math.cos(angle), math.sin(angle)
    return [
        _point(row, -half * east, -half * north),
        _point(row, -bend * north / 2, bend * east / 2),
        _point(row, half * east, half * north),
    ]


def _outline(row: dict[str, str]) -> list[list[float]]:
    """Return a neighbourhood as a rounded shape that is no perfect circle."""
    digest = hashlib.sha256(row["name"].encode()).digest()
    ring = []
    for corner in range(_CORNERS):
        angle = 2 * math.pi * corner / _CORNERS
        stretch = 0.92 + 0.12 * math.sin(2 * angle + digest[0]) + 0.05 * math.sin(5 * angle)
        reach = float(row["radius"]) * stretch
        ring.append(_point(row, reach * math.cos(angle), reach * math.sin(angle)))
    return [*ring, ring[0]]


def _sea(areas: list[dict[str, str]]) -> list[list[float]]:
    """Return the water west of the westernmost neighbourhood, with a coast that waves."""
    coast = min(areas, key=lambda row: float(row["lon"]))
    shore = []
    for step in range(-40, 41):
        wave = 60 * math.sin(step * 0.9) + 25 * math.sin(step * 2.3)
        shore.append(_point(coast, -560 + wave + step * 30, step * 250))
    ring = [_point(coast, -20_000, -10_000), *shore, _point(coast, -20_000, 10_000)]
    return [*ring, ring[0]]


def _railway(areas: list[dict[str, str]]) -> list[list[float]]:
    """Return the line that passes the easternmost neighbourhood."""
    station = max(areas, key=lambda row: float(row["lon"]))
    return [_point(station, 250 + 0.12 * step, step) for step in range(-10_000, 10_001, 1_000)]


def main() -> None:
    """Write the map."""
    RESULT.write_text(written(draw(read())), encoding="utf-8")
    print(f"{RESULT.relative_to(ROOT)}: {RESULT.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()
