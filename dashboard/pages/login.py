# SPDX-License-Identifier: EUPL-1.2
"""Signing in and out."""

from __future__ import annotations

import secrets

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboard import render
from dashboard.auth import Doorkeeper, session_name
from dashboard.forms import Form
from dashboard.guest import set_cookie
from dashboard.preference import chosen_lang
from dashboard.visit import Here, login_cookie

router = APIRouter(include_in_schema=False)


@router.get("/inloggen", name="login")
def form(request: Request) -> Response:
    """Show the form, or go on when somebody is signed in already."""
    if request.state.visitor is not None:
        return RedirectResponse("/", 303)
    return _form(request, ended="uit" in request.query_params)


@router.post("/inloggen", name="login-submit")
def submit(request: Request) -> Response:
    """Open a session; every refusal looks the same."""
    keeper: Doorkeeper = request.app.state.keeper
    sent: Form = request.state.form
    name, password = sent.text("naam", longest=100), sent.fields.get("wachtwoord", "")[:200]
    client = request.client.host if request.client else "-"
    token = keeper.login(name, password, client)
    if token is None:
        return _form(request, status=401, failed=True, name=name)
    _end_streams(request)
    if lang := chosen_lang(request):
        _keep(keeper, token, lang)
    answer = RedirectResponse("/", 303)
    set_cookie(request, answer, keeper.cookie, token)
    answer.delete_cookie(login_cookie(request), secure=_secure(request), httponly=True)
    return answer


@router.post("/uitloggen", name="logout")
def logout(here: Here) -> Response:
    """End the session and its live streams."""
    request = here.request
    keeper: Doorkeeper = request.app.state.keeper
    keeper.logout(here.visitor)
    _end_streams(request)
    lang = here.visitor.account.language
    answer = RedirectResponse("/inloggen?uit" + (f"&taal={lang}" if lang != "nl" else ""), 303)
    answer.delete_cookie(keeper.cookie, secure=_secure(request), httponly=True)
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


def _form(
    request: Request,
    *,
    status: int = 200,
    failed: bool = False,
    ended: bool = False,
    name: str = "",
) -> Response:
    token = request.cookies.get(login_cookie(request)) or secrets.token_urlsafe(24)
    values = {"token": token, "failed": failed, "ended": ended, "name": name}
    answer = render.page(request, "inloggen.html", status=status, **values)
    set_cookie(request, answer, login_cookie(request), token)
    return answer


def _keep(keeper: Doorkeeper, token: str, lang: str) -> None:
    """Whoever chose a language on the login page keeps it."""
    if visitor := keeper.visitor(token):
        keeper.choose_language(visitor, lang)


def _secure(request: Request) -> bool:
    secure: bool = request.app.state.services.settings.secure
    return secure


def _end_streams(request: Request) -> None:
    token = request.cookies.get(request.app.state.keeper.cookie)
    if token:
        request.app.state.hub.drop_soon(session_name(token))
