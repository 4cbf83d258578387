# SPDX-License-Identifier: EUPL-1.2
"""The lessons that run, one per municipality, each an application of its own under one address."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass

from anyio import to_thread
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.types import Receive, Scope, Send

from core import errors
from core.lesson import Lesson
from dashboard.auth import Doorkeeper
from dashboard.practice.classroom import Classroom, known
from dashboard.practice.keeper import PracticeKeeper
from dashboard.services import Services
from dashboard.spoken import say

log = logging.getLogger(__name__)

#: Where the pages of a lesson are.
ROOT = "/oefening"
#: Seconds between two looks for messages whose time is there.
_TICK = 0.25

#: Makes the pages of one lesson.
MakePages = Callable[[Services, Classroom, PracticeKeeper], FastAPI]
#: Runs what belongs beside the pages of an application.
Beside = Callable[[FastAPI], AbstractAsyncContextManager[None]]


@dataclass(frozen=True, slots=True)
class _Open:
    classroom: Classroom
    pages: FastAPI
    running: AsyncExitStack


class Ground:
    """Opens and closes lessons, and shows each visitor that of their own municipality (ASGI)."""

    def __init__(
        self, services: Services, keeper: Doorkeeper, make: MakePages, beside: Beside
    ) -> None:
        self._services = services
        self._keeper = keeper
        self._make = make
        self._beside = beside
        self._open: dict[str, _Open] = {}
        self._turn = asyncio.Lock()

    def lessons(self) -> tuple[Lesson, ...]:
        """Return the lessons that there are."""
        return tuple(self._services.practice.lessons())

    def classroom(self, tenant: str) -> Classroom | None:
        """Return the lesson that runs there, or None."""
        found = self._open.get(tenant)
        return found.classroom if found else None

    async def begin(self, tenant: str, slug: str, *, speed: float) -> None:
        """Start a lesson; the one that ran there is thrown away. Raise ``BadInput``."""
        lesson = next((each for each in self.lessons() if each.slug == slug), None)
        if lesson is None:
            raise errors.BadInput(say("Kies een les uit de lijst."))
        known(speed)
        async with self._turn:
            await self._shut(tenant)
            self._open[tenant] = await self._set_up(tenant, lesson, speed)

    async def end(self, tenant: str) -> None:
        """End the lesson; nothing is left of it."""
        async with self._turn:
            await self._shut(tenant)

    def close(self) -> None:
        """End the streams of all lessons, for a server that stops."""
        for each in self._open.values():
            each.pages.state.hub.close()

    async def run(self) -> None:
        """Let messages come in for as long as the server runs; then end what still runs."""
        try:
            while True:
                for each in list(self._open.values()):
                    await self._advance(each.classroom)
                await asyncio.sleep(_TICK)
        finally:
            for tenant in list(self._open):
                await self._shut(tenant)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Show the visitor's own lesson, or where lessons are found."""
        if scope["type"] != "http":
            return
        token = Request(scope).cookies.get(self._keeper.cookie)
        visitor = await to_thread.run_sync(self._keeper.visitor, token)
        found = self._open.get(visitor.tenant.slug) if visitor else None
        pages = found.pages if found else RedirectResponse("/oefenen", 303)
        await pages(scope, receive, send)

    async def _set_up(self, tenant: str, lesson: Lesson, speed: float) -> _Open:
        services = self._services
        stage = await to_thread.run_sync(services.practice.stage, services, tenant, lesson)
        classroom = Classroom(lesson, stage, services.clock, speed=speed)
        keeper = PracticeKeeper(self._keeper, stage.services.tenants[tenant])
        pages = self._make(stage.services, classroom, keeper)
        running = AsyncExitStack()
        await running.enter_async_context(self._beside(pages))
        return _Open(classroom, pages, running)

    async def _shut(self, tenant: str) -> None:
        found = self._open.pop(tenant, None)
        if found is not None:
            await found.running.aclose()
            await to_thread.run_sync(found.classroom.stage.close)

    async def _advance(self, classroom: Classroom) -> None:
        try:
            await to_thread.run_sync(classroom.advance)
        except Exception as error:  # noqa: BLE001 - a lesson that ends meanwhile harms nobody
            log.warning("a lesson could not go on: %s", type(error).__name__)
