# SPDX-License-Identifier: EUPL-1.2
"""One process: the pages, the hot intake route beside them, and everything that runs along."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import uvicorn

from buurtsignaal import __version__, metrics
from buurtsignaal.bootstrap import House, build_pipeline, sample_key
from buurtsignaal.committer import Committer
from buurtsignaal.connections import Connection, connect_all, numbers, senders, speaking
from buurtsignaal.elsewhere import Elsewhere, load_elsewhere
from buurtsignaal.exposition import CONTENT_TYPE
from buurtsignaal.front import Front
from buurtsignaal.importing import Uploads
from buurtsignaal.judging import build_classifier, model_folder
from buurtsignaal.lookout import Alive, Numbers, Ready
from buurtsignaal.ordering import person_finder
from buurtsignaal.practice import Practice
from buurtsignaal.reporting import build_reporting
from buurtsignaal.runtime import Runtime
from buurtsignaal.settings import Environment, secret
from buurtsignaal.shadow import Shadow
from buurtsignaal.shelf import Shelf
from buurtsignaal.vitals import Durations, Vitals
from classify.hiding import hider
from classify.pdok import LIVE
from core import errors
from core.clock import Clock
from dashboard.app import create_app
from dashboard.report.house import load_house
from dashboard.server import Server
from dashboard.services import ConnectorSeen, ResearchInfo, Services, WebSettings
from ingest.connector import Submit
from ingest.webhook import app as webhook
from ingest.whatsapp_cloud import app as whatsapp
from store.cursors import CursorRow

log = logging.getLogger(__name__)

#: A batch that waits longer than this, in seconds, says that the line is stuck.
STUCK = 60.0


def doors_of(connections: list[Connection], submit: Submit, clock: Clock) -> dict[str, Any]:
    """Return the doors for sources that come to us."""
    return {
        webhook.PREFIX: webhook.WebhookApp(senders(connections), submit, clock),
        whatsapp.PREFIX: whatsapp.WhatsAppApp(numbers(connections), submit, clock),
    }


def services_of(
    house: House,
    vitals: Vitals,
    connections: list[Connection],
    elsewhere: Mapping[str, Elsewhere],
) -> Services:
    """Return what the pages need."""
    settings = house.settings
    return Services(
        store=house.store,
        trees={slug: m.tree for slug, m in house.municipalities.items()},
        tenants=house.tenants,
        taxonomy=house.taxonomy,
        clock=house.clock,
        intake=Uploads(house, vitals.submit),
        texts={slug: m.texts for slug, m in house.municipalities.items()},
        sample_key=sample_key(settings),
        speaking=speaking(connections),
        connectors=partial(_seen, house, vitals),
        identifies=person_finder(),
        hides=hider(),
        settings=WebSettings(
            public_url=settings.public_url,
            demo=settings.environment is Environment.DEMO,
            version=__version__,
            security_contact=settings.security_contact,
            api_calls=settings.api_calls,
            api_contact=settings.api_contact,
        ),
        research=ResearchInfo(folder=model_folder(settings), models=Shelf.shipped()),
        reporting=build_reporting(house, vitals.submit, connections, elsewhere),
        practice=Practice(house),
        houses={
            slug: load_house(settings.tenants_dir / slug / "form.toml") for slug in house.tenants
        },
    )


def _seen(house: House, vitals: Vitals, tenant: str) -> list[ConnectorSeen]:
    """Return when each source was last read, also before the start, and how it is doing."""
    with house.store.read() as work:
        rows = {row.source: row for row in work.cursors.list(tenant)}
    live = {seen.source: seen for seen in vitals.seen(tenant)}
    before = [
        ConnectorSeen(source=row.source, stream=row.stream, at=row.at)
        for row in rows.values()
        if row.source not in live
    ]
    return [_remembered(seen, rows.get(seen.source)) for seen in live.values()] + before


def _remembered(seen: ConnectorSeen, row: CursorRow | None) -> ConnectorSeen:
    return seen if row is None else replace(seen, stream=row.stream, at=seen.at or row.at)


def lookouts_of(
    house: House, vitals: Vitals, commits: Durations, committer: Committer
) -> dict[str, Any]:
    """Return the doors for who watches the server."""

    def database() -> None:
        with house.store.read() as work:
            work.events.last_id()

    def numbers() -> str:
        with house.store.read() as work:
            return metrics.page(work, house.tenants, vitals, commits, house.clock.now())

    # On a server that others can reach, nearness proves nothing: a proxy is near as well.
    token = house.settings.metrics_token
    open_door = token is not None or not house.settings.public_url.startswith("https:")
    doors: dict[str, Any] = {
        "/healthz": Alive(),
        "/readyz": Ready(database, lambda: committer.waited > STUCK),
    }
    if open_door:
        doors["/metrics"] = Numbers(numbers, token=token, content_type=CONTENT_TYPE)
    return doors


@dataclass(frozen=True, slots=True)
class Running:
    """A house that is being served."""

    committer: Committer
    _serving: asyncio.Task[None]

    async def stopped(self) -> None:
        """Return when the server was told to stop."""
        await asyncio.shield(self._serving)


@asynccontextmanager
async def running(house: House) -> AsyncIterator[Running]:
    """Serve while the block runs; pages answer from its first line on."""
    refuse_demo_accounts(house)
    connections = connect_all(house.tenants, secret)
    classifier = build_classifier(house.settings, waits=LIVE)
    classifier.prepare()
    shadow = build_shadow(house)
    pipeline = build_pipeline(
        house,
        classifier,
        linker=classifier.linker,
        speaking=speaking(connections),
        shadow=shadow,
    )
    commits = Durations()
    committer = Committer(commits.timed(pipeline.handle), group=house.settings.group_commit)
    vitals = Vitals(committer.submit, house.clock)
    elsewhere = load_elsewhere(
        house.settings.tenants_dir, secret=secret, clock=house.clock, ours=house.tenants
    )
    services = services_of(house, vitals, connections, elsewhere)
    pages = create_app(services)
    doors = doors_of(connections, vitals.submit, house.clock)
    doors |= lookouts_of(house, vitals, commits, committer)
    front = Front(pages, doors, secure=services.settings.secure)
    server = Server(_config(house, front), pages.state.hub)
    stop = asyncio.Event()
    beside = asyncio.create_task(
        Runtime(
            house, committer, connections, elsewhere, vitals=vitals, forget=pipeline.forget
        ).run(stop)
    )
    serving = asyncio.create_task(server.serve())
    try:
        await _up(server, serving)
        yield Running(committer, serving)
    finally:
        server.should_exit = True
        await serving
        stop.set()
        await beside
        await committer.close()
        if shadow is not None:
            await asyncio.to_thread(shadow.close)


def build_shadow(house: House) -> Shadow | None:
    """Return the model that runs along; None when the settings name none."""
    name = house.settings.shadow_model
    if name is None:
        return None
    try:
        model = Shelf.shipped().load(name)
    except errors.NotFound as error:
        raise errors.ConfigurationError(f"shadow_model: {error}") from None
    return Shadow(model, house.store, house.clock)


async def serve_until_told(house: House) -> None:
    """Serve until SIGTERM or Ctrl-C, then stop within seconds."""
    async with running(house) as server:
        log.info("listening on %s", house.settings.public_url)
        await server.stopped()


async def _up(server: Server, serving: asyncio.Task[None]) -> None:
    while not server.started:
        if serving.done():
            # Says what is wrong: the port is taken, the address is not ours.
            await serving
            raise errors.ConfigurationError("the server could not start listening")
        await asyncio.sleep(0.01)


def refuse_demo_accounts(house: House) -> None:
    """Production does not start while an account of the demo could sign in."""
    if house.settings.environment is not Environment.PRODUCTION:
        return
    with house.store.read() as work:
        for slug in house.tenants:
            if any(account.demo for account in work.accounts.list(slug)):
                raise errors.ConfigurationError(
                    "this database holds demo accounts; start production on a database of its own"
                )


def _config(house: House, front: Front) -> uvicorn.Config:
    settings = house.settings
    return uvicorn.Config(
        front,
        host=settings.host,
        port=settings.port,
        log_config=None,
        # No access log: an address of a citizen's device belongs in no file of ours.
        access_log=False,
        server_header=False,
        date_header=True,
        lifespan="on",
    )


def set_up_logging(level: str) -> None:
    """Log our own words only; libraries keep what they saw to themselves."""
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


_CHATTY = (
    *("httpx", "httpcore", "telegram", "nio", "peewee", "asyncio", "aiosmtplib", "multipart"),
    "sqlalchemy",
    # "mail" is what aiosmtpd calls its logs, which hold whole mails at DEBUG.
    *("imapclient", "mail", "dkimpy"),
    # Pillow tells at DEBUG what it finds in a photo.
    "PIL",
)
