# SPDX-License-Identifier: EUPL-1.2
"""Response headers of every answer: strict, and the same on each route."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Nothing from elsewhere, nothing inline, no string turned into markup except by our policy.
_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "buurtsignaal",
}
CONTENT_SECURITY_POLICY = "; ".join(f"{name} {value}" for name, value in _POLICY.items())
#: The page with the map, and where its pictures may also come from, for who chose that map.
MAP_PAGE = "/lijst"
TILES = "https://service.pdok.nl"
_WITH_TILES = CONTENT_SECURITY_POLICY.replace("img-src 'self'", f"img-src 'self' {TILES}")

_ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
        "magnetometer=(), microphone=(), payment=(), usb=(), clipboard-write=(self)"
    ),
    "X-Robots-Tag": "noindex, nofollow",
}
_STRICT_TRANSPORT = "max-age=63072000; includeSubDomains"


class SecurityHeaders:
    """Adds the headers to every answer, errors and files included."""

    def __init__(self, app: ASGIApp, *, secure: bool, tiles: bool = False) -> None:
        """``tiles``: a municipality shows the national map on its list."""
        self._app = app
        self._tiles = tiles
        self._headers = dict(_ALWAYS)
        if secure:
            self._headers["Strict-Transport-Security"] = _STRICT_TRANSPORT

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and dress its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"]

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._dress(MutableHeaders(scope=message), path)
            await send(message)

        await self._app(scope, receive, dressed)

    def _dress(self, headers: MutableHeaders, path: str) -> None:
        for name, value in self._headers.items():
            headers[name] = value
        if self._tiles and path == MAP_PAGE:
            headers["Content-Security-Policy"] = _WITH_TILES
        # Pages hold citizens' words; only our own files may be kept by a browser.
        if not path.startswith("/static/"):
            headers["Cache-Control"] = "no-store"
        else:
            headers["Cache-Control"] = "no-cache"


def security_txt(*, contact: str, expires: str, languages: Iterable[str] = ("nl", "en")) -> str:
    """Return the file of RFC 9116."""
    return f"Contact: {contact}\nExpires: {expires}\nPreferred-Languages: {', '.join(languages)}\n"
