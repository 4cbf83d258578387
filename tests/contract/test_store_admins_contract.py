# SPDX-License-Identifier: EUPL-1.2
"""What every store promises about admins and sign-ups, on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from core import errors
from core.admin import TERM, Admin, AdminState, Rank, Signup, Verdict
from store.admins import AdminSession
from store.database import Store
from store.ratings import MonthScore
from store.rotation import reseal
from store.tables import admin_links, admins
from tests.store_samples import NOW, TENANT, later, outbox_row

HASH = "a" * 64


def admin(id: str = "a1", **changed: Any) -> Admin:
    given: dict[str, Any] = {"rank": Rank.HEAD, "name": "Bea", "contact": "bea@example.nl"}
    return Admin(id=id, tenant=TENANT, created_at=NOW, **(given | changed))


def signup(id: str = "s1", admin_id: str = "a1", **changed: Any) -> Signup:
    given: dict[str, Any] = {
        "name": "Buurtapp",
        "source": "telegram",
        "area": "centrum",
        "days": 30,
        "code_hash": "c" * 64,
        "created_at": NOW,
    }
    return Signup(id=id, tenant=TENANT, admin_id=admin_id, **(given | changed))


@pytest.fixture
def group(store: Store) -> str:
    with store.write() as work:
        return work.consent.ensure(TENANT, "telegram", "-1", id="g1", at=NOW).id


def test_an_admin_comes_back_as_stored_and_sealed(store: Store, group: str) -> None:
    with store.write() as work:
        work.admins.add(admin(group_id=group))
        raw = work.transaction.scalar(sa.select(admins.c.sealed))
    assert b"bea" not in raw.lower()
    with store.read() as work:
        assert work.admins.get("a1") == admin(group_id=group)
        assert work.admins.of_group(group) == work.admins.list(TENANT) == [admin(group_id=group)]
        assert work.admins.list("leiden") == []
        with pytest.raises(errors.NotFound):
            work.admins.get("a2")
    assert reseal(store) == 0


def test_a_confirmation_lasts_a_term_and_can_be_renewed(store: Store) -> None:
    with store.write() as work:
        work.admins.add(admin())
        assert work.admins.get("a1").at(NOW) is AdminState.INVITED
        work.admins.confirm("a1", NOW)
        known = work.admins.get("a1")
        assert known.at(NOW) is AdminState.ACTIVE
        assert known.at(NOW + TERM) is AdminState.EXPIRED
        assert known.ends_soon(later(days=340))
        work.admins.confirm("a1", later(days=340))
        assert work.admins.get("a1").at(NOW + TERM) is AdminState.ACTIVE


def test_a_link_works_once_and_until_its_end(store: Store) -> None:
    with store.write() as work:
        work.admins.add(admin())
        work.admins.invite("a1", HASH, NOW, later(days=7))
        assert work.admins.redeem(HASH, later(days=7)) is None
        assert work.admins.redeem("b" * 64, NOW) is None
        found = work.admins.redeem(HASH, NOW)
        assert found is not None
        assert found.id == "a1"
        assert work.admins.redeem(HASH, NOW) is None


def test_a_new_link_ends_the_one_before(store: Store) -> None:
    with store.write() as work:
        work.admins.add(admin())
        work.admins.invite("a1", HASH, NOW, later(days=7))
        work.admins.invite("a1", "b" * 64, NOW, later(days=7))
        assert work.admins.invited(HASH, NOW) is None
        assert work.admins.invited("b" * 64, NOW) is not None


def test_who_leaves_is_forgotten_and_a_confirmed_deputy_takes_over(
    store: Store, group: str
) -> None:
    with store.write() as work:
        work.admins.add(admin(group_id=group))
        for id in ("a2", "a3"):
            work.admins.add(admin(id, group_id=group, rank=Rank.DEPUTY))
        work.admins.confirm("a1", NOW)
        work.admins.confirm("a3", NOW)
        work.admins.invite("a1", HASH, NOW, later(days=7))
        work.admins.open(_session())
        heir = work.admins.leave("a1", later(hours=1))
        assert heir is not None
        # The other deputy never confirmed.
        assert (heir.id, heir.rank) == ("a3", Rank.HEAD)
        gone = work.admins.get("a1")
        assert (gone.name, gone.contact, gone.at(NOW)) == ("", "", AdminState.LEFT)
        assert work.admins.session(HASH, NOW) is None
        assert work.admins.redeem(HASH, NOW) is None
        work.admins.confirm("a1", later(hours=2))
        assert work.admins.get("a1").at(later(hours=2)) is AdminState.LEFT
        assert work.admins.leave("a1", later(hours=3)) is None


def _session() -> AdminSession:
    return AdminSession(
        token_hash=HASH,
        admin_id="a1",
        csrf="x",
        created_at=NOW,
        last_seen=NOW,
        expires_at=later(hours=12),
    )


def test_a_session_ends_by_the_clock_and_by_hand(store: Store) -> None:
    with store.write() as work:
        work.admins.add(admin())
        work.admins.open(_session())
        work.admins.touch(HASH, later(hours=1))
        found = work.admins.session(HASH, later(hours=1))
        assert found is not None
        assert found.last_seen == later(hours=1)
        assert work.admins.session(HASH, later(hours=12)) is None
        work.admins.close(HASH)
        assert work.admins.session(HASH, NOW) is None


def test_what_is_over_is_forgotten(store: Store) -> None:
    with store.write() as work:
        work.admins.add(admin())
        work.admins.add(admin("a2"))
        work.admins.confirm("a2", NOW)
        work.admins.invite("a1", HASH, NOW, later(days=7))
        assert work.admins.prune(later(days=7)) == 1
        assert work.transaction.scalar(sa.select(sa.func.count()).select_from(admin_links)) == 0
        assert work.admins.prune(later(days=31)) == 1
        assert work.admins.get("a1").contact == ""
        assert work.admins.get("a2").contact == "bea@example.nl"


def test_who_does_not_confirm_anew_is_forgotten_some_time_after_their_term(store: Store) -> None:
    with store.write() as work:
        work.admins.add(admin())
        work.admins.confirm("a1", NOW)
        end = NOW + TERM
        work.admins.prune(end + timedelta(days=89))
        assert work.admins.get("a1").contact == "bea@example.nl"
        assert work.admins.prune(end + timedelta(days=91)) == 1
        assert work.admins.get("a1").contact == ""


@pytest.mark.parametrize("end", ["leaves", "gets another link", "waits too long"])
def test_a_letter_with_a_link_that_ended_keeps_no_address(store: Store, end: str) -> None:
    with store.write() as work:
        work.admins.add(admin())
        work.admins.invite("a1", HASH, NOW, later(days=7))
        work.outbox.put([outbox_row(id="o1", kind="invite", idempotency_key=HASH)])
        work.outbox.put([outbox_row(id="o2")])
        match end:
            case "leaves":
                work.admins.leave("a1", NOW)
            case "gets another link":
                work.admins.invite("a1", "b" * 64, NOW, later(days=7))
            case _:
                work.admins.prune(later(days=7))
        assert (work.outbox.get("o1").payload, work.outbox.get("o1").state) == (None, "cancelled")
        assert work.outbox.get("o2").payload is not None


@pytest.mark.parametrize(
    ("verdict", "leaves", "kept"),
    [
        (None, False, "Buurtapp"),
        (None, True, ""),
        (Verdict.REFUSED, False, ""),
        (Verdict.APPROVED, True, "Buurtapp"),
    ],
)
def test_the_name_of_a_group_that_does_not_come_is_forgotten(
    store: Store, verdict: Verdict | None, leaves: bool, kept: str
) -> None:
    with store.write() as work:
        work.admins.add(admin())
        work.signups.add(signup())
        if verdict:
            work.signups.decide("s1", verdict, "karin", NOW)
        if leaves:
            work.admins.leave("a1", NOW)
        assert work.signups.prune() == (0 if kept else 1)
        assert work.signups.get(TENANT, "s1").name == kept
        assert work.signups.prune() == 0


def test_a_signup_is_linked_once_and_decided_once(store: Store, group: str) -> None:
    with store.write() as work:
        work.admins.add(admin())
        work.signups.add(signup())
        assert work.signups.get(TENANT, "s1") == signup()
        assert work.signups.by_code("leiden", "c" * 64) is None
        assert work.signups.by_code(TENANT, "c" * 64) == signup()
        assert work.signups.waiting(TENANT, NOW) == 1
        assert work.signups.waiting(TENANT, later(seconds=1)) == 0
        work.signups.link("s1", group)
        assert work.signups.by_code(TENANT, "c" * 64) is None
        with pytest.raises(errors.AlreadyDecided):
            work.signups.link("s1", group)
        work.signups.decide("s1", Verdict.APPROVED, "karin", NOW)
        with pytest.raises(errors.AlreadyDecided):
            work.signups.decide("s1", Verdict.REFUSED, "karin", NOW)
        [known] = work.signups.list(TENANT)
        assert (known.verdict, known.decided_by, known.group_id) == (
            Verdict.APPROVED,
            "karin",
            group,
        )
        with pytest.raises(errors.NotFound):
            work.signups.get("leiden", "s1")


def test_each_member_has_one_answer_in_a_month(store: Store, group: str) -> None:
    with store.write() as work:
        for pseudonym, month, score in (
            ("p1", "2026-10", 2),
            ("p1", "2026-10", 5),
            ("p2", "2026-10", 3),
            ("p1", "2026-11", 1),
        ):
            work.ratings.give(TENANT, group, month, pseudonym, score)
        assert work.ratings.months(TENANT, "2026-11") == [
            MonthScore(month="2026-10", answers=2, total=8)
        ]
        assert work.ratings.months("leiden", "2026-12") == []
        work.ratings.forget(group, ("p1",))
        assert [m.answers for m in work.ratings.months(TENANT, "2026-12")] == [1]


@pytest.mark.parametrize("score", [0, 6])
def test_the_database_refuses_an_answer_off_the_scale(store: Store, group: str, score: int) -> None:
    with pytest.raises(sa.exc.IntegrityError), store.write() as work:
        work.ratings.give(TENANT, group, "2026-10", "p1", score)
