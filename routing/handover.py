# SPDX-License-Identifier: EUPL-1.2
"""A report by mail to a municipality that does not work with us: encrypted, or only a link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers import algorithms
from cryptography.hazmat.primitives.serialization import pkcs7

from core import errors
from core.clock import Clock
from core.tenant import TargetConfig
from routing.formats.plain import plain, token
from routing.options import Options, Secret
from routing.registry import Tools
from routing.target import Parcel, Receipt
from routing.targets import email as mail

#: Name of the receiver in the outbox.
TARGET = "gemeente"

#: Says nothing: subjects are not encrypted.
_SUBJECT = "Melding van een inwoner"


@dataclass(frozen=True, kw_only=True, slots=True)
class SecureMail:
    """The mailbox of one municipality."""

    name: str
    post_office: mail.EmailTarget
    #: S/MIME when known; None: the mail holds a link only.
    certificate: x509.Certificate | None = field(repr=False)
    clock: Clock = field(repr=False)

    @property
    def encrypts(self) -> bool:
        """Whether a whole report can be mailed now: there is a certificate, and it is valid."""
        return self.certificate is not None and _valid(self.certificate, self.clock.now())

    async def post(self, parcel: Parcel, idempotency_key: str) -> Receipt:
        """Mail the report, or the link to it; a repeat is one mail."""
        message = self._sealed(parcel) if parcel.text else _link(parcel)
        domain = self.post_office.sender.rpartition("@")[2]
        message["Message-ID"] = f"<{token(idempotency_key)}@{domain}>"
        message["Date"] = format_datetime(parcel.at)
        message["From"] = self.post_office.sender
        message["To"] = ", ".join(self.post_office.recipients)
        message["Subject"] = _SUBJECT
        message["Auto-Submitted"] = "auto-generated"
        return await self.post_office.send(message)

    def _sealed(self, parcel: Parcel) -> EmailMessage:
        if self.certificate is None or not _valid(self.certificate, self.clock.now()):
            raise errors.TargetRefused("het certificaat van de gemeente is niet (meer) geldig")
        builder = pkcs7.PKCS7EnvelopeBuilder().set_data(_inside(parcel).as_bytes())
        builder = builder.set_content_encryption_algorithm(algorithms.AES256)
        sealed = builder.add_recipient(self.certificate).encrypt(
            serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary]
        )
        message = EmailMessage(policy=SMTP_POLICY)
        message.set_content(
            sealed,
            maintype="application",
            subtype="pkcs7-mime",
            filename="smime.p7m",
            params={"smime-type": "enveloped-data", "name": "smime.p7m"},
        )
        return message


def _link(parcel: Parcel) -> EmailMessage:
    message = EmailMessage(policy=SMTP_POLICY)
    message.set_content(_LINK.format(link=parcel.link), cte="quoted-printable")
    return message


def _inside(parcel: Parcel) -> EmailMessage:
    """Return what the municipality reads after opening the envelope."""
    message = EmailMessage(policy=SMTP_POLICY)
    message.set_content(plain(parcel.text), charset="utf-8", cte="quoted-printable")
    if parcel.photo:
        message.add_attachment(parcel.photo, maintype="image", subtype="jpeg", filename="foto.jpg")
    return message


_LINK = """\
Er is een melding van een inwoner voor uw gemeente.

Wij sturen de melding niet per gewone mail. U leest haar hier:
{link}

De link werkt veertien dagen. Na het openen werkt de link nog twee dagen.
Stuur deze mail niet door naar mensen die de melding niet mogen lezen.

Wilt u meldingen versleuteld in uw mailbox? Geef ons uw S/MIME-certificaat.
"""


def build_secure_mail(
    name: str,
    *,
    address: str,
    certificate: bytes | None,
    server: Mapping[str, Any],
    secret: Secret,
    clock: Clock,
) -> SecureMail:
    """Return the mailbox; ``ConfigurationError`` tells what is wrong with server or certificate."""
    config = TargetConfig(name=name, kind="email", options={**server, "recipients": [address]})
    options = Options(config, secret)
    post_office = mail.build(config, options, Tools(secret=secret, clock=clock))
    options.check()
    known = None if certificate is None else _certificate(name, certificate)
    return SecureMail(name=name, post_office=post_office, certificate=known, clock=clock)


def _certificate(name: str, pem: bytes) -> x509.Certificate:
    try:
        found = x509.load_pem_x509_certificate(pem)
        public = found.public_key()
    except ValueError:
        raise errors.ConfigurationError(f"{name}: the certificate is not one in PEM") from None
    if not isinstance(public, rsa.RSAPublicKey) or public.key_size < 2048:
        raise errors.ConfigurationError(
            f"{name}: S/MIME needs a certificate with an RSA key of 2048 bits or more"
        )
    return found


def _valid(certificate: x509.Certificate, now: datetime) -> bool:
    at = now.astimezone(UTC)
    return certificate.not_valid_before_utc <= at < certificate.not_valid_after_utc
