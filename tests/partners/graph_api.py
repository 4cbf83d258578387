# SPDX-License-Identifier: EUPL-1.2
"""Meta's Graph API for one number, from its documented shapes: sends, refuses, counts.

Source: developers.facebook.com/docs/whatsapp/cloud-api/reference/messages and
/support/error-codes. It is strict about what it is sent, as Meta is.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.samples.whatsapp_cloud import PHONE_NUMBER_ID, TOKEN, wamid


@dataclass
class GraphApi:
    """Keeps what was said; answers the next call with ``failure`` when there is one."""

    base_url: str = ""
    said: list[dict[str, Any]] = field(default_factory=list)
    #: Status, error code, headers.
    failure: tuple[int, int, dict[str, str]] | None = None
    #: Answers with this instead of what belongs there.
    odd: str | None = None

    async def messages(self, request: web.Request) -> web.Response:
        """Take one message."""
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return _error(401, 190)
        if self.failure is not None:
            status, code, headers = self.failure
            return _error(status, code, headers)
        said: dict[str, Any] = await request.json()
        allowed = {"messaging_product", "recipient_type", "to", "type", "text", "context"}
        body = said.get("text", {}).get("body", "")
        if set(said) - allowed or said["messaging_product"] != "whatsapp" or not body:
            return _error(400, 100)
        self.said.append(said)
        if self.odd is not None:
            return web.Response(text=self.odd)
        contact = {"input": said["to"], "wa_id": said["to"]}
        return web.json_response(
            {
                "messaging_product": "whatsapp",
                "contacts": [contact],
                "messages": [{"id": wamid(said["to"], 100 + len(self.said))}],
            }
        )


def _error(status: int, code: int, headers: dict[str, str] | None = None) -> web.Response:
    error = {
        "message": f"(#{code}) kanarie 31612345678",
        "type": "OAuthException",
        "code": code,
        "error_data": {"messaging_product": "whatsapp", "details": "kanarie"},
        "fbtrace_id": "Az8or2yhqkZfEZ-_4Qn_Bam",
    }
    return web.json_response({"error": error}, status=status, headers=headers)


@asynccontextmanager
async def graph_api() -> AsyncIterator[GraphApi]:
    """Serve the API on a free port."""
    api = GraphApi()
    site = web.Application()
    site.router.add_post(f"/v23.0/{PHONE_NUMBER_ID}/messages", api.messages)
    runner = web.AppRunner(site, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    api.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}/v23.0"
    yield api
    await runner.cleanup()
