# SPDX-License-Identifier: EUPL-1.2
"""The bot's texts: complete, checked at load, and in language that everybody can read."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core import errors, resources
from ingest.texts import NEEDED, Texts, dutch_date, load_texts
from tests.ingest.house import TENANT

SHIPPED = resources.folder("data") / "texts" / "nl.toml"
#: Every field that any text has.
FIELDS = {
    "tot": "21 december 2026",
    "sinds": "21 november 2026",
    "dagen_meest": "366",
    "ontvanger": "handhaving",
    "vraag": "Hoe laat was dat?",
    "aantal": "2",
    "lijst": "7F3A-91C2: van 21 november 2026. Wordt gewist op uiterlijk 5 december 2026.",
    "nummer": "7F3A-91C2",
    "groep": "Buurtapp Kersenbuurt",
    "adres": "https://example.nl/meedoen/delft",
    "stopadres": "https://example.nl/herinneringen/1/abc",
    "titel": "Hoe gaat de proef?",
}


def changed(tmp_path: Path, old: str, new: str) -> Path:
    """Return a copy of the shipped texts with one change."""
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "nl.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


@pytest.mark.parametrize("key", NEEDED)
def test_every_text_can_be_said_without_leftover_fields(key: str) -> None:
    said = load_texts().say(key, TENANT, **FIELDS)
    assert said
    assert "{" not in said
    assert ".." not in said


@pytest.mark.parametrize("key", NEEDED)
def test_every_text_is_plain_dutch(key: str) -> None:
    said = load_texts().say(key, TENANT, **FIELDS)
    sentences = [s for s in re.split(r"[.?!:\n]+", said) if s.strip()]
    lengths = [len(sentence.split()) for sentence in sentences]
    assert max(lengths) <= 25
    assert sum(lengths) / len(lengths) <= 15
    assert not re.search(r"\b(?:je|jij|jouw|jullie)\b", said)
    officialese = r"teneinde|middels|dient te|betreffende|derhalve|conform|verwerk|persoonsgegevens"
    assert not re.search(officialese, said)


@pytest.mark.parametrize("key", ["welkom", "uitleg", "maandelijks"])
def test_the_explanation_names_who_why_what_how_long_and_how_to_stop(key: str) -> None:
    said = load_texts().say(key, TENANT, **FIELDS)
    assert "gemeente Delft" in said
    assert "meldingen uit de buurt sneller behandelen." in said
    assert "artikel 172 Gemeentewet." in said
    assert "14 dagen" in said
    assert "90 dagen" in said
    assert "/stop" in said
    assert "medewerker" in said
    assert "#nietdoorsturen" in said


def test_a_missing_text_is_a_configuration_error(tmp_path: Path) -> None:
    path = changed(tmp_path, "bedankt = ", "bedank = ")
    with pytest.raises(errors.ConfigurationError, match="'bedankt' is missing"):
        load_texts(path)


def test_a_text_that_nothing_says_is_a_configuration_error(tmp_path: Path) -> None:
    path = changed(tmp_path, "bedankt = ", 'hallo = "hoi"\nbedankt = ')
    with pytest.raises(errors.ConfigurationError, match="nothing says the text 'hallo'"):
        load_texts(path)


def test_a_missing_field_is_a_configuration_error(tmp_path: Path) -> None:
    path = changed(tmp_path, "Op {tot} stop ik", "Ooit stop ik")
    with pytest.raises(errors.ConfigurationError, match=r"lacks the field \{tot\}"):
        load_texts(path)


@pytest.mark.parametrize("version", ["", "2026-11-1-met-een-heel-lang-verhaal"])
def test_a_version_that_the_ledger_cannot_hold_is_a_configuration_error(
    tmp_path: Path, version: str
) -> None:
    path = changed(tmp_path, 'version = "2026-11-4"', f'version = "{version}"')
    with pytest.raises(errors.ConfigurationError, match="1 to 20 characters"):
        load_texts(path)


def test_a_missing_file_is_a_configuration_error(tmp_path: Path) -> None:
    with pytest.raises(errors.ConfigurationError, match=r"weg\.toml"):
        load_texts(tmp_path / "weg.toml")


@pytest.mark.parametrize(
    "text",
    [
        "{onbekend}",
        "{gemeente.__class__}",
        "{gemeente[0]}",
        "{gemeente!r}",
        "{gemeente:>{doel}}",
        "{}",
        "{gemeente",
        "  ",
    ],
)
def test_a_wording_of_a_municipality_can_only_use_the_named_fields(text: str) -> None:
    tenant = replace(TENANT, texts={"gezien": text})
    with pytest.raises(errors.ConfigurationError, match="gezien"):
        load_texts().of(tenant)


def test_a_municipality_cannot_word_a_text_that_does_not_exist() -> None:
    with pytest.raises(errors.ConfigurationError, match="there is no text 'hallo'"):
        load_texts().of(replace(TENANT, texts={"hallo": "Hoi"}))


def test_a_municipality_cannot_leave_out_how_long_messages_are_kept() -> None:
    short = "{gemeente} leest mee. {doel} {grondslag} {dagen_beslist}"
    with pytest.raises(errors.ConfigurationError, match="dagen_onbeslist"):
        load_texts().of(replace(TENANT, texts={"welkom": short}))


def test_an_own_wording_is_said_and_has_its_own_version() -> None:
    texts = load_texts()
    own = texts.of(replace(TENANT, texts={"gezien": "Dank namens {gemeente}."}))
    other = texts.of(replace(TENANT, texts={"gezien": "Bedankt namens {gemeente}."}))
    assert own.say("gezien", TENANT) == "Dank namens gemeente Delft."
    assert own.say("stop", TENANT) == texts.say("stop", TENANT)
    assert len({texts.version, own.version, other.version}) == 3
    assert len(own.version) <= 32


def test_without_own_wording_the_shipped_texts_are_used() -> None:
    texts: Texts = load_texts()
    assert texts.of(TENANT) is texts


def test_braces_in_a_value_are_said_as_they_are() -> None:
    assert "{tot}" in load_texts().say("vraag", TENANT, vraag="Wat is {tot}?")


def test_a_date_is_written_as_people_do_and_in_dutch_time() -> None:
    assert dutch_date(datetime(2026, 10, 31, 23, 30, tzinfo=UTC)) == "1 november 2026"
