# SPDX-License-Identifier: EUPL-1.2
"""The demo town's map is what its own list of place names gives."""

from __future__ import annotations

import json

from tools import basemap


def test_the_shipped_map_is_drawn_from_the_gazetteer_and_nothing_else() -> None:
    town = basemap.draw(basemap.read())
    assert basemap.RESULT.read_text(encoding="utf-8") == basemap.written(town)


def test_every_place_name_is_on_the_map_at_its_own_point() -> None:
    town = json.loads(basemap.RESULT.read_text(encoding="utf-8"))
    drawn = {feature["properties"]["name"]: feature["geometry"] for feature in town["features"]}
    for row in basemap.read():
        assert row["name"] in drawn
        if row["kind"] == "landmark":
            at = [float(row["lon"]), float(row["lat"])]
            assert drawn[row["name"]]["coordinates"] == at
