# SPDX-License-Identifier: EUPL-1.2
"""Everybody can read what joining means, without an account and on a phone."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree import ElementTree as ET

from tests.dashboard.visitor import Visitor
from tests.dashboard.world import SLUG

Make = Callable[[], Visitor]


def test_everybody_can_read_who_reads_why_what_is_kept_and_how_to_stop(visitor: Make) -> None:
    page = visitor().get(f"/meedoen/{SLUG}").text
    for words in (
        "gemeente Veldhoven",
        "Doel: een veilige en schone buurt.",
        "Wettelijke basis: artikel 172 Gemeentewet.",
        "na 90 dagen",
        "na 14 dagen",
        "/nee",
        "/stop",
        "#nietdoorsturen",
    ):
        assert words in page


def test_the_list_leads_to_each_municipality(visitor: Make) -> None:
    page = visitor().get("/meedoen").text
    assert f'href="/meedoen/{SLUG}"' in page
    assert 'href="/meedoen/elders"' in page


def test_a_municipality_that_is_not_here_is_not_found(visitor: Make) -> None:
    assert visitor().get("/meedoen/nergens").status_code == 404
    assert visitor().get("/meedoen/nergens/qr.svg").status_code == 404


def test_the_code_is_a_picture_without_anything_that_runs(visitor: Make) -> None:
    answer = visitor().get(f"/meedoen/{SLUG}/qr.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    root = ET.fromstring(answer.content)
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags == {"svg", "g", "path"}
