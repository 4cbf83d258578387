# SPDX-License-Identifier: EUPL-1.2
"""Mail goes over an encrypted connection to a server that proves who it is, or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core import errors
from routing.registry import Tools, build_target
from routing.target import Saying, Target, Voice
from tests.routing import samples
from tests.routing.certificates import Certificate, make_certificate
from tests.routing.mailserver import PASSWORD, USER, Mailbox, mailserver

KEY = "ab12" * 16
FIRST, SECOND = "een@politie.example", "twee@politie.example"


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    return make_certificate(tmp_path / "ours")


def target(box: Mailbox, certificate: Certificate | None = None, **changed: Any) -> Target:
    options: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": box.port,
        "sender": "buurtsignaal@duinveld.example",
        "recipients": [FIRST],
        "timeout": 5,
    }
    if certificate is not None:
        options |= {
            "ca_file": str(certificate.chain),
            "username": USER,
            "password_env": "BUURTSIGNAAL_PW",
        }
    tools = Tools(
        secret=samples.secrets({"BUURTSIGNAAL_PW": PASSWORD, "BUURTSIGNAAL_WRONG": "fout"})
    )
    return build_target(samples.config("email", **(options | changed)), tools)


async def test_the_letter_goes_encrypted_with_the_key_as_its_id(certificate: Certificate) -> None:
    async with mailserver(certificate.server()) as box:
        receipt = await target(box, certificate).deliver(samples.report().masked(), KEY)
    (mail,) = box.mails.values()
    assert box.encrypted == [True]
    assert mail["Message-ID"] == f"<{KEY}@duinveld.example>"
    assert mail["Subject"] == "Melding uit de buurt: Inbraak: woning (Duinveld)"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"] == "Sat, 21 Nov 2026 20:50:00 +0000"
    assert mail.get_content_type() == "text/plain"
    assert samples.MASKED in mail.get_content()
    assert receipt.reference == "2.0.0 OK queued as 4711"
    assert box.recipients == [FIRST]


async def test_a_retraction_is_in_the_thread_of_its_report(certificate: Certificate) -> None:
    async with mailserver(certificate.server()) as box:
        sender = target(box, certificate)
        await sender.deliver(samples.report(), KEY)
        await sender.retract(samples.report().without_text(), "cd34" * 16)
    report, retraction = box.mails.values()
    assert retraction["References"] == report["References"]
    assert retraction["Message-ID"] != report["Message-ID"]
    assert "trekken wij in" in retraction.get_content()


async def test_a_server_without_encryption_gets_nothing() -> None:
    async with mailserver(None) as box:
        with pytest.raises(errors.TargetUnavailable, match="STARTTLS"):
            await target(box).deliver(samples.report(), KEY)
    assert not box.mails


async def test_a_server_with_a_strange_certificate_gets_nothing(
    certificate: Certificate, tmp_path: Path
) -> None:
    strange = make_certificate(tmp_path / "strange")
    async with mailserver(strange.server()) as box:
        with pytest.raises(errors.TargetUnavailable, match="certificaat"):
            await target(box, certificate).deliver(samples.report(), KEY)
    assert not box.mails


async def test_a_server_with_a_certificate_for_another_host_gets_nothing(tmp_path: Path) -> None:
    elsewhere = make_certificate(tmp_path, host="127.0.0.2")
    async with mailserver(elsewhere.server()) as box:
        with pytest.raises(errors.TargetUnavailable, match="certificaat"):
            await target(box, elsewhere).deliver(samples.report(), KEY)
    assert not box.mails


async def test_on_this_machine_it_may_go_without_encryption_when_the_file_says_so() -> None:
    async with mailserver(None) as box:
        await target(box, starttls="never").deliver(samples.report(), KEY)
    assert box.encrypted == [False]


async def test_a_wrong_password_is_a_refusal(certificate: Certificate) -> None:
    async with mailserver(certificate.server()) as box:
        sender = target(box, certificate, password_env="BUURTSIGNAAL_WRONG")
        with pytest.raises(errors.TargetRefused, match=r"aanmelding \(535\)"):
            await sender.deliver(samples.report(), KEY)


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        ("550 no such user", errors.TargetRefused),
        ("450 mailbox busy", errors.TargetUnavailable),
    ],
)
async def test_a_recipient_that_is_not_taken_tells_whether_trying_again_helps(
    reply: str, error: type[errors.DeliveryError]
) -> None:
    async with mailserver(None) as box:
        box.recipient_replies[FIRST] = reply
        with pytest.raises(error, match="ontvanger"):
            await target(box, starttls="never").deliver(samples.report(), KEY)


async def test_one_bad_address_does_not_keep_it_from_the_others() -> None:
    async with mailserver(None) as box:
        box.recipient_replies[FIRST] = "550 no such user"
        sender = target(box, starttls="never", recipients=[FIRST, SECOND])
        receipt = await sender.deliver(samples.report(), KEY)
    assert box.recipients == [SECOND]
    assert receipt.reference == "1 van 2 ontvangers"


async def test_an_odd_key_adds_no_header() -> None:
    async with mailserver(None) as box:
        await target(box, starttls="never").deliver(samples.report(), "x>\r\nBcc: a@b.example")
    (mail,) = box.mails.values()
    assert mail["Bcc"] is None
    assert box.recipients == [FIRST]


def saying(chat: str, text: str = "Uw link\n\nGoedendag,\nhier is de link.") -> Saying:
    return Saying(source="mail", chat=chat, text=text)


async def test_a_personal_link_goes_to_one_address_only(certificate: Certificate) -> None:
    async with mailserver(certificate.server()) as box:
        sender = target(box, certificate)
        assert isinstance(sender, Voice)
        await sender.say(saying("bea@voorbeeld.example"), KEY)
    (mail,) = box.mails.values()
    assert box.recipients == ["bea@voorbeeld.example"]
    assert box.encrypted == [True]
    assert mail["To"] == "bea@voorbeeld.example"
    assert mail["Subject"] == "Uw link"
    assert mail["Message-ID"] == f"<{KEY}@duinveld.example>"
    assert mail.get_content().split() == ["Goedendag,", "hier", "is", "de", "link."]


@pytest.mark.parametrize("chat", ["", "geen adres", "a@b.example, c@d.example", "a@b.nl\nBcc: c@d"])
async def test_what_is_no_address_gets_no_personal_link(
    certificate: Certificate, chat: str
) -> None:
    async with mailserver(certificate.server()) as box:
        sender = target(box, certificate)
        assert isinstance(sender, Voice)
        with pytest.raises(errors.TargetRefused):
            await sender.say(saying(chat), KEY)
    assert not box.mails
