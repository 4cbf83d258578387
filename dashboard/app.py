# SPDX-License-Identifier: EUPL-1.2
"""Puts the pages together; the only thing the composition root calls here."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta

from fastapi import Depends, FastAPI
from starlette.staticfiles import StaticFiles

from core.tenant import MapSource
from dashboard import errors
from dashboard.api.app import create_api
from dashboard.api.document import BASE
from dashboard.assets import Assets
from dashboard.auth import Doorkeeper, Throttle
from dashboard.bench import Bench
from dashboard.headers import SecurityHeaders
from dashboard.lookout import Lookout
from dashboard.pages import ROUTERS
from dashboard.render import environment
from dashboard.report.crowd import Crowd
from dashboard.report.ticket import Tickets
from dashboard.report.wording import load_wordings
from dashboard.services import Services
from dashboard.stream import Hub
from dashboard.visit import guard

#: How long the report pages remember how much came from a connection.
CROWD_SPAN = timedelta(minutes=10)
#: Groups that one client address can sign up in an hour.
SIGNUPS = 10


def create_app(services: Services) -> FastAPI:
    """Return the web application; its live stream runs for as long as its lifespan."""
    assets = Assets()
    settings = services.settings
    hub = Hub(services.store, heartbeat=settings.heartbeat, poll=settings.poll)
    app = FastAPI(
        title="Buurtsignaal",
        version=settings.version or "0",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        dependencies=[Depends(guard)],
        lifespan=_lifespan,
        redirect_slashes=False,
        # Traces and metrics would carry addresses and errors out of the house.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    app.state.services = services
    app.state.assets = assets
    app.state.hub = hub
    app.state.bench = Bench(services)
    app.state.keeper = Doorkeeper(services)
    app.state.token_tries = Throttle(settings.attempts, settings.lockout)
    app.state.signups = Throttle(SIGNUPS, timedelta(hours=1))
    app.state.jinja = environment(assets)
    app.state.crowd = Crowd(settings.report_crowd, CROWD_SPAN)
    app.state.tickets = Tickets(services.reporting.secret, services.clock)
    app.state.wordings = load_wordings()
    services.store.on_commit(hub.wake)
    for router in ROUTERS:
        app.include_router(router)
    app.state.api = create_api(services)
    app.mount(BASE, app.state.api, name="api")
    app.mount("/static", StaticFiles(directory=assets.folder), name="static")
    errors.install(app)
    # The last one added is the outermost.
    app.add_middleware(errors.Failsafe)
    tiles = any(tenant.map.source is MapSource.PDOK for tenant in services.tenants.values())
    app.add_middleware(SecurityHeaders, secure=settings.secure, tiles=tiles)
    return app


@contextlib.asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    hub: Hub = app.state.hub
    lookout = Lookout(app.state.services)
    beside = [asyncio.create_task(hub.run()), asyncio.create_task(lookout.run())]
    try:
        yield
    finally:
        hub.close()
        for task in beside:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
