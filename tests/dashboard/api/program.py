# SPDX-License-Identifier: EUPL-1.2
"""A program that calls ``/api/v1``."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import httpx

from core.audit import AuditEvent
from dashboard.access import Role
from dashboard.api.keyring import Keyring, Made, make_for_system
from dashboard.api.scope import Scope
from dashboard.auth import Visitor
from store.accounts import Account
from tests.dashboard.world import SLUG, World

BASE = "/api/v1"
JSON = dict[str, Any]


class Program:
    """Keeps its token, and nothing else, between calls."""

    def __init__(self, client: httpx.Client, made: Made | None = None) -> None:
        self.client = client
        self.made = made
        if made is not None:
            client.headers["Authorization"] = f"Bearer {made.secret}"

    def get(self, path: str, /, *, mark: str = "", **params: Any) -> httpx.Response:
        headers = {"If-None-Match": mark} if mark else {}
        return self.client.get(BASE + path, params=params or None, headers=headers)

    def fetch(self, path: str, /, **params: Any) -> JSON:
        """Return what a call gives that goes well."""
        answer = self.get(path, **params)
        assert answer.status_code == 200, answer.text
        found: JSON = answer.json()
        return found

    def post(self, path: str, /, *, key: str = "", **body: Any) -> httpx.Response:
        headers = {"Idempotency-Key": key} if key else {}
        return self.client.post(BASE + path, json=body, headers=headers)

    def ids(self, **params: Any) -> list[str]:
        """Return the ids on one page of signals."""
        return [signal["id"] for signal in self.fetch("/signalen", **params)["signalen"]]

    def decide(
        self, signal: str, act: str = "bevestigd", *, key: str = "sleutel-1", **body: Any
    ) -> httpx.Response:
        wish = {"besluit": act, "versie": 1} | body
        return self.post(f"/signalen/{signal}/besluiten", key=key, **wish)


def system(world: World, *scopes: Scope, tenant: str = SLUG, days: int = 30) -> Made:
    """Return a token as the command line makes it."""
    with world.store.write() as work:
        return make_for_system(
            work,
            tenant=tenant,
            name="koppeling",
            scopes=scopes,
            days=days,
            by="cli",
            now=world.clock.now(),
            origin="cli",
        )


def person(world: World, account: Account, scopes: Collection[Scope]) -> Made:
    """Return somebody's own token, as their page makes it."""
    visitor = Visitor(
        account=account,
        role=Role(account.role),
        tenant=world.services.tenants[account.tenant],
        csrf="",
        session="",
    )
    return Keyring(world.services).for_person(visitor, name="mijn programma", scopes=scopes)


def audited(world: World, tag: str) -> list[AuditEvent]:
    """Return the lines of this kind in the log, newest first."""
    with world.store.read() as work:
        lines = work.audit.lines(SLUG, limit=1000)
    return [line.event for line in lines if line.event.tag.value == tag]
