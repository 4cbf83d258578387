# SPDX-License-Identifier: EUPL-1.2
"""Settings, a municipality and addresses of an installation that only exists for a test."""

from __future__ import annotations

import base64
import os
import shutil
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from core import resources

TENANT = "duin"
SENDER = "app"
SECRET = "whsec_" + base64.b64encode(b"secret of a test, 24 bytes or more").decode()

_TENANT_FILE = """
name = "Duinveld"
legal_basis = "Proef"
purpose = "meldingen bij de juiste persoon brengen"
undo_seconds = {undo}

[areas]
zeewijk = "Zeewijk"
molenbuurt = "Molenbuurt"
stationskwartier = "Stationskwartier"

[targets.politie-mail]
kind = "webhook"
url_env = "BUURTSIGNAAL_TEST_POLICE"
secret_env = "BUURTSIGNAAL_TEST_SECRET"
source = "urn:nld:oin:00000000000000000000:systeem:buurtsignaal"

[targets.gemeente-webhook]
kind = "webhook"
url_env = "BUURTSIGNAAL_TEST_CITY"
secret_env = "BUURTSIGNAAL_TEST_SECRET"
source = "urn:nld:oin:00000000000000000000:systeem:buurtsignaal"

[connectors.webhook.senders.{sender}]
secrets_env = ["BUURTSIGNAAL_TEST_SECRET"]
callback_env = "BUURTSIGNAAL_TEST_CALLBACK"
callback_secret_env = "BUURTSIGNAAL_TEST_SECRET"
"""
_TELEGRAM = """
[connectors.telegram]
token_env = "BUURTSIGNAAL_TEST_TOKEN"
api_env = "BUURTSIGNAAL_TEST_TELEGRAM"
"""


def free_port() -> int:
    """Return a port on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(kw_only=True)
class Installation:
    """One installation in a folder of its own."""

    folder: Path
    #: Empty: SQLite in the folder.
    database_url: str = ""
    #: Address and token of a Bot API; None: no Telegram.
    telegram: tuple[str, str] | None = None
    #: Where receivers and the app's callback listen.
    town: str = "http://127.0.0.1:9"
    undo_seconds: float = 0.2
    #: More tables of the municipality's file, and the variables that they name.
    more: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    log_level: str = "INFO"
    #: Most messages that share a transaction; 1 is for comparison.
    group: int = 64
    #: Processor on which the server stays; None: wherever the system puts it.
    core: int | None = None
    port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        self.database_url = self.database_url or f"sqlite:///{self.folder / 'b.db'}"
        home = self.folder / "tenants" / TENANT
        home.mkdir(parents=True, exist_ok=True)
        shutil.copy(resources.folder("data") / "tenants" / "demo" / "routes.toml", home)
        tenant = _TENANT_FILE.format(undo=self.undo_seconds, sender=SENDER)
        (home / "tenant.toml").write_text(tenant + (_TELEGRAM if self.telegram else "") + self.more)

    @property
    def url(self) -> str:
        """Where its pages are."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.folder / "server.log"

    @property
    def temporary(self) -> Path:
        """Where its processes put temporary files."""
        folder = self.folder / "tmp"
        folder.mkdir(exist_ok=True)
        return folder

    def environment(self) -> Mapping[str, str]:
        """Return the settings as the environment of a process."""
        api, token = self.telegram or ("", "")
        kept = {k: v for k, v in os.environ.items() if not k.startswith("BUURTSIGNAAL_")}
        return (
            kept
            | dict(self.variables)
            | {
                "BUURTSIGNAAL_ENVIRONMENT": "test",
                "BUURTSIGNAAL_DATABASE_URL": self.database_url,
                "BUURTSIGNAAL_SEAL_KEYS": base64.b64encode(b"s" * 32).decode(),
                "BUURTSIGNAAL_PSEUDONYM_SECRET": "a secret that only tests have, 32 or more",
                "BUURTSIGNAAL_TENANTS_DIR": str(self.folder / "tenants"),
                "BUURTSIGNAAL_GAZETTEER": str(
                    resources.folder("data") / "gazetteers" / "duinveld.csv"
                ),
                "BUURTSIGNAAL_PORT": str(self.port),
                "BUURTSIGNAAL_PUBLIC_URL": self.url,
                "BUURTSIGNAAL_LOG_LEVEL": self.log_level,
                "BUURTSIGNAAL_TEST_SECRET": SECRET,
                "BUURTSIGNAAL_TEST_POLICE": f"{self.town}/politie",
                "BUURTSIGNAAL_TEST_CITY": f"{self.town}/gemeente",
                "BUURTSIGNAAL_TEST_CALLBACK": f"{self.town}/groep",
                "BUURTSIGNAAL_TEST_TELEGRAM": api,
                "BUURTSIGNAAL_TEST_TOKEN": token,
                "BUURTSIGNAAL_GROUP_COMMIT": str(self.group),
                "OPENBLAS_NUM_THREADS": "1",
                "RIG_CORE": "" if self.core is None else str(self.core),
            }
        )
