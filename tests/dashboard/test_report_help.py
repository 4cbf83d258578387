# SPDX-License-Identifier: EUPL-1.2
"""Nobody in need finds a wrong number: people see when it was checked, and without that no form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from buurtsignaal.connections import connect_all
from buurtsignaal.reporting import build_reporting
from buurtsignaal.settings import Environment, secret
from core import errors
from core.clock import FrozenClock
from dashboard.report.house import House, load_house
from tests.buurtsignaal.conftest import PlainClassifier
from tests.rig.formhouse import SLUG, FormHouse, form_house

TODAY = date(2026, 11, 21)


@pytest.fixture
def forms(tmp_path: Path, clock: FrozenClock) -> Iterator[FormHouse]:
    with form_house(tmp_path, clock, PlainClassifier()) as made:
        yield made


def check(forms: FormHouse, day: str) -> Path:
    path = forms.house.settings.tenants_dir / SLUG / "form.toml"
    path.write_text(f"help_checked = {day}\n", encoding="utf-8")
    return path


def open_in_production(forms: FormHouse) -> House:
    settings = forms.house.settings.model_copy(update={"environment": Environment.PRODUCTION})
    house = replace(forms.house, settings=settings)
    connections = connect_all(house.tenants, secret)
    built = build_reporting(house, forms.committer.submit, connections, {})
    return built.forms[SLUG].house


@pytest.mark.parametrize("day", [None, "2025-11-19", "2026-11-22"])
def test_in_production_a_form_whose_numbers_nobody_checked_this_year_does_not_open(
    forms: FormHouse, day: str | None
) -> None:
    if day:
        check(forms, day)
    with pytest.raises(errors.ConfigurationError, match="help_checked"):
        open_in_production(forms)


def test_in_production_a_form_opens_whose_numbers_were_checked(forms: FormHouse) -> None:
    check(forms, "2026-11-20")
    assert open_in_production(forms).knows_numbers(TODAY)


@pytest.mark.parametrize(("back", "known"), [(0, True), (366, True), (367, False), (-1, False)])
def test_a_check_counts_for_a_year(back: int, known: bool) -> None:
    look = House(help_checked=TODAY - timedelta(days=back))
    assert look.knows_numbers(TODAY) is known


@pytest.mark.parametrize("day", ['"2026-11-20"', "2026-11-20T10:00:00", "true"])
def test_a_day_that_is_none_is_refused(forms: FormHouse, day: str) -> None:
    with pytest.raises(errors.ConfigurationError, match="help_checked"):
        load_house(check(forms, day))


def test_people_see_when_the_numbers_were_checked_and_nothing_when_they_were_not(
    forms: FormHouse,
) -> None:
    person = forms.visitor()
    person.open()
    assert "gecontroleerd op" not in person.send(verhaal="Iemand schold mij uit").text
    form = forms.services.reporting.forms[SLUG]
    checked = replace(form, house=replace(form.house, help_checked=date(2026, 11, 20)))
    forms.services.reporting.forms[SLUG] = checked  # type: ignore[index]
    person = forms.visitor()
    person.open()
    assert "gecontroleerd op 20 nov 2026." in person.send(verhaal="Iemand schold mij uit").text


def test_the_administrator_sees_which_numbers_there_are_and_that_they_must_be_checked(
    forms: FormHouse,
) -> None:
    page = forms.operator("beheer").get("/beheer/melden").text
    assert "Nog niet gecontroleerd" in page
    assert "0800-0188" in page


def test_who_knows_no_street_chooses_a_neighbourhood_and_needs_no_script_for_it(
    forms: FormHouse,
) -> None:
    person = forms.visitor()
    person.open()
    page = person.client.get(f"/melden/{SLUG}").text
    assert '<option value="molenbuurt">Molenbuurt</option>' in page
    assert "<script" not in page
    person.send(verhaal="Iemand schold mij uit", buurt="molenbuurt")
    person.open()
    person.send(verhaal="Het gebeurde weer", waar="bij de kiosk in Molenbuurt", buurt="molenbuurt")
    person.open()
    person.send(verhaal="En nog eens", waar="bij de kiosk", buurt="zeewijk")
    person.open()
    person.send(verhaal="Een buurt die er niet is", buurt="<script>")
    places = {row.text.partition("\nWaar: ")[2] for row in forms.signals() if row.text}
    assert places == {"Molenbuurt", "bij de kiosk in Molenbuurt", "bij de kiosk, Zeewijk", ""}
