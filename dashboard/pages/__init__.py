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
    dossier,
    follow,
    group,
    handover,
    hotspots,
    incident,
    joining,
    letters,
    listing,
    login,
    public,
    queue,
    registry,
    report,
    research,
    scores,
    shift,
    signup,
    start,
    stream,
)

ROUTERS: tuple[APIRouter, ...] = (
    login.router,
    public.router,
    follow.router,
    handover.router,
    report.router,
    joining.router,
    signup.router,
    start.router,
    account.router,
    queue.router,
    attend.router,
    board.router,
    stream.router,
    incident.router,
    listing.router,
    hotspots.router,
    shift.router,
    dossier.router,
    letters.router,
    group.router,
    research.router,
    audit.router,
    admin.router,
    scores.router,
    registry.router,
)
