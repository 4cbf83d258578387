# SPDX-License-Identifier: EUPL-1.2
"""Which lines may be the start of a message."""

from __future__ import annotations

from datetime import datetime

import pytest

from ingest.whatsapp.header import DateOrder, read_header


@pytest.mark.parametrize(
    ("line", "order", "expected", "rest"),
    [
        ("12-03-2024 21:14 - Jan: dag", DateOrder.DMY, "2024-03-12T21:14:00", "Jan: dag"),
        ("[12-03-2024, 21:14:02] Jan: dag", DateOrder.DMY, "2024-03-12T21:14:02", "Jan: dag"),
        ("[12-03-2024 21:14:02] Jan: dag", DateOrder.DMY, "2024-03-12T21:14:02", "Jan: dag"),
        ("06-01-16 12:29:41: Jan: dag", DateOrder.DMY, "2016-01-06T12:29:41", "Jan: dag"),
        ("\u200e[12/03/24, 21:14:02] Jan: d", DateOrder.DMY, "2024-03-12T21:14:02", "Jan: d"),
        ("3/12/24, 9:14\u202fPM - Jan: d", DateOrder.MDY, "2024-03-12T21:14:00", "Jan: d"),
        ("3/12/24, 12:14 AM - Jan: d", DateOrder.MDY, "2024-03-12T00:14:00", "Jan: d"),
        ("3/12/24, 12:14 p.m. - Jan: d", DateOrder.MDY, "2024-03-12T12:14:00", "Jan: d"),
        ("12/3/24 9:14 p. m. - Jan: d", DateOrder.DMY, "2024-03-12T21:14:00", "Jan: d"),
        ("12/3/24 9:14\u00a0p.\u00a0m. - Jan: d", DateOrder.DMY, "2024-03-12T21:14:00", "Jan: d"),
        ("2024-03-12, 21:14 - Jan: d", DateOrder.YMD, "2024-03-12T21:14:00", "Jan: d"),
        ("12.03.24 21.14.02: Jan: d", DateOrder.DMY, "2024-03-12T21:14:02", "Jan: d"),
        ("12-3-2024 om 21:14 - Jan: d", DateOrder.DMY, "2024-03-12T21:14:00", "Jan: d"),
        ("12-03-2024 21:14 – Jan: d", DateOrder.DMY, "2024-03-12T21:14:00", "Jan: d"),
        ("12-03-2024 21:14 -", DateOrder.DMY, "2024-03-12T21:14:00", ""),
    ],
)
def test_date_and_time_are_read(line: str, order: DateOrder, expected: str, rest: str) -> None:
    header = read_header(line)
    assert header
    assert header.moment(order) == datetime.fromisoformat(expected)
    assert header.rest == rest


@pytest.mark.parametrize(
    "line",
    [
        "",
        "dag",
        "12-03-2024",
        "12-03-2024 was het ook al raak",
        "12-03-2024 21:14",
        "12-03-2024 om 21:14 is de vergadering",
        "2016-04-29 10:30:00",
        "[21:14, 12-3-2024] Jan: gekopieerd van WhatsApp Web",
        "[12-03-2024, 21:14:02 Jan: dag",
        "12-03-2024, 21:14:02] Jan: dag",
        "12-03-2024 24:14 - Jan: dag",
        "12-03-2024 21:60 - Jan: dag",
        "12-03/2024 21:14 - Jan: dag",
        "2024-03-2024 21:14 - Jan: dag",
        "12-03-202 21:14 - Jan: dag",
        " 12-03-2024 21:14 - Jan: dag",
        "Tel: 06-12-34 12:34 - bel maar",
    ],
)
def test_lines_that_only_look_like_it_are_not(line: str) -> None:
    assert read_header(line) is None


def test_a_date_that_does_not_exist_has_no_moment() -> None:
    header = read_header("31-02-2024 21:14 - Jan: dag")
    assert header
    assert header.moment(DateOrder.DMY) is None
