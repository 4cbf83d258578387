# SPDX-License-Identifier: EUPL-1.2
"""Places are found as people write them, and get a point where a lookup knows them."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify.gazetteer import load_gazetteer
from classify.places import PlaceFinder
from core import errors
from core.resources import folder

FINDER = PlaceFinder()
DUINVELD = folder("data") / "gazetteers" / "duinveld.csv"


@pytest.mark.parametrize(
    ("text", "words", "kind", "key"),
    [
        ("brand in de Kerkstraat", "Kerkstraat", "street", "kerkstraat"),
        ("bij ons, Lindestraat 14b, is", "Lindestraat 14b", "street", "lindestraat 14b"),
        ("dordtselaan hoogte 300", "dordtselaan hoogte 300", "street", "dordtselaan 300"),
        ("Garnaalhof 8 t/m 16", "Garnaalhof 8 t/m 16", "street", "garnaalhof 8"),
        (
            "op de Burgemeester Van Teylenlaan",
            "Burgemeester Van Teylenlaan",
            "street",
            "burgemeester van teylenlaan",
        ),
        (
            "hoek Parallelweg/Dorpsstraat nu",
            "hoek Parallelweg/Dorpsstraat",
            "crossing",
            "dorpsstraat/parallelweg",
        ),
        (
            "op de hoek van de Wilgenlaan en de Beukenstraat",
            "hoek van de Wilgenlaan en de Beukenstraat",
            "crossing",
            "beukenstraat/wilgenlaan",
        ),
        ("postcode 2548 BX", "2548 BX", "postcode", "2548bx"),
        ("achter de Jumbo", "achter de Jumbo", "landmark", "jumbo"),
        ("kom net uit de Albert Heijn", "Albert Heijn", "landmark", "albert heijn"),
        ("er ligt glas onder het viaduct", "onder het viaduct", "landmark", "viaduct"),
        ("bij nr 14 in de Lindestraat", "nr 14 in de Lindestraat", "street", "lindestraat 14"),
        ("hele avond in Scheveningen", "Scheveningen", "neighbourhood", "scheveningen"),
        ("ongeluk op de A13 net", "A13", "landmark", "a13"),
    ],
)
def test_it_is_found(text: str, words: str, kind: str, key: str) -> None:
    assert (words, kind, key) in [(p.of(text), p.kind, p.key) for p in FINDER.find(text)]


@pytest.mark.parametrize(
    "text",
    ["hij is weg", "ik woon hier thuis bij ons", "om 12.30 uur", "in 2026 en verder", "kapot", ""],
)
def test_what_is_no_place_is_left_alone(text: str) -> None:
    assert FINDER.find(text) == ()


def test_a_known_street_gets_a_point_with_and_without_number() -> None:
    finder = PlaceFinder(load_gazetteer(DUINVELD))
    for text in ("vechtpartij Ankerstraat", "vechtpartij Ankerstraat 12"):
        (place,) = finder.find(text)
        assert place.lat == pytest.approx(52.1, abs=0.1)
        assert place.lon == pytest.approx(4.2, abs=0.1)
        assert place.radius
        assert place.stated


def test_a_name_that_only_the_gazetteer_knows_is_found() -> None:
    finder = PlaceFinder(load_gazetteer(DUINVELD))
    (place,) = finder.find("stank bij De Grauwe Juffer")
    assert (place.kind, place.key) == ("landmark", "de grauwe juffer")


def test_the_demo_town_has_places_in_each_neighbourhood() -> None:
    known = [place for _, place in load_gazetteer(DUINVELD).names()]
    areas = {place.area for place in known}
    assert areas == {"zeewijk", "molenbuurt", "stationskwartier"}
    assert len({place.name for place in known}) >= 60


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("naam\n", "columns must be"),
        ("name,kind,area,lat,lon,radius,aliases\nX,street,a,91,4,1,\n", ":2: lat and lon"),
        ("name,kind,area,lat,lon,radius,aliases\nX,city,a,52,4,1,\n", ":2: kind 'city'"),
    ],
)
def test_a_wrong_gazetteer_is_refused(tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "x.csv"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(errors.ConfigurationError, match=said):
        load_gazetteer(file)


@given(st.text(max_size=300))
def test_places_never_overlap(text: str) -> None:
    places = FINDER.find(text)
    for one, other in itertools.pairwise(places):
        assert one.end <= other.start
