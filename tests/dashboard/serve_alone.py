# SPDX-License-Identifier: EUPL-1.2
"""Serves a small municipality in a process of its own: ``serve_alone.py ADDRESS``."""

from __future__ import annotations

import socket
import sys

import uvicorn

from core.clock import SystemClock
from core.identity import new_id
from dashboard.app import create_app
from dashboard.auth import session_name
from dashboard.server import Server
from dashboard.services import Services
from store.accounts import Account
from store.database import open_store
from store.seal import Sealer
from store.sessions import Session
from tests.dashboard.world import SLUG, TENANT, TREE, Desk, taxonomy

TOKEN = "token-of-agnes"


def main() -> None:
    """Print address and session, then serve until told to stop."""
    clock = SystemClock()
    store = open_store(sys.argv[1], sealer=Sealer([bytes(32)]), clock=clock)
    store.migrate()
    now = clock.now()
    account = Account(
        id=new_id(now),
        tenant=SLUG,
        username="agnes",
        display_name="Agnes",
        role="meldkamer",
        password_hash="-",
        created_at=now,
    )
    services = Services(
        store=store,
        trees={SLUG: TREE},
        tenants={SLUG: TENANT},
        taxonomy=taxonomy(),
        clock=clock,
        intake=Desk(),
        texts={},
        sample_key=b"key of the blind sample",
    )
    session = Session(
        token_hash=session_name(TOKEN),
        account_id=account.id,
        csrf="x",
        created_at=now,
        last_seen=now,
        expires_at=now + services.settings.absolute,
    )
    with store.write() as work:
        work.accounts.add(account)
        work.sessions.open(session)
    app = create_app(services)
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    print(f"http://127.0.0.1:{listener.getsockname()[1]} {TOKEN}", flush=True)  # noqa: T201
    Server(uvicorn.Config(app, log_level="warning"), app.state.hub).run(sockets=[listener])
    store.close()


if __name__ == "__main__":
    main()
