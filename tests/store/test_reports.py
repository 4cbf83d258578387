# SPDX-License-Identifier: EUPL-1.2
"""What reporters filled in lies sealed, goes with the signal, and can be fetched in time."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from core.label import Category
from core.ownreport import Kind, OwnReport, Part
from store.database import Store
from store.handovers import STAYS, WAITS
from store.outbox import OutboxRow
from store.reports import NewReport
from store.retention import Rules, sweep
from store.tables import handovers, reports
from tests.store_samples import NOW, TENANT, add, new_signal, prepare

OWN = OwnReport(
    kinds=(Kind.of("straatintimidatie/volgen"), Kind.of("overlast")),
    part=Part.VICTIM,
    safe=False,
    happened_at=NOW - timedelta(days=1),
    contact="anna@example.org",
    photo=b"\xff\xd8pixels",
    language="en",
)


@pytest.fixture
def filled(store: Store) -> Store:
    with store.write() as work:
        prepare(work)
        add(work, new_signal(id="s1", external_id="e1"))
        work.reports.add(
            [NewReport(id="s1", tenant=TENANT, own=OWN, judged=Category.GEEN, certainty=0.8)]
        )
    return store


def test_a_report_comes_back_as_it_was_filled_in(filled: Store) -> None:
    with filled.read() as work:
        found = work.reports.find("s1", with_contact=True)
        assert work.reports.photo("s1") == OWN.photo
        assert work.reports.find("s2") is None
    assert found is not None
    assert found.kinds == OWN.kinds
    assert (found.judged, found.certainty) == (Category.GEEN, 0.8)
    assert (found.part, found.safe, found.happened_at) == (OWN.part, False, OWN.happened_at)
    assert (found.contact, found.photo, found.language) == (OWN.contact, True, "en")


def test_a_contact_comes_only_when_it_is_asked_for(filled: Store) -> None:
    with filled.read() as work:
        found = work.reports.find("s1")
    assert found is not None
    assert found.contact == ""


def test_contact_and_photo_are_sealed_for_their_own_report(filled: Store) -> None:
    with filled.read() as work:
        row = work.transaction.row(sa.select(reports))
    assert row is not None
    assert b"anna" not in row.contact_sealed
    assert b"pixels" not in row.photo_sealed


def test_with_the_signal_goes_all_that_tells_of_a_person(filled: Store) -> None:
    with filled.write() as work:
        work.signals.erase(["s1"], NOW)
    with filled.read() as work:
        found = work.reports.find("s1", with_contact=True)
        assert work.reports.photo("s1") is None
    assert found is not None
    assert (found.part, found.safe, found.happened_at, found.contact) == (None, None, None, "")
    assert found.kinds == OWN.kinds


# -- reports for municipalities elsewhere -----------------------------------------------------


@pytest.fixture
def waiting(store: Store) -> Store:
    with store.write() as work:
        for _ in range(2):
            work.handovers.put("h1", "bergdam", "token", {"text": "zqxgeheim"}, NOW)
    return store


def test_a_report_waits_behind_its_link_and_only_there(waiting: Store) -> None:
    with waiting.write() as work:
        assert work.handovers.waits("token", NOW)
        assert not work.handovers.waits("other", NOW)
        assert work.handovers.open("other", NOW) is None
        found = work.handovers.open("token", NOW)
        row = work.transaction.row(sa.select(handovers))
    assert found is not None
    assert (found.municipality, found.content) == ("bergdam", {"text": "zqxgeheim"})
    assert row is not None
    assert b"zqxgeheim" not in row.sealed
    assert row.token_hash != "token"


def test_opening_shortens_its_life_once(waiting: Store) -> None:
    with waiting.write() as work:
        first = work.handovers.open("token", NOW)
        second = work.handovers.open("token", NOW + timedelta(days=1))
        assert work.handovers.open("token", NOW + STAYS) is None
    assert first is not None
    assert second is not None
    assert first.expires_at == second.expires_at == NOW + STAYS


def test_what_nobody_fetched_is_gone_in_the_end(waiting: Store) -> None:
    assert sweep(waiting, NOW + WAITS - timedelta(seconds=1), Rules()).handovers == 0
    assert sweep(waiting, NOW + WAITS, Rules()).handovers == 1


def test_a_mail_that_could_not_be_sent_is_emptied_in_the_end(store: Store) -> None:
    row = OutboxRow(
        id="o1",
        tenant="bergdam",
        kind="handover",
        target="gemeente",
        payload={"text": "geheim"},
        idempotency_key="k",
        created_at=NOW,
        due_at=NOW,
    )
    with store.write() as work:
        work.outbox.put([row])
        work.outbox.claim(NOW, timedelta(minutes=1), 5)
        work.outbox.dead("o1", "down", NOW)
    sweep(store, NOW + WAITS - timedelta(seconds=1), Rules())
    with store.read() as work:
        assert work.outbox.get("o1").payload is not None
    sweep(store, NOW + WAITS + timedelta(seconds=1), Rules())
    with store.read() as work:
        assert work.outbox.get("o1").payload is None
