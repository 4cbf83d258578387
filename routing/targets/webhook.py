# SPDX-License-Identifier: EUPL-1.2
"""A signed event to another system: Standard Webhooks around CloudEvents."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
from standardwebhooks import Webhook

from core import errors
from core.clock import Clock
from core.tenant import TargetConfig
from routing.formats import cloudevents
from routing.formats.plain import one_line, token
from routing.options import Options, is_loopback
from routing.registry import Tools
from routing.report import Report
from routing.target import Receipt

#: Refusals that may pass: time-out, conflict in time, too early, too many.
_PASSING = frozenset({408, 425, 429})
#: The receiver knows this id already.
_KNOWN = 409
#: More of an answer than this is not read.
_MOST_ANSWER = 64 * 1024
#: The specification's bounds for a secret, in bytes.
_SECRET_BYTES = range(24, 65)

_URN = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")


@dataclass(frozen=True, kw_only=True, slots=True)
class WebhookTarget:
    """One address that takes our events."""

    name: str
    full_text: bool
    url: str = field(repr=False)
    #: Who we are: a URN after the NL GOV profile.
    source: str
    #: More than one while a secret is being replaced.
    secrets: tuple[str, ...] = field(repr=False)
    #: Value of the Authorization header; empty without one.
    authorization: str = field(default="", repr=False)
    trust: ssl.SSLContext = field(repr=False)
    clock: Clock = field(repr=False)
    #: Seconds for the whole conversation.
    timeout: float = 20.0

    async def deliver(self, report: Report, idempotency_key: str) -> Receipt:
        """Post the event; the key is its id, by which the receiver knows a repeat."""
        key = token(idempotency_key)
        body = cloudevents.forwarded(report, event_id=key, source=self.source)
        return await self._post(key, body)

    async def retract(self, report: Report, idempotency_key: str) -> Receipt:
        """Post the event that takes the report back."""
        key = token(idempotency_key)
        body = cloudevents.retracted(report, event_id=key, source=self.source)
        return await self._post(key, body)

    async def _post(self, key: str, body: bytes) -> Receipt:
        try:
            async with asyncio.timeout(self.timeout):
                return await self._converse(key, body)
        except errors.DeliveryError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the event did not arrive
            failure = errors.TargetUnavailable(
                f"het adres is niet bereikbaar ({type(error).__name__})"
            )
        # Raised out here, so that no library's message (with the address) travels along.
        raise failure

    async def _converse(self, key: str, body: bytes) -> Receipt:
        request = httpx.Request(
            "POST",
            self.url,
            content=body,
            headers=self._headers(key, body),
            extensions={"timeout": httpx.Timeout(self.timeout).as_dict()},
        )
        # A transport and no client: that would log the whole address, follow redirects when
        # told to, and let a proxy or password file of this machine see or change what we send.
        async with httpx.AsyncHTTPTransport(verify=self.trust) as transport:
            response = await transport.handle_async_request(request)
            try:
                return await self._receipt(response)
            finally:
                await response.aclose()

    def _headers(self, key: str, body: bytes) -> dict[str, str]:
        now = self.clock.now()
        text = body.decode()
        signatures = [Webhook(secret).sign(key, now, text) for secret in self.secrets]
        headers = {
            "Content-Type": cloudevents.CONTENT_TYPE,
            "User-Agent": "buurtsignaal",
            "webhook-id": key,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(signatures),
        }
        if self.authorization:
            headers["Authorization"] = self.authorization
        return headers

    async def _receipt(self, response: httpx.Response) -> Receipt:
        status = response.status_code
        if response.is_success:
            return Receipt(reference=_reference(response, await _some(response)))
        if status == _KNOWN:
            return Receipt(repeated=True)
        if status in _PASSING or status >= 500:
            wait = _retry_after(response.headers, self.clock.now())
            raise errors.TargetUnavailable(f"de ontvanger kan nu niet ({status})", retry_after=wait)
        if response.is_redirect:
            raise errors.TargetRefused(
                f"de ontvanger verwijst door ({status}); zet het nieuwe adres in tenant.toml"
            )
        raise errors.TargetRefused(f"de ontvanger weigert het bericht ({status})")


async def _some(response: httpx.Response) -> bytes:
    """Return the answer, or nothing of an answer that is too long to be a reference."""
    parts: list[bytes] = []
    size = 0
    async for part in response.aiter_bytes():
        size += len(part)
        if size > _MOST_ANSWER:
            return b""
        parts.append(part)
    return b"".join(parts)


def _reference(response: httpx.Response, body: bytes) -> str:
    """Return the receiver's own reference: ``id`` or ``reference`` in a JSON answer."""
    if "json" not in response.headers.get("Content-Type", ""):
        return ""
    try:
        answer = json.loads(body)
    except ValueError:
        return ""
    if not isinstance(answer, dict):
        return ""
    found = answer.get("reference", answer.get("id"))
    return one_line(str(found))[:200] if isinstance(found, str | int) else ""


def _retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds that the receiver asks us to wait; seconds or an HTTP date."""
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit() and len(value) < 10:
        return float(value)
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - now).total_seconds())


def build(config: TargetConfig, options: Options, tools: Tools) -> WebhookTarget:
    """Return the receiver; what is wrong with its options is noted in ``options``."""
    url = options.text("url")
    _check_url(options, url)
    secrets = options.secrets("secret", needed=True)
    for secret in secrets:
        _check_secret(options, secret)
    authorization = options.secrets("authorization", needed=False)
    if len(authorization) > 1 or not all(v.isascii() and v.isprintable() for v in authorization):
        options.wrong("authorization_env", "moet een enkele regel gewone tekst zijn")
    source = options.text("source")
    if source and not _URN.fullmatch(source):
        options.wrong("source", "moet een URI zijn, zoals urn:nld:oin:<OIN>:systeem:<naam>")
    return WebhookTarget(
        name=config.name,
        full_text=config.full_text,
        url=url,
        source=source,
        secrets=secrets,
        authorization=authorization[0] if authorization else "",
        trust=options.trust(),
        clock=tools.clock,
        timeout=options.number("timeout", 20.0, least=1, most=25),
    )


def _check_url(options: Options, text: str) -> None:
    if not text:
        return
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        options.wrong("url", "is geen geldig adres")
        return
    if url.scheme not in ("https", "http") or not url.host:
        options.wrong("url", "moet met https:// beginnen")
    elif url.scheme == "http" and not is_loopback(url.host):
        options.wrong("url", "moet met https:// beginnen; http:// mag alleen op deze computer")
    if url.userinfo:
        options.wrong("url", "mag geen wachtwoord bevatten; gebruik authorization_env")


def _check_secret(options: Options, secret: str) -> None:
    if not secret:
        return
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) not in _SECRET_BYTES:
        options.wrong("secret_env", "bevat geen geheim van 24 tot 64 bytes (whsec_… in base64)")
