# SPDX-License-Identifier: EUPL-1.2
"""What the demo is made of: addresses, invented secrets, accounts and groups."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core import resources

TENANT = "demo"
#: The app of which two of the three groups make use.
SENDER = "buurtapp"

#: What the town says when all messages have been sent.
SAID_ALL = "alle bewoners hebben alles gezegd"

#: Secrets of the demo say so themselves, and production refuses them.
SEAL_KEY = "demodemodemodemodemodemodemodemodemodemodem="
PSEUDONYM_SECRET = "demo secret, never use this one outside the demo"
WEBHOOK_SECRET = "whsec_ZGVtby1kZW1vLWRlbW8tZGVtby1kZW1vLWRlbW8="


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoAccount:
    """Somebody of the demo."""

    username: str
    display_name: str
    role: str

    @property
    def password(self) -> str:
        """The demo's accounts have passwords that anybody may know."""
        return f"{self.username}-welkom-2026"


ACCOUNTS = (
    DemoAccount(username="demo-meldkamer", display_name="Mila Meldkamer", role="meldkamer"),
    DemoAccount(username="demo-handhaving", display_name="Hugo Handhaving", role="handhaving"),
    DemoAccount(username="demo-groep", display_name="Greet Groepsbeheer", role="groepsbeheer"),
    DemoAccount(username="demo-onderzoek", display_name="Otis Onderzoek", role="onderzoek"),
    DemoAccount(username="demo-onderzoek-2", display_name="Olga Onderzoek", role="onderzoek"),
    DemoAccount(username="demo-toezicht", display_name="Tess Toezicht", role="toezicht"),
    DemoAccount(username="demo-beheer", display_name="Bo Beheer", role="beheer"),
    DemoAccount(username="demo-wandbord", display_name="Wandbord", role="wandbord"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """One invented neighbourhood."""

    key: str
    name: str
    #: Connector through which it speaks.
    source: str
    file: str

    @property
    def path(self) -> Path:
        """Where its messages are."""
        return resources.folder("data") / "demo" / self.file


EXPORTED = Group(
    key="zeewijk", name="Buurtpreventie Zeewijk", source="whatsapp_export", file="zeewijk.txt"
)
SENT = (
    Group(key="molenbuurt", name="Molenbuurt let op", source="webhook", file="molenbuurt.jsonl"),
    Group(
        key="stationskwartier",
        name="Stationskwartier veilig",
        source="webhook",
        file="stationskwartier.jsonl",
    ),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ports:
    """Where the demo listens, all on this machine."""

    web: int
    #: Mail server of the invented police.
    mail: int
    #: Web server of the invented municipality and of the neighbourhood app.
    town: int


def environment(folder: Path, ports: Ports) -> Mapping[str, str]:
    """Return the settings of the demo, as the environment of its processes."""
    return {
        **{k: v for k, v in os.environ.items() if not k.startswith("BUURTSIGNAAL_")},
        "BUURTSIGNAAL_ENVIRONMENT": "demo",
        "BUURTSIGNAAL_DATABASE_URL": f"sqlite:///{folder / 'buurtsignaal.db'}",
        "BUURTSIGNAAL_SEAL_KEYS": SEAL_KEY,
        "BUURTSIGNAAL_PSEUDONYM_SECRET": PSEUDONYM_SECRET,
        "BUURTSIGNAAL_GAZETTEER": str(resources.folder("data") / "gazetteers" / "duinveld.csv"),
        "BUURTSIGNAAL_HOST": "127.0.0.1",
        "BUURTSIGNAAL_PORT": str(ports.web),
        "BUURTSIGNAAL_PUBLIC_URL": f"http://127.0.0.1:{ports.web}",
        "BUURTSIGNAAL_POLITIE_MAIL_HOST": "127.0.0.1",
        "BUURTSIGNAAL_POLITIE_MAIL_PORT": str(ports.mail),
        "BUURTSIGNAAL_GEMEENTE_WEBHOOK_URL": f"http://127.0.0.1:{ports.town}/meldingen",
        "BUURTSIGNAAL_GEMEENTE_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "BUURTSIGNAAL_BUURTAPP_SECRET": WEBHOOK_SECRET,
        "BUURTSIGNAAL_BUURTAPP_URL": f"http://127.0.0.1:{ports.town}/groep",
    }


def free_port(wanted: int = 0) -> int:
    """Return ``wanted`` when nobody listens there, else a port that is free now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            return free_port()
        port: int = probe.getsockname()[1]
        return port
