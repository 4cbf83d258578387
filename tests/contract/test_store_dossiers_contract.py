# SPDX-License-Identifier: EUPL-1.2
"""What every store promises about dossiers, on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from core import errors
from core.dossier import MOST, READABLE, Dossier, DossierState, Note, NoteKind
from store import retention
from store.database import Store
from store.tables import dossier_notes, dossier_signals, dossiers
from store.work import Work
from tests.store_samples import NOW, TENANT, add, later, new_signal, prepare

SECRET = "de plantenbakken zijn weer omgegooid"


def dossier(id: str = "f1", **changed: Any) -> Dossier:
    given: dict[str, Any] = {
        "tenant": TENANT,
        "title": "Speeltuin De Zeef, afval in het weekend",
        "purpose": "zien of extra legen helpt",
        "area": "centrum",
        "opened_by": "agnes",
        "opened_at": NOW,
        "ends_at": later(days=30),
    }
    return Dossier(id=id, **(given | changed))


def note(id: str = "n1", **changed: Any) -> Note:
    given: dict[str, Any] = {
        "dossier": "f1",
        "kind": NoteKind.FACT,
        "text": SECRET,
        "author": "agnes",
        "at": later(hours=1),
    }
    return Note(id=id, **(given | changed))


def gathered(work: Work, **message: Any) -> None:
    """Store the signal ``s1``."""
    prepare(work)
    add(work, new_signal(id="s1", **message))


def test_a_dossier_comes_back_as_it_was_opened(store: Store) -> None:
    with store.write() as work:
        work.dossiers.add(dossier())
    with store.read() as work:
        assert work.dossiers.get(TENANT, "f1") == dossier()
        assert work.dossiers.list(TENANT) == [dossier()]
        assert work.dossiers.list("leiden") == []
        for tenant, id in (("leiden", "f1"), (TENANT, "f2")):
            with pytest.raises(errors.NotFound):
                work.dossiers.get(tenant, id)


def test_a_signal_is_gathered_once_and_only_of_the_own_municipality(store: Store) -> None:
    with store.write() as work:
        gathered(work)
        work.dossiers.add(dossier())
        work.dossiers.add(dossier("f2", tenant="leiden"))
        assert work.dossiers.gather(TENANT, "f1", "s1", "agnes", later(hours=1))
        assert not work.dossiers.gather(TENANT, "f1", "s1", "bert", later(hours=2))
        with pytest.raises(errors.NotFound):
            work.dossiers.gather("leiden", "f2", "s1", "bert", later(hours=1))
        with pytest.raises(errors.NotFound):
            work.dossiers.gather(TENANT, "f1", "s9", "agnes", later(hours=1))
    with store.read() as work:
        assert work.dossiers.signals("f1") == {"s1": later(hours=1)}
        assert work.dossiers.counts(TENANT) == {"f1": 1}


def test_a_note_is_sealed_and_comes_back(store: Store) -> None:
    with store.write() as work:
        work.dossiers.add(dossier())
        work.dossiers.note(TENANT, note())
    with store.read() as work:
        assert work.dossiers.notes("f1") == [note()]
        (row,) = work.transaction.rows(sa.select(dossier_notes))
        assert SECRET.encode() not in bytes(row.sealed)


def test_a_note_about_a_signal_needs_it_in_the_dossier_and_goes_with_it(store: Store) -> None:
    with store.write() as work:
        gathered(work)
        work.dossiers.add(dossier())
        with pytest.raises(errors.NotFound):
            work.dossiers.note(TENANT, note(signal="s1"))
        work.dossiers.gather(TENANT, "f1", "s1", "agnes", NOW)
        work.dossiers.note(TENANT, note(signal="s1"))
        work.dossiers.note(TENANT, note("n2"))
        assert work.dossiers.release(TENANT, "f1", "s1", later(hours=2))
        assert not work.dossiers.release(TENANT, "f1", "s1", later(hours=2))
        assert work.dossiers.signals("f1") == {}
        assert work.dossiers.notes("f1") == [note("n2")]


def test_erasing_a_signal_erases_the_notes_about_it(store: Store) -> None:
    with store.write() as work:
        gathered(work)
        work.dossiers.add(dossier())
        work.dossiers.gather(TENANT, "f1", "s1", "agnes", NOW)
        work.dossiers.note(TENANT, note(signal="s1"))
        work.dossiers.note(TENANT, note("n2"))
    with store.write() as work:
        work.signals.erase(["s1"], later(hours=3))
    with store.read() as work:
        assert work.dossiers.notes("f1") == [note("n2")]


def test_after_its_end_nothing_is_added(store: Store) -> None:
    with store.write() as work:
        gathered(work)
        work.dossiers.add(dossier())
        closed = work.dossiers.close(TENANT, "f1", later(days=2))
        assert closed.at(later(days=2)) is DossierState.ENDED
        assert closed.at(later(days=1)) is DossierState.RUNNING
        for deed in (
            lambda: work.dossiers.gather(TENANT, "f1", "s1", "agnes", later(days=3)),
            lambda: work.dossiers.note(TENANT, note(at=later(days=3))),
            lambda: work.dossiers.close(TENANT, "f1", later(days=3)),
        ):
            with pytest.raises(errors.NotAllowed):
                deed()


def test_a_full_dossier_takes_no_more(store: Store) -> None:
    with store.write() as work:
        work.dossiers.add(dossier())
        for n in range(MOST):
            work.dossiers.note(TENANT, note(f"n{n}"))
        with pytest.raises(errors.BadInput):
            work.dossiers.note(TENANT, note("more"))


def test_a_sweep_erases_what_ended_long_enough_ago(store: Store) -> None:
    with store.write() as work:
        gathered(work, sent_at=later(days=40), received_at=later(days=40))
        work.dossiers.add(dossier())
        work.dossiers.add(dossier("f2", ends_at=later(days=31)))
        for id in ("f1", "f2"):
            work.dossiers.gather(TENANT, id, "s1", "agnes", NOW)
            work.dossiers.note(TENANT, note(f"n-{id}", dossier=id))
    before = retention.sweep(
        store, later(days=30) + READABLE - timedelta(seconds=1), retention.Rules()
    )
    after = retention.sweep(store, later(days=30) + READABLE, retention.Rules())
    assert (before.dossiers, after.dossiers) == (0, 1)
    with store.read() as work:
        assert [found.id for found in work.dossiers.list(TENANT)] == ["f2"]
        left = [len(work.transaction.rows(sa.select(t))) for t in (dossier_notes, dossier_signals)]
        assert left == [1, 1]
        events = [line.event for line in work.audit.lines(TENANT, limit=9)]
        assert [e.object for e in events if e.object.startswith("dossier/")] == ["dossier/f1"]


def test_a_dossier_without_an_end_is_refused_by_the_database_itself(store: Store) -> None:
    row = dossier(ends_at=NOW)
    with pytest.raises(Exception, match="lasts"), store.write() as work:
        work.dossiers.add(row)
    with store.read() as work:
        assert work.transaction.rows(sa.select(dossiers)) == []
