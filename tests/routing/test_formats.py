# SPDX-License-Identifier: EUPL-1.2
"""What receivers read: a letter, a line for the log, an event."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_structured_event
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.label import Urgency
from routing.formats import cloudevents, letter
from routing.formats.kladblok import MOST, kladblok
from routing.formats.plain import one_line, plain, token
from routing.report import Where
from tests.routing import samples

#: The machine may be busy; how long an example takes says nothing here.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

SOURCE = "urn:nld:oin:00000000000000000000:systeem:buurtsignaal"


def test_the_letter_says_what_where_when_and_who_decided() -> None:
    text = letter.letter(samples.report().masked())
    for line in (
        "Wat: Inbraak: woning",
        "Hoe dringend: Het gebeurt nu, of is net gebeurd.",
        "Waar: Kerkstraat 12",
        "Wanneer geschreven: zaterdag 21 november 2026 om 21:45 uur",
        "Wie zag het: De schrijver zag het zelf.",
        "Bron: Buurtpreventie Zeewijk",
        "(Persoonsgegevens in de tekst zijn vervangen.)",
        f"> {samples.MASKED}",
        "Bekeken en doorgestuurd door agnes, zaterdag 21 november 2026 om 21:50 uur.",
        "Die was 87% zeker van zijn keuze.",
        f"Kenmerk: {samples.report().id}",
    ):
        assert line in text.splitlines() or line in text
    assert "Jan de Vries" not in text


def test_a_letter_with_the_full_text_does_not_say_that_it_was_masked() -> None:
    text = letter.letter(samples.report())
    assert f"> {samples.WORDS}" in text
    assert "vervangen" not in text


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"places": ()}, "Waar: niet genoemd"),
        (
            {"places": (Where(text="Zeewijk", kind="neighbourhood", stated=False),)},
            "Waar: niet genoemd (de groep hoort bij Zeewijk)",
        ),
        ({"first_hand": None}, "Wie zag het: Niet bekend."),
        ({"first_hand": False}, "Wie zag het: De schrijver hoorde het van een ander."),
        ({"group": ""}, "Bron: niet bekend"),
        ({"urgency": Urgency.SPOED}, "Hoe dringend: Spoed: er is gevaar, of het gebeurt op dit"),
        ({"decided_by": None}, "Deze soort melding gaat zonder tussenkomst van een mens door"),
        ({"text": "een\ntwee"}, "> een\n> twee"),
    ],
)
def test_the_letter_says_what_is_not_known(changed: dict[str, Any], line: str) -> None:
    assert line in letter.letter(samples.report(full_text=None, **changed))


def test_a_subject_holds_no_word_of_a_citizen() -> None:
    report = samples.report(urgency=Urgency.SPOED)
    assert letter.subject(report) == "SPOED Melding uit de buurt: Inbraak: woning (Duinveld)"
    assert letter.retraction_subject(report) == "Ingetrokken: Inbraak: woning (Duinveld)"


def test_the_line_for_the_log_has_the_code_first() -> None:
    assert kladblok(samples.report().masked()) == (
        "BZIBWN - Inbraak: woning - Kerkstraat 12 - 21-11 21:45 - actueel - zelf gezien - "
        f'"{samples.MASKED}"'
    )


def test_the_line_for_the_log_is_one_short_line() -> None:
    line = kladblok(samples.report(full_text="a\n" * 2000, lmc=None))
    assert len(line) == MOST
    assert "\n" not in line
    assert line.startswith("Inbraak")


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("a\r\nb\rc", "a\nb\nc"),
        ("rood\x1b[31m\x00\x07", "rood[31m"),
        # Right-to-left tricks and half characters go; emoji and accents stay.
        ("abc\u202edcb", "abcdcb"),
        ("\ud800half", "half"),
        ("één 👨‍👩‍👧 ❤️", "één 👨‍👩‍👧 ❤️"),
    ],
)
def test_plain_text_keeps_words_and_drops_tricks(text: str, safe: str) -> None:
    assert plain(text) == safe


@unhurried
@given(st.text(st.characters(), max_size=200))
def test_plain_text_can_be_encoded_and_is_stable(text: str) -> None:
    safe = plain(text)
    assert plain(safe) == safe
    safe.encode()
    assert "\n" not in one_line(text)


def test_plain_of_nothing_is_nothing() -> None:
    assert plain("") == one_line(" \n ") == ""


@unhurried
@given(st.text(st.characters(), max_size=100))
def test_any_key_becomes_one_that_fits_a_header(key: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", token(key))
    assert token(key) == token(key)


def test_a_good_key_stays_as_it_is() -> None:
    assert token("a1" * 32) == "a1" * 32
    assert token("a\r\nBcc: x") != token("a\r\nBcc: y")


def event(report_body: bytes) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(report_body)
    return loaded


def test_an_event_follows_the_profile() -> None:
    body = cloudevents.forwarded(samples.report().masked(), event_id="k1", source=SOURCE)
    found = event(body)
    data = found.pop("data")
    assert found == {
        "specversion": "1.0",
        # Past tense, reverse DNS, one version at the end.
        "type": "nl.buurtsignaal.signaal-doorgezet.v1",
        "source": SOURCE,
        "id": "k1",
        # When it was logged, not when it happened.
        "time": "2026-11-21T20:50:00.000Z",
        "subject": samples.report().id,
        "datacontenttype": "application/json",
    }
    assert all(re.fullmatch(r"[a-z0-9]{1,20}", name) for name in found)
    assert data["lmc"] == "bzibwn"
    assert data["sentAt"] == "2026-11-21T20:45:00.000Z"
    assert data["text"] == samples.MASKED
    assert data["textMasked"] is True
    assert data["places"] == [
        {"text": "Kerkstraat 12", "kind": "street", "lat": 52.03, "lon": 4.28, "stated": True}
    ]


def test_the_official_library_reads_our_event() -> None:
    body = cloudevents.forwarded(samples.report(), event_id="k1", source=SOURCE)
    headers = {"content-type": cloudevents.CONTENT_TYPE}
    read = from_structured_event(HTTPMessage(headers=headers, body=body), None)
    assert read.get_type() == cloudevents.FORWARDED
    assert read.get_subject() == samples.report().id
    assert read.get_time() == datetime(2026, 11, 21, 20, 50, tzinfo=UTC)


def test_no_attribute_holds_a_word_of_a_citizen() -> None:
    found = event(cloudevents.forwarded(samples.report(), event_id="k", source=SOURCE))
    del found["data"]
    for word in ("Jan", "Vries", "0612345678", "achterdeur", "Kerkstraat", "Zeewijk"):
        assert word not in json.dumps(found)


def test_an_endless_text_is_cut_to_what_a_receiver_must_take() -> None:
    report = samples.report(full_text=None, text="é" * 200_000)
    body = cloudevents.forwarded(report, event_id="k", source=SOURCE)
    assert len(body) <= cloudevents.MOST_BYTES
    assert event(body)["data"]["textCut"] is True
    assert event(body)["data"]["textMasked"] is True
    assert event(body)["data"]["text"].startswith("ééé")


def test_a_retraction_repeats_no_words() -> None:
    body = cloudevents.retracted(samples.report(), event_id="k2", source=SOURCE)
    assert event(body)["type"] == "nl.buurtsignaal.signaal-ingetrokken.v1"
    assert event(body)["data"] == {
        "signalId": samples.report().id,
        "incidentId": samples.report().incident,
    }
