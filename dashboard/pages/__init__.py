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
    joining,
    letters,
    login,
    public,
    queue,
    registry,
    research,
    signup,
    start,
    stream,
)

ROUTERS: tuple[APIRouter, ...] = (
    login.router,
    public.router,
    joining.router,
    signup.router,
    start.router,
    account.router,
    queue.router,
    stream.router,
    incident.router,
    letters.router,
    group.router,
    research.router,
    audit.router,
    admin.router,
    registry.router,
)
