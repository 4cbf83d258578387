# SPDX-License-Identifier: EUPL-1.2
"""One module per page or small family of pages; routes are thin."""

from __future__ import annotations

from fastapi import APIRouter

from dashboard.pages import (
    account,
    admin,
    attend,
    audit,
    board,
    follow,
    group,
    handover,
    incident,
    letters,
    login,
    public,
    queue,
    report,
    research,
    scores,
    start,
    stream,
)

ROUTERS: tuple[APIRouter, ...] = (
    login.router,
    public.router,
    follow.router,
    handover.router,
    report.router,
    start.router,
    account.router,
    queue.router,
    attend.router,
    board.router,
    stream.router,
    incident.router,
    letters.router,
    group.router,
    research.router,
    audit.router,
    admin.router,
    scores.router,
)
