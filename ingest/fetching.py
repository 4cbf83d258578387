# SPDX-License-Identifier: EUPL-1.2
"""Asks public servers for something, politely: small, patient, and never by a side road."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx

from ingest.feed import FeedAway

#: Largest answer that is read, in bytes; a feed is small.
MOST_BYTES = 4 * 1024 * 1024
#: Says who asks, so that an administrator can find us.
AGENT = "Buurtsignaal (open source; reads within a public monitoring order)"
#: Longest wait that a server can ask of us, in seconds.
_LONGEST_WAIT = 3600.0
_SECONDS = 20.0
_REDIRECTS = 3


def new_client(headers: Mapping[str, str] | None = None) -> httpx.AsyncClient:
    """Return a client that follows no redirect by itself and reads no proxy from outside."""
    return httpx.AsyncClient(
        headers={"user-agent": AGENT} | dict(headers or {}),
        timeout=_SECONDS,
        trust_env=False,
        follow_redirects=False,
    )


async def get(
    client: httpx.AsyncClient,
    address: str,
    *,
    params: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> tuple[httpx.Response, bytes]:
    """Return answer and body; ``FeedAway`` when there is none that can be used.

    An answer of 304, 404 or 410 is the caller's to understand. A redirect is followed on the
    same host only: a feed must not send us to somebody else, least of all inside our own network.
    """
    url = httpx.URL(address, params=params) if params else httpx.URL(address)
    for _ in range(_REDIRECTS):
        try:
            answer, body = await _once(client, url, headers or {})
        except httpx.HTTPError as error:
            raise FeedAway(f"a server cannot be reached ({type(error).__name__})") from None
        if not answer.has_redirect_location:
            return answer, body
        url = _followed(answer)
    raise FeedAway("a feed redirects in circles")


async def _once(
    client: httpx.AsyncClient, url: httpx.URL, headers: Mapping[str, str]
) -> tuple[httpx.Response, bytes]:
    async with client.stream("GET", url, headers=dict(headers)) as answer:
        if answer.is_error and answer.status_code not in {404, 410}:
            raise FeedAway(
                f"a server answered {answer.status_code}", retry_after=wait_in(answer.headers)
            )
        body = bytearray()
        async for part in answer.aiter_bytes():
            body += part
            if len(body) > MOST_BYTES:
                raise FeedAway("an answer is too large")
        return answer, bytes(body)


def _followed(answer: httpx.Response) -> httpx.URL:
    there = answer.url.join(answer.headers["location"])
    here = urlsplit(str(answer.url))
    safe = there.scheme in {here.scheme, "https"}
    if not safe or there.host.removeprefix("www.") != (here.hostname or "").removeprefix("www."):
        raise FeedAway("a feed has moved to another host; put the new address in the tenant file")
    return there


def wait_in(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that a server asks us to wait: a number, a date or a moment."""
    asked = headers.get("retry-after")
    if asked is None:
        asked = headers.get("x-ratelimit-reset")
    if asked is None:
        return None
    if asked.strip().isdecimal():
        return min(float(asked), _LONGEST_WAIT)
    try:
        at = parsedate_to_datetime(asked) if "," in asked else datetime.fromisoformat(asked)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max(0.0, (at - datetime.now(UTC)).total_seconds()), _LONGEST_WAIT)
