# SPDX-License-Identifier: EUPL-1.2
"""Somebody who uses the pages over HTTP."""

from __future__ import annotations

import re

import httpx

from dashboard.auth import session_name
from dashboard.services import WebSettings
from store.accounts import Account
from store.sessions import Session
from store.signalrow import SignalRow
from tests.dashboard.world import PASSWORD, World


class Visitor:
    """Somebody with a browser without scripts: keeps cookies and sends tokens along."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        self.csrf = ""

    def login(self, name: str, password: str = PASSWORD) -> httpx.Response:
        token = csrf_of(self.get("/inloggen").text)
        fields = {"naam": name, "wachtwoord": password, "csrf": token}
        answer = self.client.post("/inloggen", data=fields)
        if answer.status_code == 303:
            self.csrf = csrf_of(self.get("/wachtwoord").text)
        return answer

    def enter(self, world: World, account: Account) -> None:
        """Be signed in already; the slow way with a password has its own tests."""
        now = world.clock.now()
        session = Session(
            token_hash=session_name(f"token-{account.id}"),
            account_id=account.id,
            csrf=f"csrf-{account.id}",
            created_at=now,
            last_seen=now,
            expires_at=now + WebSettings().absolute,
        )
        with world.store.write() as work:
            work.sessions.open(session)
        self.client.cookies.set("session", f"token-{account.id}")
        self.csrf = session.csrf

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.client.get(path, headers=headers)

    def post(self, path: str, /, **fields: str) -> httpx.Response:
        """Send a form as a browser without scripts does."""
        return self.client.post(path, data={"csrf": self.csrf} | fields)

    def send(self, path: str, /, **fields: str) -> httpx.Response:
        """Send a form as the page's script does."""
        headers = {"Accept": "application/json"}
        return self.client.post(path, data={"csrf": self.csrf} | fields, headers=headers)

    def decide(self, signal: SignalRow, act: str = "bevestigd", **fields: str) -> httpx.Response:
        """Decide as the page's script does."""
        path = f"/signaal/{signal.id}/besluit"
        return self.send(path, besluit=act, versie=str(signal.version), **fields)


def csrf_of(page: str) -> str:
    """Return the token in a page's first form."""
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found is not None
    return found[1]
