# SPDX-License-Identifier: EUPL-1.2
"""Mails as people's programs write them, signed by hand from RFC 6376: no library of ours.

The key is made anew each time; ``resolve`` is the DNS that knows it.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

ANNA, BEA, CAS = "anna@wijk.example", "bea.jansen@mail.example", "cas@wijk.example"
#: Who may write; Anna decides.
GROUPS: dict[str, Any] = {
    "vogelbuurt": {"senders": ["@wijk.example", BEA], "governors": [ANNA]},
}
#: Headers that a signature covers unless a test says otherwise.
COVERED = ("From", "To", "Subject", "Date", "Message-ID", "In-Reply-To")


@cache
def key() -> rsa.RSAPrivateKey:
    """Return the key of every domain in the tests."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def resolve(name: str) -> bytes | None:
    """Return the DKIM record of a domain of ours; other names do not exist."""
    if name.rstrip(".") not in {
        f"s1._domainkey.{domain}" for domain in ("wijk.example", "mail.example", "elders.example")
    }:
        return None
    public = key().public_key()
    der = public.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return b"v=DKIM1; k=rsa; p=" + base64.b64encode(der)


def letter(
    text: str | bytes = "Er ligt glas op de stoep",
    *,
    sender: str = ANNA,
    id: str = "m1",
    subject: str = "",
    date: str = "Sat, 21 Nov 2026 12:58:00 +0100",
    kind: str = "text/plain; charset=utf-8",
    encoding: str = "8bit",
    **more: str,
) -> bytes:
    """Return a mail, not signed yet."""
    headers = {
        "Received": "from mx.wijk.example (192.0.2.1) by mx.gemeente.example; Sat, 21 Nov 2026",
        "From": f"Anna de Vries <{sender}>",
        "To": "buurt@gemeente.example",
        "Subject": subject,
        "Date": date,
        "Message-ID": f"<{id}@laptop-van-anna>",
        "MIME-Version": "1.0",
        "Content-Type": kind,
        "Content-Transfer-Encoding": encoding,
    }
    headers |= {name.replace("_", "-"): value for name, value in more.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value)
    raw = text.encode() if isinstance(text, str) else text
    return head.encode() + b"\r\n" + raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") + b"\r\n"


def signed(
    mail: bytes,
    *,
    domain: str | None = None,
    covered: tuple[str, ...] = COVERED,
    tags: str = "",
    algorithm: str = "rsa-sha256",
) -> bytes:
    """Return the mail with a DKIM signature on top (simple/simple)."""
    head, _, body = mail.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    there = {line.split(b":")[0].decode().lower(): line for line in lines}
    names = [name for name in covered if name.lower() in there]
    if domain is None:
        domain = there["from"].decode().rpartition("@")[2].rstrip(">")
    hashed = base64.b64encode(hashlib.sha256(body.rstrip(b"\r\n") + b"\r\n").digest()).decode()
    start = (
        f"DKIM-Signature: v=1; a={algorithm}; c=simple/simple; d={domain}; s=s1;{tags}\r\n"
        f" h={':'.join(names)}; bh={hashed};\r\n b="
    ).encode()
    content = b"".join(there[name.lower()] + b"\r\n" for name in names) + start
    made = key().sign(content, padding.PKCS1v15(), hashes.SHA256())
    return start + base64.b64encode(made) + b"\r\n" + mail


#: In the order in which they come: a yes, two reports, and what nobody may read.
MAILS: tuple[bytes, ...] = (
    signed(letter("JA", id="ja", date="Sat, 21 Nov 2026 12:50:00 +0100")),
    signed(letter("Er ligt glas op de stoep bij nummer 12", id="m1")),
    signed(letter("Wie niet op de lijst staat", sender="x@elders.example", id="m2")),
    letter("Zonder handtekening", id="m3"),
    signed(letter("Er wordt gevochten", sender=BEA, id="m4", subject="Bij het café")),
    signed(letter("Ik ben er niet", sender=BEA, id="m5", Auto_Submitted="auto-replied")),
    signed(
        letter(
            "Het is er nog\n\nOp za 21 nov. 2026 om 12:04 schreef Bea Jansen:\n> kanarie\n",
            sender=CAS,
            id="m6",
            subject="Re: glas",
            In_Reply_To="<m1@laptop-van-anna>",
        )
    ),
)
PEOPLE = (ANNA, BEA, CAS, "Anna de Vries", "laptop-van-anna")
