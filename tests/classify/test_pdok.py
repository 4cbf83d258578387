# SPDX-License-Identifier: EUPL-1.2
"""The Locatieserver gives points of one municipality; it learns little and stops nobody."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from classify.gazetteer import load_gazetteer
from classify.patience import FAILURES, PAUSE, Allowance
from classify.pdok import KEPT, KEPT_NOT, Pdok
from classify.pipeline import TrainedClassifier, load_classifier
from classify.places import PlaceFinder
from core.place import points
from core.resources import folder
from core.verdict import Place, Question
from tests.partners.locatieserver import Locatieserver, found, locatieserver

TOWN = "Duinveld"
STREET = found("weg", 4.2, 52.1, gemeentenaam=TOWN, straatnaam="Ankerstraat")
HOUSE = found(
    "adres", 4.21, 52.11, gemeentenaam=TOWN, straatnaam="Ankerstraat", huisnummer=12, huisletter="B"
)
CROSSING = found("weg", 4.204, 52.102, gemeentenaam=TOWN, straatnaam="Loodsweg")
POSTCODE = found("postcode", 4.3, 52.2, gemeentenaam=TOWN, postcode="2548BX")
AREA = found("buurt", 4.25, 52.15, gemeentenaam=TOWN, buurtnaam="Zeewijk")
DISTRICT = found("wijk", 4.26, 52.16, gemeentenaam=TOWN, wijknaam="Wijk 03 Molenbuurt")
ELSEWHERE = found("weg", 5.1, 52.3, gemeentenaam="Bergdorp", straatnaam="Kerkstraat")
CAFE = found("weg", 4.22, 52.12, gemeentenaam=TOWN, straatnaam="Cafépad")


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def service() -> Iterator[Locatieserver]:
    with locatieserver(
        STREET, HOUSE, CROSSING, POSTCODE, AREA, DISTRICT, ELSEWHERE, CAFE
    ) as running:
        yield running


def pdok(service: Locatieserver, clock: Clock | None = None, longest: float = 2.0) -> Pdok:
    if clock is None:
        return Pdok(TOWN, url=service.url, longest=longest)
    return Pdok(TOWN, url=service.url, longest=longest, clock=clock)


@pytest.mark.parametrize(
    ("kind", "key", "lat", "radius"),
    [
        ("street", "ankerstraat", 52.1, 300),
        ("street", "ankerstraat 12", 52.11, 25),
        ("street", "ankerstraat 12b", 52.11, 25),
        ("street", "cafepad", 52.12, 300),
        ("postcode", "2548bx", 52.2, 75),
        ("neighbourhood", "zeewijk", 52.15, 500),
        ("neighbourhood", "molenbuurt", 52.16, 1000),
        ("crossing", "ankerstraat/loodsweg", 52.101, 300),
    ],
)
def test_a_place_gets_a_point_and_a_radius_by_what_it_is(
    service: Locatieserver, kind: str, key: str, lat: float, radius: float
) -> None:
    known = pdok(service).find(kind, key)
    assert known is not None
    assert known.lat == pytest.approx(lat)
    assert known.radius == pytest.approx(radius)


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("street", "kerkstraat"),
        ("street", "ankerstraat 13"),
        ("street", "ankerstraat 12c"),
        ("street", "oude ankerstraat"),
        ("postcode", "2548by"),
        ("neighbourhood", "zeewijk noord"),
        ("crossing", "ankerstraat/kerkstraat"),
        ("crossing", "ankerstraat"),
    ],
)
def test_what_is_elsewhere_or_only_looks_alike_is_refused(
    service: Locatieserver, kind: str, key: str
) -> None:
    service.ignores_filters = True
    assert pdok(service).find(kind, key) is None


@pytest.mark.parametrize("point", ["", "POINT(4.2)", "POINT(0 0)", "POINT(52.1 4.2)", "LINE"])
def test_an_answer_without_a_point_in_the_country_is_none(
    service: Locatieserver, point: str
) -> None:
    service.docs = [STREET | {"centroide_ll": point}]
    assert pdok(service).find("street", "ankerstraat") is None


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("landmark", "de jumbo"),
        ("street", 'straat" OR type:*'),
        ("street", "bel 06-12345678 (nu)"),
        ("street", "een twee drie vier vijf zes zeven acht straat"),
        ("street", "a" * 81),
        ("street", ""),
    ],
)
def test_landmarks_and_what_is_no_plain_name_are_never_asked(
    service: Locatieserver, kind: str, key: str
) -> None:
    assert pdok(service).find(kind, key) is None
    assert service.asked == []


def test_only_the_place_and_the_municipality_are_asked(service: Locatieserver) -> None:
    pdok(service).find("street", "ankerstraat 12")
    ((path, params),) = service.asked
    assert path == "/search/v3_1/free"
    assert params.pop("fl")
    assert params == {
        "q": ["ankerstraat 12"],
        "fq": ["type:(adres OR weg)", f'gemeentenaam:"{TOWN}"'],
        "rows": ["10"],
    }


def test_answers_are_remembered_and_nothing_found_for_a_shorter_time(
    service: Locatieserver,
) -> None:
    clock = Clock()
    lookup = pdok(service, clock)
    for _ in range(3):
        assert lookup.find("street", "ankerstraat")
        assert lookup.find("street", "kerkstraat") is None
    assert len(service.asked) == 2
    clock.now += KEPT_NOT + 1
    lookup.find("street", "ankerstraat")
    lookup.find("street", "kerkstraat")
    assert [params["q"] for _, params in service.asked[2:]] == [["kerkstraat"]]
    clock.now += KEPT
    lookup.find("street", "ankerstraat")
    assert len(service.asked) == 4


def test_the_memory_is_bounded(service: Locatieserver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("classify.pdok.REMEMBERED", 2)
    lookup = pdok(service)
    for key in ("ankerstraat", "loodsweg", "cafepad", "ankerstraat"):
        lookup.find("street", key)
    assert len(service.asked) == 4


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, None),
        (302, b""),
        (200, b"<html>"),
        (200, b"{}"),
        (200, b'{"response": {"docs": null}}'),
        (200, b" " * 70_000),
    ],
)
def test_a_failing_service_is_left_alone_for_a_while(
    service: Locatieserver, status: int, body: bytes | None
) -> None:
    clock = Clock()
    lookup = pdok(service, clock)
    service.status, service.body = status, body
    for number in range(FAILURES + 4):
        assert lookup.find("street", f"ankerstraat {number}") is None
    assert len(service.asked) == FAILURES
    service.status, service.body = 200, None
    assert lookup.find("street", "ankerstraat") is None
    clock.now += PAUSE + 1
    assert lookup.find("street", "ankerstraat")


@pytest.mark.parametrize("how", ["slow", "drip"])
def test_a_slow_service_costs_its_bound_and_no_more(service: Locatieserver, how: str) -> None:
    setattr(service, how, 1.5)
    lookup = Pdok(TOWN, url=service.url, longest=0.2)
    began = time.monotonic()
    for number in range(20):
        assert lookup.find("street", f"ankerstraat {number}") is None
    assert time.monotonic() - began < FAILURES * 0.2 + 0.6


def test_a_line_of_messages_waits_for_all_its_places_together_no_longer_than_allowed(
    service: Locatieserver,
) -> None:
    service.slow = 0.3
    lookup = Pdok(TOWN, url=service.url, longest=5.0, allowance=Allowance(most=0.4, share=0.0))
    began = time.monotonic()
    answers = [lookup.find("street", f"ankerstraat {number}") for number in range(64)]
    assert not any(answers)
    assert time.monotonic() - began < 1.2


def test_an_answer_that_came_too_late_serves_the_next_question(service: Locatieserver) -> None:
    service.slow = 0.3
    lookup = Pdok(TOWN, url=service.url, longest=5.0, allowance=Allowance(most=0.05, share=0.0))
    assert lookup.find("street", "ankerstraat") is None
    until = time.monotonic() + 10
    while lookup.find("street", "ankerstraat") is None and time.monotonic() < until:
        time.sleep(0.05)
    assert lookup.find("street", "ankerstraat")


def test_a_lookup_that_hangs_keeps_no_process_alive(service: Locatieserver) -> None:
    pdok(service).find("street", "ankerstraat")
    workers = [thread for thread in threading.enumerate() if thread.name == "lookup"]
    assert workers
    assert all(thread.daemon for thread in workers)


def _place(text: str, words: str, kind: str, key: str) -> Place:
    start = text.index(words)
    return Place(start=start, end=start + len(words), kind=kind, key=key)


def test_a_place_inside_the_only_neighbourhood_named_takes_its_point_and_says_so(
    service: Locatieserver,
) -> None:
    text = "achter de Jumbo in Zeewijk"
    finder = PlaceFinder(online=pdok(service))
    shop, area = finder.asked(
        (
            _place(text, "achter de Jumbo", "landmark", "jumbo"),
            _place(text, "Zeewijk", "neighbourhood", "zeewijk"),
        ),
        (),
    )
    assert (shop.lat, shop.lon, shop.radius) == (area.lat, area.lon, area.radius)
    assert shop.stated
    assert shop.inferred
    assert not area.inferred
    assert points((shop, area)) == ()


def test_between_two_neighbourhoods_nothing_is_inferred(service: Locatieserver) -> None:
    text = "achter de Jumbo, Zeewijk of Molenbuurt"
    finder = PlaceFinder(online=pdok(service))
    shop, *_ = finder.asked(
        (
            _place(text, "achter de Jumbo", "landmark", "jumbo"),
            _place(text, "Zeewijk", "neighbourhood", "zeewijk"),
            _place(text, "Molenbuurt", "neighbourhood", "molenbuurt"),
        ),
        (),
    )
    assert shop.lat is None


def test_what_the_gazetteer_knows_is_not_asked(service: Locatieserver) -> None:
    known = load_gazetteer(folder("data") / "gazetteers" / "duinveld.csv")
    finder = PlaceFinder(known, pdok(service))
    places = finder.asked(finder.find("vechtpartij Ankerstraat 12"), ())
    assert places[0].lat is not None
    assert service.asked == []


@pytest.fixture(scope="module")
def town() -> Iterator[Locatieserver]:
    with locatieserver(STREET, HOUSE, AREA) as running:
        yield running


@pytest.fixture(scope="module")
def asking(active: Path, town: Locatieserver) -> TrainedClassifier:
    places = PlaceFinder(online=Pdok(TOWN, url=town.url, longest=2.0))
    return load_classifier(active, places=places)


SIGNAL = "Er klimt iemand met een koevoet door het raam, Ankerstraat 12b, bel Annemarie de Wit nu"


def test_no_word_of_a_message_but_its_place_leaves_the_machine(
    asking: TrainedClassifier, town: Locatieserver
) -> None:
    town.heard.clear()
    verdict = asking.judge([Question(text=SIGNAL)])[0]
    assert [place.lat for place in verdict.places] == [52.11]
    assert town.heard
    heard = " ".join(town.heard).lower()
    others = set(SIGNAL.lower().replace(",", "").split()) - {"ankerstraat", "12b", "de", "er", "nu"}
    assert not [word for word in others if len(word) > 3 and word in heard]


def test_of_what_is_no_signal_nothing_is_asked(
    asking: TrainedClassifier, town: Locatieserver
) -> None:
    town.heard.clear()
    verdict = asking.judge([Question(text="Gefeliciteerd buurvrouw van de Ankerstraat 4!")])[0]
    assert not verdict.is_signal
    assert verdict.places
    assert town.heard == []


def test_a_place_that_could_name_somebody_is_not_asked(service: Locatieserver) -> None:
    text = "bij Annemarie Ankerstraat"
    finder = PlaceFinder(online=pdok(service))
    place = _place(text, "Annemarie Ankerstraat", "street", "annemarie ankerstraat")
    (left,) = finder.asked((place,), (_place(text, "Annemarie", "landmark", "annemarie"),))
    assert left.lat is None
    assert service.asked == []
