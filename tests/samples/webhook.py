# SPDX-License-Identifier: EUPL-1.2
"""A stream of webhooks as an app sends them, signed by hand: no code of ours, no package."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

SECRET = "whsec_" + base64.b64encode(b"een geheim van de buurtapp!!").decode()
OLD_SECRET = "whsec_" + base64.b64encode(b"het vorige geheim van de app").decode()
#: Options as ``connect`` takes them.
OPTIONS: dict[str, Any] = {"senders": {"buurtapp": {"secrets": [SECRET, OLD_SECRET]}}}

GROUP = {"id": "g1", "name": "Vogelbuurt"}


def message(id: str = "m1", text: str = "Er ligt glas op de stoep", **more: Any) -> dict[str, Any]:
    """Return an event of a new message."""
    return {
        "type": "message.created",
        "group": GROUP,
        "message": {
            "id": id,
            "sender": "anna-de-vries",
            "sent_at": "2026-11-21T13:00:00+01:00",
            "text": text,
            **more,
        },
    }


def command(name: str, role: str = "admin", id: str = "c1", **more: Any) -> dict[str, Any]:
    """Return an event of a command."""
    return {
        "type": "command",
        "group": GROUP,
        "command": {
            "id": id,
            "name": name,
            "role": role,
            "sender": "bea-jansen",
            "at": "2026-11-21T12:59:00+01:00",
            **more,
        },
    }


def joined(id: str | None = None) -> dict[str, Any]:
    """Return an event of a group that switched the connection on."""
    event = {"type": "group.joined", "group": GROUP, "at": "2026-11-21T12:58:00+01:00"}
    return event | ({"id": id} if id else {})


#: One of each kind, in the order in which they would come.
EVENTS: list[dict[str, Any]] = [
    joined("j1"),
    command("toestemming", argument="30 dagen"),
    message("m1"),
    message("m2", "Nu ook op het fietspad", reply_to="m1"),
    {
        **message("m1", "Er ligt veel glas op de stoep", edited_at="2026-11-21T13:00:30+01:00"),
        "type": "message.edited",
    },
    {"type": "message.deleted", "group": GROUP, "message": {"id": "m2"}},
    {
        "type": "group.moved",
        "group": {"id": "g1", "new_id": "g2"},
        "at": "2026-11-21T13:00:00+01:00",
        "id": "v1",
    },
    {"type": "group.removed", "group": {"id": "g2"}, "at": "2026-11-21T13:00:00+01:00", "id": "r1"},
]


def signed(
    body: bytes, at: int, *, id: str = "msg_1", secret: str = SECRET, **changed: str
) -> dict[str, str]:
    """Return the headers of a request, signed as the Standard Webhooks text says."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = f"{id}.{at}.".encode() + body
    signature = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    headers = {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": str(at),
        "webhook-signature": f"v1,{signature}",
    }
    return headers | {name.replace("_", "-"): value for name, value in changed.items()}


def body_of(events: Any) -> bytes:
    """Return events as the bytes that are sent."""
    return json.dumps(events, ensure_ascii=False).encode()
