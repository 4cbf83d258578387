# SPDX-License-Identifier: EUPL-1.2
"""Puts the pages together; the only thing the composition root calls here."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta

from fastapi import APIRouter, Depends, FastAPI
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
from dashboard.pages import PRACTICE, ROUTERS
from dashboard.practice.classroom import Classroom
from dashboard.practice.ground import ROOT, Ground
from dashboard.practice.keeper import PracticeKeeper
from dashboard.render import environments
from dashboard.report.crowd import Crowd
from dashboard.report.ticket import Tickets
from dashboard.report.wording import load_wordings
from dashboard.services import Services
from dashboard.spoken import spoken_taxonomy
from dashboard.stream import Hub
from dashboard.tongue import load_tongues
from dashboard.visit import guard

#: How long the report pages remember how much came from a connection.
CROWD_SPAN = timedelta(minutes=10)
#: Groups that one client address can sign up in an hour.
SIGNUPS = 10


def create_app(services: Services) -> FastAPI:
    """Return the web application; its live stream runs for as long as its lifespan."""
    keeper = Doorkeeper(services)
    app = _pages(services, keeper, ROUTERS, root="")
    ground = Ground(services, keeper, _practice_pages, _beside)
    app.state.ground = ground
    app.state.hub.kin.append(ground)
    app.mount(ROOT, ground, name="practice-ground")
    app.state.api = create_api(services)
    app.mount(BASE, app.state.api, name="api")
    app.mount("/static", StaticFiles(directory=app.state.assets.folder), name="static")
    return app


def _practice_pages(services: Services, classroom: Classroom, keeper: PracticeKeeper) -> FastAPI:
    """Return the pages of one lesson: those of operators, on its own store."""
    app = _pages(services, keeper, PRACTICE, root=ROOT)
    app.state.classroom = classroom
    return app


def _pages(
    services: Services,
    keeper: Doorkeeper | PracticeKeeper,
    routers: Sequence[APIRouter],
    *,
    root: str,
) -> FastAPI:
    assets = Assets()
    services = replace(services, taxonomy=spoken_taxonomy(services.taxonomy))
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
    app.state.keeper = keeper
    app.state.classroom = None
    app.state.token_tries = Throttle(settings.attempts, settings.lockout)
    app.state.signups = Throttle(SIGNUPS, timedelta(hours=1))
    app.state.tongues = load_tongues()
    app.state.jinja = environments(assets, app.state.tongues, root)
    app.state.crowd = Crowd(settings.report_crowd, CROWD_SPAN)
    app.state.tickets = Tickets(services.reporting.secret, services.clock)
    app.state.wordings = load_wordings()
    services.store.on_commit(hub.wake)
    for router in routers:
        app.include_router(router)
    app.state.routes = frozenset(str(route.name) for r in routers for route in r.routes)  # type: ignore[attr-defined]
    errors.install(app)
    # The last one added is the outermost.
    app.add_middleware(errors.Failsafe)
    tiles = any(tenant.map.source is MapSource.PDOK for tenant in services.tenants.values())
    app.add_middleware(SecurityHeaders, secure=settings.secure, tiles=tiles)
    return app


@contextlib.asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    ground: Ground = app.state.ground
    async with _beside(app):
        lessons = asyncio.create_task(ground.run())
        try:
            yield
        finally:
            await _stop(lessons)


@contextlib.asynccontextmanager
async def _beside(app: FastAPI) -> AsyncIterator[None]:
    """Run what belongs beside pages: the live stream and the lookout."""
    hub: Hub = app.state.hub
    lookout = Lookout(app.state.services)
    beside = [asyncio.create_task(hub.run()), asyncio.create_task(lookout.run())]
    stop = threading.Event()
    # A thread of its own: it sleeps in the database for as long as the server runs.
    ear = threading.Thread(target=app.state.services.store.hear, args=(stop,), daemon=True)
    ear.start()
    try:
        yield
    finally:
        hub.close()
        stop.set()
        await asyncio.to_thread(ear.join, 2.0)
        for task in beside:
            await _stop(task)


async def _stop(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
