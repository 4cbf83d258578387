# SPDX-License-Identifier: EUPL-1.2
"""Mail to a municipality that does not work with us: unreadable on its way, or only a link."""

from __future__ import annotations

import email
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from core import errors
from core.clock import FrozenClock
from routing.handover import SecureMail, build_secure_mail
from routing.target import Parcel
from tests.routing import samples
from tests.routing.identities import identity
from tests.routing.mailserver import mailserver

TEXT = "Wat gebeurde er: nageroepen\nWaar: Kerkstraat 12 (café ‘t Hoekje)"


def mailbox(clock: FrozenClock, port: int, certificate: bytes | None, **more: Any) -> SecureMail:
    server = {"host": "127.0.0.1", "port": port, "starttls": "never", "sender": "a@duin.example"}
    return build_secure_mail(
        "rijndam",
        address="veilig@rijndam.example",
        certificate=certificate,
        server=server | more,
        secret=samples.secrets({}),
        clock=clock,
    )


async def test_the_municipality_alone_can_read_the_mail(clock: FrozenClock, tmp_path: Path) -> None:
    who = identity()
    async with mailserver(None) as box:
        target = mailbox(clock, box.port, who.certificate)
        parcel = Parcel(at=clock.now(), text=TEXT, photo=b"\xff\xd8JPEG")
        for _ in range(2):
            await target.post(parcel, "k" * 64)
    (mail,) = box.mails.values()
    assert mail.get_content_type() == "application/pkcs7-mime"
    assert mail.get_param("smime-type") == "enveloped-data"
    assert mail["To"] == "veilig@rijndam.example"
    raw = mail.as_bytes()
    assert b"Kerkstraat" not in raw
    assert "Kerkstraat" not in str(mail["Subject"])
    inside = email.message_from_bytes(who.open(raw, tmp_path), policy=default)
    body, photo = inside.get_body(), next(iter(inside.iter_attachments()))
    assert body is not None
    assert body.get_content().split() == TEXT.split()
    assert photo.get_content() == b"\xff\xd8JPEG"
    with pytest.raises(AssertionError):
        identity().open(raw, tmp_path)


async def test_without_a_certificate_there_is_only_a_link(clock: FrozenClock) -> None:
    async with mailserver(None) as box:
        target = mailbox(clock, box.port, None)
        link = "https://meld.example/overdracht/abc"
        await target.post(Parcel(at=clock.now(), link=link), "k" * 64)
    (mail,) = box.mails.values()
    assert link in mail.get_content()
    assert mail["Subject"] == "Melding van een inwoner"
    assert not target.encrypts


async def test_words_never_leave_without_a_valid_certificate(clock: FrozenClock) -> None:
    for certificate in (None, identity(days=-1).certificate):
        async with mailserver(None) as box:
            target = mailbox(clock, box.port, certificate)
            assert not target.encrypts
            with pytest.raises(errors.TargetRefused) as caught:
                await target.post(Parcel(at=clock.now(), text=TEXT), "k" * 64)
        assert box.mails == {}
        assert "Kerkstraat" not in str(caught.value)


@pytest.mark.parametrize(
    "certificate",
    [b"no certificate", identity(curve=True).certificate, identity(bits=1024).certificate],
    ids=["not-pem", "elliptic", "short"],
)
def test_a_certificate_that_cannot_do_it_is_refused_at_start(
    clock: FrozenClock, certificate: bytes
) -> None:
    with pytest.raises(errors.ConfigurationError, match="rijndam"):
        mailbox(clock, 25, certificate)


def test_a_mail_server_elsewhere_must_encrypt(clock: FrozenClock) -> None:
    with pytest.raises(errors.ConfigurationError, match="starttls"):
        mailbox(clock, 25, None, host="mail.example")


def test_odd_keys_of_the_mail_server_are_told(clock: FrozenClock) -> None:
    with pytest.raises(errors.ConfigurationError, match="onzin"):
        mailbox(clock, 25, None, onzin="GEHEIM")
