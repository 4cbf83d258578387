# SPDX-License-Identifier: EUPL-1.2
"""Which language somebody reads: the account says it, or on public pages the link, the browser."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.requests import Request

from dashboard.tongue import DUTCH, LANGUAGES, Tongue

#: In an address: ``?taal=en``.
PARAMETER = "taal"


def tongue_of(request: Request) -> Tongue:
    """Return the language to answer in."""
    tongues: Mapping[str, Tongue] = request.app.state.tongues
    return tongues.get(_lang(request), DUTCH)


def chosen_lang(request: Request) -> str:
    """Return the language that the address asks for, or nothing."""
    asked = request.query_params.get(PARAMETER, "")
    return asked if asked in LANGUAGES else ""


def own_address(request: Request) -> str:
    """Return where the browser is now, without the language; the start when it cannot go back."""
    if request.method not in ("GET", "HEAD"):
        signed_in = getattr(request.state, "visitor", None) is not None
        return "/" if signed_in else safe_path(request.url.path)
    kept = [pair for pair in request.query_params.multi_items() if pair[0] != PARAMETER]
    return safe_path(request.url.path + (f"?{urlencode(kept)}" if kept else ""))


def safe_path(address: str) -> str:
    """Return an address inside our own pages; anything else becomes the start page."""
    inside = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if inside and address.isprintable() else "/"


def _lang(request: Request) -> str:
    visitor = getattr(request.state, "visitor", None)
    if visitor is not None:
        return str(visitor.account.language)
    return chosen_lang(request) or preferred(request.headers.get("accept-language", ""))


def preferred(header: str) -> str:
    """Return the best of our languages by ``Accept-Language`` (RFC 9110, 12.5.4); Dutch is first.

    >>> preferred("en-GB,en;q=0.9,nl;q=0.8")
    'en'
    """
    weights = dict.fromkeys(LANGUAGES, 0.0)
    for part in header.split(",")[:20]:
        name, _, rest = part.strip().partition(";")
        lang = name.split("-")[0].strip().lower()
        if lang in weights:
            weights[lang] = max(weights[lang], _weight(rest))
    return max(LANGUAGES, key=lambda lang: weights[lang])


def _weight(parameter: str) -> float:
    key, _, value = parameter.strip().partition("=")
    if not key:
        return 1.0
    try:
        return min(1.0, max(0.0, float(value))) if key.strip() == "q" else 1.0
    except ValueError:
        return 0.0
