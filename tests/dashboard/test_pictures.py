# SPDX-License-Identifier: EUPL-1.2
"""Every page has its pictures and its line in docs/reference/pages.md."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from tests.dashboard.test_access import routes
from tools.pictures import FOLDER, SHOTS, Shot, file_of, looks

PAGES = Path(__file__).parents[2] / "docs" / "reference" / "pages.md"
#: Routes that answer with no page of their own: files, pieces of pages, streams and ways there.
NO_PAGES = frozenset(
    {
        *("card", "cards", "stream", "sources", "present", "explanation", "start", "health"),
        *("report-sheet", "report-logo", "report-photo", "house-sheet", "house-logo", "favicon"),
        *("licence-text", "security-txt", "join-qr", "map-layer", "admins-export"),
        *("list-csv", "list-json", "shift-json", "hotspots-csv", "hotspots-json", "dossier-json"),
        *("model-card", "model-metrics", "model-report", "algorithm-register"),
        *("audit-csv", "audit-json"),
        # The English address leads to the same form, which is pictured as "report-en".
        "report-en-form",
        # Behind a link that a group or an admin gets; the demo sends none.
        *("survey", "survey-csv", "questionnaire", "rating", "reminders"),
        # Only there while a comparison runs, which takes minutes.
        "comparison",
    }
)


def test_every_page_is_pictured() -> None:
    shown = {route.name for route in routes() if "GET" in (route.methods or ())} - NO_PAGES
    assert shown - {shot.route for shot in SHOTS} == set()


@pytest.mark.parametrize("shot", SHOTS, ids=lambda shot: shot.route)
def test_a_page_has_its_pictures_and_its_line(shot: Shot) -> None:
    text = PAGES.read_text(encoding="utf-8")
    for look in looks(shot):
        file = file_of(shot, look)
        assert f"(../pictures/{file.name})" in text
        with Image.open(file) as image:
            assert image.width == look.size["width"]


def test_pictures_are_small_and_none_is_left_over() -> None:
    files = list(FOLDER.iterdir())
    assert sum(file.stat().st_size for file in files) < 6_000_000
    assert set(files) == {file_of(shot, look) for shot in SHOTS for look in looks(shot)}
