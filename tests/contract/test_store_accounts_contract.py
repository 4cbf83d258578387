# SPDX-License-Identifier: EUPL-1.2
"""What every store promises about accounts and sessions, on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core import errors
from store.accounts import Account
from store.database import Store
from store.sessions import Session
from tests.store_samples import (
    GROUP,
    NOW,
    TENANT,
    later,
)


def account(**changed: Any) -> Account:
    given: dict[str, Any] = {
        "id": "a1",
        "tenant": TENANT,
        "username": "Agnes",
        "display_name": "Agnes",
        "role": "meldkamer",
        "password_hash": "hash",
        "created_at": NOW,
        "groups": (GROUP,),
    }
    return Account(**(given | changed))


def test_an_account_is_found_by_name_in_any_case(store: Store) -> None:
    with store.write() as work:
        work.accounts.add(account())
        found = work.accounts.by_name("AGNES")
        assert found == account(username="agnes")
        assert work.accounts.by_name("bert") is None
        assert work.accounts.list(TENANT) == [found]
        assert work.accounts.list("leiden") == []


def test_a_name_is_given_once(store: Store) -> None:
    with store.write() as work:
        work.accounts.add(account())
        with pytest.raises(errors.BadInput):
            work.accounts.add(account(id="a2", username="AGNES"))


def test_wrong_passwords_lock_an_account_until_a_right_one(store: Store) -> None:
    with store.write() as work:
        work.accounts.add(account())
        pause = timedelta(minutes=5)
        assert work.accounts.fail("a1", NOW, limit=2, pause=pause).locked_until is None
        assert work.accounts.fail("a1", NOW, limit=2, pause=pause).locked_until == later(minutes=5)
        work.accounts.succeed("a1")
        assert work.accounts.get("a1").failures == 0
        assert work.accounts.get("a1").locked_until is None


def test_an_account_can_be_shut_and_opened(store: Store) -> None:
    with store.write() as work:
        work.accounts.add(account())
        work.accounts.disable("a1")
        assert work.accounts.get("a1").disabled
        work.accounts.disable("a1", disabled=False)
        work.accounts.set_password("a1", "other")
        work.accounts.set_profile("a1", display_name="A.", role="beheer", groups=())
        changed = work.accounts.get("a1")
        assert (changed.disabled, changed.password_hash, changed.role) == (False, "other", "beheer")
        assert changed.groups == ()


def test_a_session_lives_until_it_expires_or_is_closed(store: Store) -> None:
    def session(token: str) -> Session:
        return Session(
            token_hash=token,
            account_id="a1",
            csrf="c",
            created_at=NOW,
            last_seen=NOW,
            expires_at=later(hours=8),
        )

    with store.write() as work:
        work.accounts.add(account())
        for token in ("t1", "t2", "t3"):
            work.sessions.open(session(token))
        work.sessions.touch("t1", later(hours=1))
        known = work.sessions.get("t1", later(hours=1))
        assert known is not None
        assert known.last_seen == later(hours=1)
        assert work.sessions.get("t1", later(hours=8)) is None
        work.sessions.close("t1")
        assert work.sessions.get("t1", NOW) is None
        assert work.sessions.prune(later(hours=7)) == 0
        assert work.sessions.close_all("a1") == 2
