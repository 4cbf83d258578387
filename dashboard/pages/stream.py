# SPDX-License-Identifier: EUPL-1.2
"""The live stream of the queues that somebody may watch."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from dashboard.access import seen_by
from dashboard.auth import Doorkeeper
from dashboard.practice.keeper import PracticeKeeper
from dashboard.stream import Hub
from dashboard.visit import Here

router = APIRouter(include_in_schema=False)


@router.get("/stroom", name="stream")
async def stream(here: Here) -> Response:
    """Send events from where this screen left off, for as long as the session lives."""
    hub: Hub = here.request.app.state.hub
    keeper: Doorkeeper | PracticeKeeper = here.request.app.state.keeper
    session = here.visitor.session

    async def alive() -> bool:
        return await run_in_threadpool(keeper.by_session, session) is not None

    frames = hub.listen(
        tenant=here.tenant.slug,
        channels=frozenset(queue.value for queue in seen_by(here.visitor.role)),
        after=_after(here.request),
        owner=session,
        alive=alive,
    )
    # Proxies must pass every byte on at once, and nobody may keep a copy.
    headers = {"X-Accel-Buffering": "no", "Cache-Control": "no-store"}
    return StreamingResponse(frames, media_type="text/event-stream", headers=headers)


def _after(request: Request) -> int | None:
    """Return the last event that the screen saw; 0 is one too: it saw that there was none yet."""
    back = _number(request.headers.get("last-event-id"))
    return _number(request.query_params.get("na")) if back is None else back


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None
