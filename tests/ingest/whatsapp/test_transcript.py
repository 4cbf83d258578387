# SPDX-License-Identifier: EUPL-1.2
"""Which lines make a message, and what is left out of it."""

from __future__ import annotations

import pytest

from core import errors
from ingest.limits import MOST_BYTES
from ingest.whatsapp import transcript
from ingest.whatsapp.transcript import Skipped
from tests.ingest.whatsapp.reading import read, words

ANDROID = "21-11-2026 10:{:02} - {}\n"
IOS = "[21-11-2026, 10:{:02}:00] {}\r\n"


def android(*lines: str) -> str:
    return "".join(ANDROID.format(n, line) for n, line in enumerate(lines))


def ios(*lines: str) -> str:
    return "".join(IOS.format(n, line) for n, line in enumerate(lines))


def test_a_message_of_many_lines_is_one_message() -> None:
    assert words(android("Jan: een\ntwee\n\nvier", "Piet: vijf")) == ["een\ntwee\n\nvier", "vijf"]


@pytest.mark.parametrize(
    "line",
    [
        "12-03-2026 was het ook al raak",
        "28-11-2026 20:00 - Buurtborrel",
        "28-11-2026 20:00 - Marie: kom ook!",
        "20-11-2026 20:00 - Piet: ik zie hem weer staan",
        "[20-11-2026, 20:00:00] Piet: van een iPhone gekopieerd",
        "2016-04-29 10:30:00",
    ],
)
def test_a_line_that_looks_like_a_date_stays_in_its_message(line: str) -> None:
    export = android("Jan: eerst", f"Jan: agenda\n{line}\ngroet", "Piet: dag", "Anna: later")
    assert words(export) == ["eerst", f"agenda\n{line}\ngroet", "dag", "later"]


def test_two_exports_pasted_together_lose_nothing() -> None:
    one = android(*(f"Jan: nummer {n}" for n in range(30)))
    other = one.replace("21-11-2026", "20-11-2026").replace("nummer", "eerder")
    assert len(words(one + other)) == 60


SYSTEM_ANDROID = [
    "Berichten en gesprekken worden end-to-end versleuteld. Niemand buiten deze chat kan ze lezen.",
    "Jan heeft de groep “Buurt” gemaakt",
    "U hebt deze groep aangemaakt",
    "Jan heeft je toegevoegd",
    "Piet is toegetreden via de uitnodigingslink",
    'Jan heeft het onderwerp gewijzigd van "Buurt: noord" naar "Buurt: zuid"',
    "Je beveiligingscode met Piet is gewijzigd. Tik voor meer informatie.",
    "Je beveiligingscode met Piet: werk is gewijzigd. Tik voor meer informatie.",
    'Jan changed the group name from "a: b" to "c: d"',
    "+31 6 55512345 left",
]


@pytest.mark.parametrize("line", SYSTEM_ANDROID)
def test_a_line_without_a_writer_is_no_message(line: str) -> None:
    entries, tally = read(android("Jan: een", line, "Jan: twee"))
    assert [e.words for e in entries] == ["een", "twee"]
    assert tally.skipped == {Skipped.SYSTEM: 1}


@pytest.mark.parametrize(
    "line",
    [
        "Buurtapp: \u200eBerichten en gesprekken worden end-to-end versleuteld.",
        "Buurtapp: Berichten en gesprekken zijn end-to-end versleuteld. Niemand kan ze lezen.",
        "Buurtapp: Messages and calls are end-to-end encrypted.",
        "Jan: \u200eJan heeft de groep gemaakt",
        "Jan: \u200eJan heeft Piet toegevoegd",
        "Piet: \u200ePiet heeft de groep verlaten",
        "Piet: \u200ePiet left",
        "Jan: \u200eJan heeft de groepsafbeelding gewijzigd",
        "Jan: \u200eJe bent nu een beheerder",
        "Jan: \u200eJan created this group",
        "Jan: \u200eJan added Piet",
    ],
)
def test_ios_marks_its_own_lines_and_gives_them_a_writer(line: str) -> None:
    entries, tally = read(ios("Jan: een", line))
    assert [e.words for e in entries] == ["een"]
    assert tally.skipped == {Skipped.SYSTEM: 1}


@pytest.mark.parametrize(
    "text",
    [
        "Wie heeft de groep verlaten?",
        "Is WhatsApp end-to-end versleuteld?",
        "Mijn fiets is weg, left behind",
        "Dit bericht is verwijderd zei hij, raar",
        "Ik heb een foto weggelaten",
        "Locatie: https://maps.google.com/?q=52.0,4.3",
    ],
)
def test_people_may_use_the_words_of_whatsapp(text: str) -> None:
    assert words(ios(f"Jan: {text}")) == [text]
    assert words(android(f"Jan: {text}")) == [text]


