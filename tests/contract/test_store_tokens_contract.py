# SPDX-License-Identifier: EUPL-1.2
"""What every store promises about tokens, on SQLite and PostgreSQL."""

from __future__ import annotations

from typing import Any

import pytest

from core import errors
from store.accounts import Account
from store.database import Store
from store.tokens import Token
from tests.store_samples import NOW, TENANT, later


def token(**changed: Any) -> Token:
    given: dict[str, Any] = {
        "id": "t1",
        "tenant": TENANT,
        "name": "koppeling",
        "token_hash": "hash",
        "scopes": ("aantallen", "bronnen"),
        "made_by": "beheer",
        "made_at": NOW,
        "expires_at": later(hours=1),
    }
    return Token(**(given | changed))


def test_a_token_is_found_by_its_hash_as_it_was_stored(store: Store) -> None:
    with store.write() as work:
        work.tokens.add(token())
        assert work.tokens.by_hash("hash") == token()
        assert work.tokens.by_hash("HASH") is None
        assert work.tokens.get(TENANT, "t1") == token()
        with pytest.raises(errors.NotFound):
            work.tokens.get("leiden", "t1")


def test_the_newest_token_is_listed_first(store: Store) -> None:
    with store.write() as work:
        work.tokens.add(token())
        work.tokens.add(token(id="t2", token_hash="other", made_at=later(minutes=1)))
        work.tokens.add(token(id="t3", token_hash="third", tenant="leiden"))
        assert [t.id for t in work.tokens.list(TENANT)] == ["t2", "t1"]


def test_a_token_works_until_its_moment_or_until_it_is_revoked(store: Store) -> None:
    with store.write() as work:
        work.tokens.add(token())
        work.tokens.touch("t1", later(minutes=1))
        found = work.tokens.get(TENANT, "t1")
        assert found.last_used == later(minutes=1)
        assert found.opens(later(minutes=59))
        assert not found.opens(later(hours=1))
        assert work.tokens.revoke("t1", "beheer", later(minutes=2))
        assert not work.tokens.revoke("t1", "another", later(minutes=3))
        ended = work.tokens.get(TENANT, "t1")
        assert (ended.revoked_by, ended.revoked_at) == ("beheer", later(minutes=2))
        assert not ended.opens(later(minutes=3))


def test_all_tokens_of_an_account_end_together(store: Store) -> None:
    account = Account(
        id="a1",
        tenant=TENANT,
        username="agnes",
        display_name="Agnes",
        role="meldkamer",
        password_hash="hash",
        created_at=NOW,
    )
    with store.write() as work:
        work.accounts.add(account)
        work.tokens.add(token(account_id="a1"))
        work.tokens.add(token(id="t2", token_hash="other", account_id="a1"))
        work.tokens.add(token(id="t3", token_hash="third"))
        assert work.tokens.revoke_all("a1", "beheer", NOW) == 2
        assert [t.opens(NOW) for t in work.tokens.list(TENANT)] == [True, False, False]


def test_what_is_long_over_is_forgotten(store: Store) -> None:
    with store.write() as work:
        work.tokens.add(token())
        work.tokens.add(token(id="t2", token_hash="other", expires_at=later(days=9)))
        work.tokens.revoke("t2", "beheer", later(hours=2))
        work.tokens.add(token(id="t3", token_hash="third", expires_at=later(days=9)))
        assert work.tokens.prune(later(hours=1)) == 0
        assert work.tokens.prune(later(hours=3)) == 2
        assert [t.id for t in work.tokens.list(TENANT)] == ["t3"]


def test_events_are_read_by_channel_and_kind_and_from_the_oldest_left(store: Store) -> None:
    with store.write() as work:
        assert work.events.first_id() == 1
        for n, channel in enumerate(("meldkamer", "handhaving", "meldkamer")):
            work.events.put(TENANT, channel, f"signal.{n}", f"s{n}", later(minutes=n))
    with store.write() as work:
        found = work.events.after(TENANT, 0, channels=["meldkamer"], kinds=["signal.1", "signal.2"])
        assert [event.ref for event in found] == ["s2"]
        work.events.prune(later(minutes=1))
        assert work.events.first_id() == 2
        work.events.prune(later(days=1))
        assert work.events.first_id() == work.events.last_id() + 1 == 4
