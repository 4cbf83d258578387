# SPDX-License-Identifier: EUPL-1.2
"""Forms for who has no account: tied to the browser they were shown in."""

from __future__ import annotations

import secrets
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from dashboard import render
from dashboard.visit import login_cookie


def guest_page(request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
    """Return a page whose form may be sent back by this browser only; it gets ``csrf``."""
    visitor = request.state.visitor
    known = request.cookies.get(login_cookie(request))
    token = visitor.csrf if visitor else known or secrets.token_urlsafe(24)
    answer = render.page(request, template, status=status, csrf=token, **values)
    if visitor is None:
        set_cookie(request, answer, login_cookie(request), token)
    return answer


def set_cookie(request: Request, answer: Response, name: str, value: str) -> None:
    """Give the browser a cookie that no script can read."""
    secure: bool = request.app.state.services.settings.secure
    answer.set_cookie(name, value, path="/", secure=secure, httponly=True, samesite="lax")


def client_of(request: Request) -> str:
    """Return whom to count tries for; it is kept in memory only."""
    return request.client.host if request.client else "-"
