# SPDX-License-Identifier: EUPL-1.2
"""Notifications as Meta documents them, signed with the standard library: no code of ours.

The shapes follow developers.facebook.com/docs/whatsapp/cloud-api/webhooks/payload-examples.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

SECRET = "0123456789abcdef0123456789abcdef"
OLD_SECRET = "fedcba9876543210fedcba9876543210"
VERIFY = "een-woord-voor-de-handdruk"
TOKEN = "EAAGeenechttokenmaarwellang"
PHONE_NUMBER_ID = "106540352242922"
KEY = base64.b64encode(bytes(range(40))).decode()
ANNA, BEA = "31612345678", "31687654321"
#: 21 November 2026, 11:59 UTC.
AT = 1_795_262_340

OPTIONS: dict[str, Any] = {
    "phone_number_id": PHONE_NUMBER_ID,
    "secrets": [SECRET, OLD_SECRET],
    "verify_token": VERIFY,
    "chat_key": KEY,
}


def wamid(sender: str, serial: int = 1) -> str:
    """Return an id as WhatsApp makes them: it holds the sender's number."""
    inside = b"\x1d\x11" + sender.encode() + b"\x15\x02\x00\x12\x18" + f"{serial:020}".encode()
    return "wamid." + base64.b64encode(inside).decode()


def post(kind: str, content: Any, *, sender: str = ANNA, serial: int = 1, **more: Any) -> Any:
    """Return one message of any kind."""
    given = {"from": sender, "id": wamid(sender, serial), "timestamp": str(AT + serial)}
    return given | {"type": kind, kind: content} | more


def text(body: str, **more: Any) -> Any:
    """Return a message of words."""
    return post("text", {"body": body}, **more)


def change(*messages: Any, number: str = PHONE_NUMBER_ID, **more: Any) -> Any:
    """Return a change with messages."""
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "31152602222", "phone_number_id": number},
        "contacts": [{"profile": {"name": "Anna de Vries"}, "wa_id": ANNA}],
        "messages": list(messages),
    }
    return {"field": "messages", "value": value | more}


def notification(*changes: Any) -> Any:
    """Return what Meta sends: one entry for each change."""
    entries = [{"id": "102290129340398", "changes": [each]} for each in changes]
    return {"object": "whatsapp_business_account", "entry": entries}


def status(**more: Any) -> Any:
    """Return a change that says what became of an answer."""
    told = {"id": wamid(ANNA, 9), "status": "delivered", "timestamp": str(AT), "recipient_id": ANNA}
    made = change(statuses=[told | more])
    del made["value"]["messages"]
    return made


def body_of(said: Any) -> bytes:
    """Return a notification as bytes, with slashes escaped as Meta does."""
    return json.dumps(said).replace("/", "\\/").encode()


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    """Return the headers of a request."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"content-type": "application/json", "x-hub-signature-256": f"sha256={digest}"}


#: What Anna and Bea send, in the bodies in which Meta gives it.
BODIES = (
    notification(change(text("Goedemiddag", serial=1), text("Ja!", serial=2))),
    notification(
        change(
            text("Er ligt glas op de stoep bij nummer 12", serial=3),
            text("Er wordt gevochten", sender=BEA, serial=4, context={"forwarded": True}),
        ),
        change(post("button", {"text": "Het is er nog", "payload": "nog"}, serial=5)),
        status(),
    ),
    notification(
        change(
            post("image", {"id": "1", "mime_type": "image/jpeg", "sha256": "x"}, serial=6),
            post(
                "interactive",
                {"type": "list_reply", "list_reply": {"id": "z", "title": "Zwerfafval"}},
                serial=7,
                context={"from": "31152602222", "id": wamid(ANNA, 3)},
            ),
        )
    ),
)