@pytest.mark.parametrize(
    "body",
    [
        "<Media weggelaten>",
        "<Media omitted>",
        "\u200eafbeelding weggelaten",
        "afbeelding weggelaten",
        "\u200eGIF weggelaten",
        "\u200evideonotitie weggelaten",
        "\u200eimage omitted",
        "\u200e<bijgevoegd: 00000012-PHOTO-2026.jpg>",
        "<attached: 00000012-PHOTO-2026.jpg>",
        "IMG-20261121-WA0001.jpg (bestand bijgevoegd)",
        "\u200eIMG-20261121-WA0001.jpg (file attached)",
        "Brief van Jan.pdf • 3 pagina’s \u200edocument weggelaten",
    ],
)
def test_a_picture_without_words_is_no_message(body: str) -> None:
    entries, tally = read(android("Jan: een", f"Piet: {body}"))
    assert [e.words for e in entries] == ["een"]
    assert tally.skipped == {Skipped.MEDIA: 1}


@pytest.mark.parametrize(
    "body",
    [
        "IMG-1.jpg (bestand bijgevoegd)\nBank op straat",
        "\u200eIMG-1.jpg (bestand bijgevoegd)\nBank op straat",
        "Bank op straat \u200eafbeelding weggelaten",
        "Bank op straat \u200e<bijgevoegd: 0001.jpg>",
        "Bank op straat\n<Media weggelaten>",
        "Bank op straat \u200e<Dit bericht is bewerkt>",
        "Bank op straat <This message was edited>",
        "\u200eBank op straat",
        "Bank op \u2068straat\u2069",
    ],
)
def test_the_words_beside_a_picture_or_mark_stay(body: str) -> None:
    assert words(android(f"Jan: {body}")) == ["Bank op straat"]


@pytest.mark.parametrize(
    "body",
    [
        "Dit bericht is verwijderd",
        "\u200eDit bericht is verwijderd.",
        "Je hebt dit bericht verwijderd",
        "\u200eThis message was deleted.",
        "Wachten op dit bericht. Dit kan even duren.",
        "\u200eGemiste spraakoproep",
        "null",
    ],
)
def test_what_was_deleted_or_never_came_is_no_message(body: str) -> None:
    entries, tally = read(ios("Jan: een", f"Piet: {body}"))
    assert [e.words for e in entries] == ["een"]
    assert tally.skipped.total() == 1


@pytest.mark.parametrize(
    ("written", "author"),
    [
        ("Jan", "Jan"),
        ("~\u202fJan", "Jan"),
        ("~ Jan", "Jan"),
        ("\u200e\u202a+31\u00a06\u00a055512345\u202c", "+31 6 55512345"),
        ("Jan (nieuw nummer)", "Jan (nieuw nummer)"),
        ("~", "~"),
    ],
)
def test_a_writer_has_one_name_on_all_phones(written: str, author: str) -> None:
    entries, _ = read(android(f"{written}: dag"))
    assert [e.author for e in entries] == [author]


def test_a_message_without_words_is_no_message() -> None:
    assert words(android("Jan: ", "Jan:", "Jan: dag")) == ["dag"]


def test_bytes_that_are_no_utf8_lose_that_message_only() -> None:
    export = android("Jan: een", "Piet: caf@\nmeer", "Jan: drie").encode().replace(b"@", b"\xe9")
    entries, tally = read(export)
    assert [e.words for e in entries] == ["een", "drie"]
    [problem] = tally.problems.first
    assert problem.line == 2
    assert str(problem) == f"regel 2: {transcript.INVALID}"
    assert "UTF-8" in problem.what
    assert "caf" not in problem.what


def test_a_line_of_fifty_megabytes_loses_that_message_only() -> None:
    export = android("Jan: een", "Piet: " + "a" * 50_000_000, "Jan: drie")
    entries, tally = read(export)
    assert [e.words for e in entries] == ["een", "drie"]
    [problem] = tally.problems.first
    assert (problem.line, problem.what) == (2, transcript.TOO_LARGE)


def test_a_message_of_endless_lines_loses_that_message_only() -> None:
    export = android("Jan: een", "Piet: x" + "\nregel" * (MOST_BYTES // 5), "Jan: drie")
    entries, tally = read(export)
    assert [e.words for e in entries] == ["een", "drie"]
    assert tally.problems.total == 1


def test_a_date_of_1970_loses_that_message_only() -> None:
    export = android("Jan: een") + "01-01-1970 00:00 - Piet: oud\nmeer\n" + android("Jan: drie")
    entries, tally = read(export)
    assert [e.words for e in entries] == ["een", "drie"]
    [problem] = tally.problems.first
    assert "2009" in problem.what


def test_lines_before_the_first_message_are_noted() -> None:
    entries, tally = read("Chat met buurt\n\n" + android("Jan: een"))
    assert [e.words for e in entries] == ["een"]
    assert [p.line for p in tally.problems.first] == [1]


@pytest.mark.parametrize("export", ["", "zomaar tekst\nnog meer\n", "12-03-2026 geen tijd"])
def test_a_file_without_messages_is_refused_with_what_is_accepted(export: str) -> None:
    with pytest.raises(errors.BadInput, match="Chat exporteren"):
        read(export)


def test_a_file_that_is_no_text_is_refused() -> None:
    with pytest.raises(errors.BadInput, match="geen tekstbestand"):
        read(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")


def test_more_than_a_hundred_problems_are_counted_and_not_kept() -> None:
    export = "rommel\n" * 250 + android("Jan: een")
    _, tally = read(export)
    assert tally.problems.total == 250
    assert len(tally.problems.first) == 100
