# SPDX-License-Identifier: EUPL-1.2
"""One module per page or small family of pages; routes are thin."""

from __future__ import annotations

from fastapi import APIRouter

from dashboard.pages import (
    account,
    admin,
    audit,
    group,
    incident,
    labelling,
    letters,
    login,
    model,
    public,
    queue,
    research,
    rooms,
    start,
    stream,
)

ROUTERS: tuple[APIRouter, ...] = (
    login.router,
    public.router,
    start.router,
    account.router,
    queue.router,
    stream.router,
    incident.router,
    letters.router,
    group.router,
    research.router,
    model.router,
    rooms.router,
    labelling.router,
    audit.router,
    admin.router,
)
