# SPDX-License-Identifier: EUPL-1.2
"""Errors of the database tell what is wrong and never what a citizen wrote."""

from __future__ import annotations

import traceback
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.clock import FrozenClock
from store.database import Store, open_store
from store.failure import StoreDamaged, StoreUnavailable
from store.seal import Sealer
from store.tables import outbox, signals
from store.work import Work
from tests.store_fixtures import PostgresServer
from tests.store_samples import NOW, outbox_row, stored_signal, verdict

CANARY = "kanarie-in-de-fout"


def everything_said(error: BaseException) -> str:
    """The whole traceback as a log would show it, causes included, source lines left out."""
    said = traceback.format_exception(error)
    return "".join(line for line in said if "tests/" not in line)


def break_not_null(work: Work) -> None:
    values = {"masked": CANARY, "model": None}
    work.transaction.run(sa.update(signals).values(**values))


def break_unique(work: Work) -> None:
    row = work.transaction.connection.execute(sa.select(signals)).mappings().one()
    work.transaction.insert(signals, [{**row, "masked": CANARY}])


def break_check(work: Work) -> None:
    work.outbox.put([outbox_row(kind="report", target=CANARY)])


def break_foreign_key(work: Work) -> None:
    work.transaction.run(sa.update(signals).values(masked=CANARY, group_id="nowhere"))


def break_syntax(work: Work) -> None:
    work.transaction.run(sa.text("SELEKT :x").bindparams(x=CANARY))


@pytest.mark.parametrize(
    "deed", [break_not_null, break_unique, break_check, break_foreign_key, break_syntax]
)
def test_no_error_shows_a_citizens_words(store: Store, deed: object) -> None:
    judged = verdict(personal=(), places=(), evidence=())
    stored_signal(store, text=f"{CANARY} op straat", judged=judged)
    assert callable(deed)
    with pytest.raises(Exception, match=r".") as caught, store.write() as work:
        deed(work)
    assert CANARY not in everything_said(caught.value)


def test_a_damaged_text_is_not_shown(sqlite_store: Store) -> None:
    judged = verdict(personal=(), places=(), evidence=())
    stored = stored_signal(sqlite_store, judged=judged)
    with sqlite_store.write() as work:
        broken = sa.text("UPDATE signals SET masked = CAST(:raw AS TEXT)")
        work.transaction.run(broken.bindparams(raw=CANARY.encode() + b"\xff"))
    with pytest.raises(StoreDamaged) as caught, sqlite_store.read() as work:
        work.signals.get(stored.id)
    assert CANARY not in everything_said(caught.value)


def test_a_file_that_is_no_database_is_named_as_damage(
    tmp_path: Path, sealer: Sealer, clock: FrozenClock
) -> None:
    (tmp_path / "buurtsignaal.db").write_bytes(b"no database at all" * 500)
    store = open_store(f"sqlite:///{tmp_path}/buurtsignaal.db", sealer=sealer, clock=clock)
    with pytest.raises(StoreDamaged):
        store.migrate()
    store.close()


def test_a_server_that_is_away_is_an_outage_that_can_be_caught(
    tmp_path: Path, sealer: Sealer, clock: FrozenClock
) -> None:
    url = f"postgresql://user:geheim@/db?host={tmp_path}"
    store = open_store(url, sealer=sealer, clock=clock)
    with pytest.raises(StoreUnavailable) as caught, store.read():
        pass
    assert "geheim" not in everything_said(caught.value)
    assert not caught.value.undone
    store.close()


def test_a_cut_connection_is_an_outage_and_the_next_transaction_works(
    postgres_store: Store, postgres: PostgresServer
) -> None:
    def work_on_a_cut_connection() -> None:
        with postgres_store.write() as work:
            pid = work.transaction.scalar(sa.select(sa.func.pg_backend_pid()))
            postgres.administer(f"SELECT pg_terminate_backend({pid})")
            work.seen.claim(["a"], NOW)

    with pytest.raises(StoreUnavailable):
        work_on_a_cut_connection()
    with postgres_store.write() as work:
        assert work.seen.claim(["a"], NOW) == {"a"}


def test_readers_of_postgresql_see_moments_in_utc_whatever_the_server_says(
    postgresql_store_url: str, postgres: PostgresServer, sealer: Sealer, clock: FrozenClock
) -> None:
    name = sa.make_url(postgresql_store_url).database
    postgres.administer(f"ALTER DATABASE {name} SET timezone = 'Asia/Tokyo'")
    store = open_store(postgresql_store_url, sealer=sealer, clock=clock)
    with store.write() as work:
        work.outbox.put([outbox_row(id="o1", due_at=NOW)])
        assert work.outbox.get("o1").due_at == NOW
        zone = work.transaction.scalar(sa.select(sa.func.current_setting("timezone")))
        assert zone == "UTC"
        assert work.transaction.scalar(sa.select(outbox.c.due_at)).tzinfo is not None
    store.close()
