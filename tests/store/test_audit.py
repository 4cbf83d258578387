# SPDX-License-Identifier: EUPL-1.2
"""The audit log shows every change that was made behind its back."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.audit import GENESIS, AuditEvent, Result, Tag, chain
from store.audit import Verification
from store.database import Store
from store.tables import audit, heads
from tests.store_samples import TENANT, audit_event, fresh

details = st.dictionaries(
    st.text(max_size=8),
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=()), max_size=20),
    max_size=4,
)
moments = st.datetimes(
    min_value=datetime(2020, 1, 1),  # noqa: DTZ001
    max_value=datetime(2090, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=2)), timezone(timedelta(hours=-9))]),
)
deeds = st.builds(
    AuditEvent,
    tag=st.sampled_from(Tag),
    tenant=st.just(""),
    actor=st.text(st.characters(exclude_categories=()), max_size=120),
    object=st.text(max_size=120),
    at=moments,
    result=st.sampled_from(Result),
    origin=st.sampled_from(["web", "cli", "worker"]),
    detail=details,
)


def unguarded(store: Store, *statements: sa.Executable) -> None:
    """Do what somebody with the administrator's password can do."""
    with store.write() as work:
        tx = work.transaction
        if store.dialect == "sqlite":
            for deed in ("update", "delete"):
                tx.run(sa.text(f"DROP TRIGGER IF EXISTS audit_no_{deed}"))
        else:
            tx.run(sa.text("ALTER TABLE audit DISABLE TRIGGER USER"))
        for statement in statements:
            tx.run(statement)


def verified(store: Store) -> Verification:
    with store.read() as work:
        return work.audit.verify(TENANT)


@pytest.fixture
def five_lines(store: Store) -> Store:
    with store.write() as work:
        for n in range(5):
            work.audit.write(audit_event(object=f"signal/{n}"))
    return store


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(events=st.lists(deeds, max_size=6))
def test_any_deeds_make_a_chain_that_holds(store: Store, events: list[AuditEvent]) -> None:
    tenant = fresh("tenant")
    with store.write() as work:
        for event in events:
            work.audit.write(AuditEvent(**{**fields(event), "tenant": tenant}))
    with store.read() as work:
        assert work.audit.verify(tenant) == Verification(ok=True, lines=len(events))
        lines = work.audit.lines(tenant, limit=99)[::-1]
    assert [line.event.at for line in lines] == [event.at for event in events]
    previous = GENESIS
    for line in lines:
        assert line.hash == chain(line.event, previous)
        previous = line.hash


def fields(event: AuditEvent) -> dict[str, Any]:
    return {name: getattr(event, name) for name in AuditEvent.__slots__}


def test_an_empty_log_is_whole(store: Store) -> None:
    assert verified(store) == Verification(ok=True, lines=0)


def test_an_untouched_log_is_whole(five_lines: Store) -> None:
    assert verified(five_lines) == Verification(ok=True, lines=5)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("actor", "somebody else"),
        ("object", "signal/x"),
        ("tag", Tag.LOGGED_OUT.value),
        ("tag", "no tag of ours"),
        ("result", "failed"),
        ("origin", "cli"),
        ("detail", {"n": 2}),
        ("hash", "0" * 64),
        ("at", datetime(2026, 11, 21, 12, 0, 0, 1, tzinfo=UTC)),
        ("seq", 99),
    ],
)
def test_a_changed_line_is_found(five_lines: Store, column: str, value: object) -> None:
    unguarded(five_lines, sa.update(audit).where(audit.c.seq == 3).values({column: value}))
    assert verified(five_lines) == Verification(ok=False, lines=2, first_bad_seq=3)


@pytest.mark.parametrize("seq", [1, 3, 5])
def test_a_removed_line_is_found_also_at_the_end(five_lines: Store, seq: int) -> None:
    unguarded(five_lines, sa.delete(audit).where(audit.c.seq == seq))
    assert verified(five_lines) == Verification(ok=False, lines=seq - 1, first_bad_seq=seq)


def test_a_line_that_was_added_with_a_right_hash_is_found(five_lines: Store) -> None:
    with five_lines.read() as work:
        last = work.audit.lines(TENANT, limit=1)[0]
    event = audit_event(object="signal/never")
    row = fields(event) | {"tag": event.tag.value, "result": event.result.value}
    row |= {"seq": 6, "hash": chain(event, last.hash)}
    unguarded(five_lines, sa.insert(audit).values(row))
    assert verified(five_lines) == Verification(ok=False, lines=6, first_bad_seq=6)


def test_a_moved_head_is_found(five_lines: Store) -> None:
    unguarded(five_lines, sa.update(heads).values(seq=4))
    assert not verified(five_lines).ok


@pytest.mark.parametrize("flipped", [b"signal/4", b"sign\xff\xfe/3"])
def test_a_flipped_byte_in_the_file_is_found(
    sqlite_store: Store, tmp_path: Path, flipped: bytes
) -> None:
    with sqlite_store.write() as work:
        for n in range(5):
            work.audit.write(audit_event(object=f"signal/{n}"))
    sqlite_store.close()
    file = tmp_path / "buurtsignaal.db"
    file.write_bytes(file.read_bytes().replace(b"signal/3", flipped))
    assert verified(sqlite_store) == Verification(ok=False, lines=3, first_bad_seq=4)


@pytest.mark.parametrize("broken", [{"detail": "no json"}, {"at": "no moment"}])
def test_a_line_that_cannot_be_read_is_found(sqlite_store: Store, broken: dict[str, str]) -> None:
    with sqlite_store.write() as work:
        for n in range(5):
            work.audit.write(audit_event(object=f"signal/{n}"))
    ((column, value),) = broken.items()
    unguarded(
        sqlite_store,
        sa.text(f"UPDATE audit SET {column} = :value WHERE seq = 2").bindparams(value=value),
    )
    assert verified(sqlite_store) == Verification(ok=False, lines=1, first_bad_seq=2)


def test_a_replace_does_not_get_past_the_guard(sqlite_store: Store) -> None:
    with sqlite_store.write() as work:
        work.audit.write(audit_event())
    row = {c.name: "x" for c in audit.c} | {"tenant": TENANT, "seq": 1}
    row |= {"at": "2026-01-01 00:00:00.000000", "detail": json.dumps({})}
    replace = sa.text(
        f"REPLACE INTO audit ({', '.join(row)}) VALUES ({', '.join(':' + c for c in row)})"
    )
    with pytest.raises(Exception, match="append-only"), sqlite_store.write() as work:
        work.transaction.run(replace.bindparams(**row))
    assert verified(sqlite_store).ok
