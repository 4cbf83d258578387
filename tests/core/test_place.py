# SPDX-License-Identifier: EUPL-1.2
"""Two mentions of places agree, contradict, or say nothing about each other."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import place
from core.place import Fit, Point
from core.verdict import Place

#: The machine may be busy; how long an example takes says nothing here.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

#: Two points 111 metres apart, and one 3 kilometres away (invented).
HERE: Point = (52.0330, 4.2830)
NEXT_DOOR: Point = (52.0340, 4.2830)
FAR: Point = (52.0600, 4.2830)


@pytest.mark.parametrize(
    ("ours", "theirs", "fit"),
    [
        ({"street:kerkstraat"}, {"street:kerkstraat"}, Fit.SAME),
        ({"street:kerkstraat"}, {"street:molenweg"}, Fit.CONTRADICTS),
        # A house number is finer than its street; neighbours' numbers are one spot.
        ({"street:kerkstraat 12"}, {"street:kerkstraat"}, Fit.SAME),
        ({"street:kerkstraat 12"}, {"street:kerkstraat 16a"}, Fit.SAME),
        ({"street:kerkstraat 12"}, {"street:kerkstraat 240"}, Fit.CONTRADICTS),
        # A crossing lies in both of its streets.
        ({"crossing:dorpsstraat/parallelweg"}, {"street:parallelweg"}, Fit.SAME),
        ({"crossing:dorpsstraat en parallelweg"}, {"street:molenweg"}, Fit.CONTRADICTS),
        ({"postcode:2548 bx"}, {"postcode:2548bx"}, Fit.SAME),
        ({"postcode:2548"}, {"postcode:2548bx"}, Fit.AREA),
        ({"postcode:2548bx"}, {"postcode:2549aa"}, Fit.CONTRADICTS),
        ({"neighbourhood:zeewijk"}, {"neighbourhood:zeewijk"}, Fit.AREA),
        ({"neighbourhood:zeewijk"}, {"neighbourhood:molenbuurt"}, Fit.CONTRADICTS),
        # A shop, a street and a neighbourhood cannot be compared by name.
        ({"landmark:jumbo"}, {"street:kerkstraat"}, Fit.UNSURE),
        ({"street:kerkstraat"}, {"neighbourhood:zeewijk"}, Fit.UNSURE),
        # There is more than one school and more than one number 12.
        ({"landmark:school"}, {"landmark:school"}, Fit.NAMED),
        ({"landmark:nummer 12"}, {"landmark:nummer 12"}, Fit.NAMED),
        # A school may stand beside a park.
        ({"landmark:school"}, {"landmark:park"}, Fit.UNSURE),
        (
            {"landmark:school", "neighbourhood:zeewijk"},
            {"landmark:school", "neighbourhood:molenbuurt"},
            Fit.CONTRADICTS,
        ),
        # What agrees outweighs what differs; what is precise outweighs what is coarse.
        ({"street:kerkstraat", "landmark:jumbo"}, {"street:kerkstraat", "landmark:kerk"}, Fit.SAME),
        (
            {"street:kerkstraat", "neighbourhood:zeewijk"},
            {"street:molenweg", "neighbourhood:zeewijk"},
            Fit.CONTRADICTS,
        ),
        ({"neighbourhood:a"}, {"neighbourhood:a", "neighbourhood:b"}, Fit.AREA),
        (set(), {"street:kerkstraat"}, Fit.SILENT),
        (set(), set(), Fit.SILENT),
    ],
)
def test_names_of_places_compare_as_people_mean_them(
    ours: set[str], theirs: set[str], fit: Fit
) -> None:
    one, other = frozenset(ours), frozenset(theirs)
    assert place.compare(one, (), other, (), near=150) is fit
    assert place.compare(other, (), one, (), near=150) is fit


@pytest.mark.parametrize(
    ("ours", "theirs", "there", "fit"),
    [
        # Points decide where names cannot.
        ({"landmark:jumbo"}, {"street:kerkstraat"}, NEXT_DOOR, Fit.SAME),
        ({"landmark:jumbo"}, {"street:kerkstraat"}, FAR, Fit.CONTRADICTS),
        # Two streets that meet.
        ({"street:kerkstraat"}, {"street:molenweg"}, NEXT_DOOR, Fit.SAME),
        # The Kerkstraat of another village.
        ({"street:kerkstraat"}, {"street:kerkstraat"}, FAR, Fit.CONTRADICTS),
    ],
)
def test_points_decide_over_names(ours: set[str], theirs: set[str], there: Point, fit: Fit) -> None:
    assert place.compare(frozenset(ours), (HERE,), frozenset(theirs), (there,), near=150) is fit


def test_inferred_places_and_neighbourhoods_give_no_precise_point() -> None:
    stated = Place(start=0, end=3, kind="street", key="kerkstraat", lat=52.0, lon=4.0)
    inferred = Place(
        start=0, end=0, kind="neighbourhood", key="zeewijk", lat=52.0, lon=4.0, stated=False
    )
    coarse = Place(start=5, end=9, kind="neighbourhood", key="molenbuurt", lat=52.1, lon=4.1)
    unknown = Place(start=9, end=12, kind="street", key="nieuweweg")
    places = [stated, inferred, coarse, unknown]
    assert place.points(places) == ((52.0, 4.0),)
    assert place.spots(places) == {
        "street:kerkstraat",
        "neighbourhood:molenbuurt",
        "street:nieuweweg",
    }


@pytest.mark.parametrize(
    ("one", "other", "metres"),
    [
        (HERE, HERE, 0),
        # One thousandth of a degree of latitude is 111.2 metres everywhere.
        (HERE, NEXT_DOOR, 111.2),
        # At 60 degrees north a degree of longitude is half of that at the equator.
        ((60.0, 4.0), (60.0, 5.0), 55_597),
    ],
)
def test_distances_are_over_the_ground(one: Point, other: Point, metres: float) -> None:
    assert place.metres(one, other) == pytest.approx(metres, rel=1e-3)


degrees = st.tuples(st.floats(50, 54), st.floats(3, 8))


@unhurried
@given(degrees, degrees)
def test_distance_is_symmetric_and_never_negative(one: Point, other: Point) -> None:
    assert place.metres(one, other) == pytest.approx(place.metres(other, one))
    assert place.metres(one, other) >= 0
