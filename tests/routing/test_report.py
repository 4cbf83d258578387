# SPDX-License-Identifier: EUPL-1.2
"""A report says what was stored, survives the outbox, and can leave people out."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from core import errors, resources
from core.label import load_taxonomy
from core.verdict import Personal, PersonalKind, Place
from routing.report import Report, Where, read_report, report_of
from store.database import Store
from store.signalrow import SignalRow
from tests.routing import samples
from tests.store_samples import new_signal, stored_signal, verdict

AT = datetime(2026, 11, 21, 21, 0, tzinfo=UTC)


def made(signal: SignalRow) -> Report:
    taxonomy = load_taxonomy(resources.folder("data") / "taxonomy" / "taxonomy.toml")
    return report_of(
        signal, taxonomy, municipality="Duinveld", group="Buurt", decided_at=AT, decided_by="agnes"
    )


def with_text(store: Store, signal: SignalRow) -> SignalRow:
    with store.read() as work:
        return work.signals.get(signal.id, with_text=True)


def test_a_report_tells_what_was_stored(sqlite_store: Store) -> None:
    signal = stored_signal(sqlite_store, judged=verdict(subcategory="woning"))
    report = made(with_text(sqlite_store, signal))
    assert report.kind == "Inbraak: woning"
    assert (report.lmc, report.signalen) == ("bzibwn", "overig/overig")
    assert report.text == "Inbraak gaande bij [naam] op de Molenstraat"
    assert report.words == "Inbraak gaande bij Jan op de Molenstraat"
    assert report.places == (Where(text=report.words[26:40], kind="street", lat=52.0, lon=4.36),)
    assert (report.decided_by, report.decided_at) == ("agnes", AT)


def test_without_the_full_text_a_place_has_its_normalised_name(sqlite_store: Store) -> None:
    report = made(stored_signal(sqlite_store))
    assert report.full_text is None
    assert report.places[0].text == "molenstraat"


def test_a_place_that_holds_a_name_does_not_show_it(sqlite_store: Store) -> None:
    judged = verdict(
        places=(Place(start=15, end=40, kind="street", key="molenstraat"),),
        personal=(Personal(start=19, end=22, kind=PersonalKind.NAME),),
    )
    signal = stored_signal(sqlite_store, judged=judged)
    report = made(with_text(sqlite_store, signal))
    assert report.places[0].text == "bij [naam] op de Molenstraat"[:28]
    assert "Jan" not in json.dumps(report.masked().payload())


def test_an_inferred_place_is_named_as_such(sqlite_store: Store) -> None:
    judged = verdict(
        places=(Place(start=0, end=0, kind="neighbourhood", key="zeewijk", stated=False),)
    )
    report = made(with_text(sqlite_store, stored_signal(sqlite_store, judged=judged)))
    assert report.places == (Where(text="zeewijk", kind="neighbourhood", stated=False),)


def test_a_subcategory_that_the_taxonomy_does_not_know_is_left_out(sqlite_store: Store) -> None:
    report = made(stored_signal(sqlite_store, judged=verdict(subcategory="kasteel")))
    assert (report.kind, report.subcategory) == ("Inbraak", None)


@pytest.mark.parametrize(
    "report",
    [samples.report(), samples.report().masked(), samples.report(first_hand=None, places=())],
)
def test_a_report_comes_out_of_the_outbox_as_it_went_in(report: Report) -> None:
    assert read_report(json.loads(json.dumps(report.payload()))) == report


@pytest.mark.parametrize(
    "payload", [None, {}, {"id": 3}, samples.report().payload() | {"category": samples.WORDS}]
)
def test_a_payload_that_is_no_report_is_refused_without_showing_it(
    payload: dict[str, object] | None,
) -> None:
    with pytest.raises(errors.BadInput) as caught:
        read_report(payload)
    assert "Jan" not in str(caught.value)


def test_a_masked_report_and_a_retraction_hold_less_and_less() -> None:
    report = samples.report()
    assert report.masked().words == samples.MASKED
    bare = report.without_text()
    assert (bare.words, bare.places, bare.full_text) == ("", (), None)
    assert bare.id == report.id


def test_neither_report_nor_signal_shows_words_in_a_traceback() -> None:
    assert "Jan" not in repr(samples.report())
    assert "Jan" not in repr(new_signal())
