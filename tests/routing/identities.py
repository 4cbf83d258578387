# SPDX-License-Identifier: EUPL-1.2
"""Who can read encrypted mail: certificates of municipalities that only exist for a test."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

_NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "gemeente Rijndam")])


@dataclass(frozen=True, slots=True)
class Identity:
    """A certificate in PEM and the key that belongs to it."""

    certificate: bytes
    key: bytes

    def open(self, mail: bytes, folder: Path) -> bytes:
        """Decrypt with OpenSSL's own command, which shares no code with what encrypted it."""
        certificate, key, sealed = folder / "c.pem", folder / "k.pem", folder / "m.eml"
        certificate.write_bytes(self.certificate)
        key.write_bytes(self.key)
        sealed.write_bytes(mail)
        done = subprocess.run(
            ["openssl", "smime", "-decrypt", "-in", sealed, "-recip", certificate, "-inkey", key],
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


def identity(*, days: float = 30, curve: bool = False, bits: int = 2048) -> Identity:
    """Return an identity whose certificate ends in ``days`` from the tests' own now."""
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey = (
        ec.generate_private_key(ec.SECP256R1())
        if curve
        else rsa.generate_private_key(public_exponent=65537, key_size=bits)
    )
    now = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(_NAME)
        .issuer_name(_NAME)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=60))
        .not_valid_after(now + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    return Identity(
        certificate=certificate.public_bytes(serialization.Encoding.PEM),
        key=key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    )
