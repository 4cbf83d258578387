# SPDX-License-Identifier: EUPL-1.2
"""A whole house with report forms, with its pages on a real server; only the model is simple."""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

import httpx
from pydantic import SecretStr

from buurtsignaal.bootstrap import House, build, build_pipeline
from buurtsignaal.committer import Committer
from buurtsignaal.connections import connect_all, speaking
from buurtsignaal.elsewhere import load_elsewhere
from buurtsignaal.runtime import Runtime
from buurtsignaal.server import services_of
from buurtsignaal.settings import Environment, Settings, secret
from buurtsignaal.vitals import Vitals
from core import resources
from core.clock import Clock
from core.identity import new_id
from core.verdict import Classifier
from dashboard.app import create_app
from dashboard.auth import session_name
from dashboard.services import Services
from routing.deliver import Deliverer
from store.accounts import Account
from store.seal import Sealer
from store.sessions import Session
from store.signalrow import SignalRow
from tests.dashboard.serving import Served, serving

SLUG = "duin"
TENANT = """
name = "Duinveld"
legal_basis = "Toestemming van de melder"
purpose = "weten waar het op straat niet veilig is"
undo_seconds = 0
blind_share = 0.0

[targets.politie-mail]
kind = "email"
host = "127.0.0.1"
port = 9
starttls = "never"
sender = "a@duinveld.example"
recipients = ["b@politie.example"]

[targets.gemeente-webhook]
kind = "email"
host = "127.0.0.1"
port = 9
starttls = "never"
sender = "a@duinveld.example"
recipients = ["b@duinveld.example"]

[areas]
zeewijk = "Zeewijk"
molenbuurt = "Molenbuurt"
stationskwartier = "Stationskwartier"

[connectors.report_form]
themes = ["straatintimidatie", "overlast"]
"""
ELSEWHERE = """
[mail]
host = "127.0.0.1"
port = {port}
starttls = "never"
sender = "meldpunt@duinveld.example"

[municipalities.bergdam]
name = "Bergdam"
email = "veilig@bergdam.example"

[municipalities.rijndam]
name = "Rijndam"
email = "veilig@rijndam.example"
{certificate}

[municipalities.oostwolde]
name = "Oostwolde"
"""


@dataclass
class FormHouse:
    """A house that takes reports in."""

    house: House
    services: Services
    runtime: Runtime
    committer: Committer
    served: Served | None = None
    #: Closes the browsers that were given out.
    stack: ExitStack = field(default_factory=ExitStack)

    @property
    def url(self) -> str:
        """Where its pages are."""
        assert self.served is not None
        return self.served.url

    @property
    def deliverer(self) -> Deliverer:
        """What brings questions and mails away; tests run it one step at a time."""
        found: Deliverer = self.runtime._deliverer
        return found

    def deliver(self) -> None:
        """Bring away what is due; in a thread, because a browser keeps this one's loop busy."""
        with ThreadPoolExecutor(max_workers=1) as thread:
            thread.submit(lambda: asyncio.run(self.deliverer.run_once())).result(timeout=60)

    def signals(self) -> list[SignalRow]:
        """Return all signals, newest first, with their texts."""
        with self.house.store.read() as work:
            return work.signals.recent(SLUG, 50, with_text=True)

    def operator(self, role: str = "meldkamer") -> httpx.Client:
        """Return a browser of somebody who is signed in; its token is in ``csrf``."""
        now = self.house.clock.now()
        account = Account(
            id=new_id(now),
            tenant=SLUG,
            username=f"agnes-{role}",
            display_name="Agnes",
            role=role,
            password_hash="-",
            created_at=now,
        )
        token = f"token-{role}"
        session = Session(
            token_hash=session_name(token),
            account_id=account.id,
            csrf="csrf",
            created_at=now,
            last_seen=now,
            expires_at=now + self.services.settings.absolute,
        )
        with self.house.store.write() as work:
            work.accounts.add(account)
            work.sessions.open(session)
        client = httpx.Client(
            base_url=self.url, cookies={"session": token}, trust_env=False, timeout=60
        )
        self.stack.callback(client.close)
        return client

    def visitor(self) -> Visitor:
        """Return somebody without account."""
        client = httpx.Client(base_url=self.url, trust_env=False, timeout=60)
        return Visitor(self.stack.enter_context(client))


class Visitor:
    """Somebody at the form with a browser without scripts; keeps no cookies."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        self.ticket = ""

    def open(self, slug: str = SLUG, lang: str = "nl") -> httpx.Response:
        """Open the form and keep its ticket."""
        answer = self.client.get(f"/melden/{slug}?taal={lang}")
        self.ticket = ticket_in(answer.text)
        return answer

    def send(
        self,
        slug: str = SLUG,
        *,
        photo: tuple[str, bytes, str] = ("", b"", "application/octet-stream"),
        fields: Mapping[str, str] = MappingProxyType({}),
        **more: str,
    ) -> httpx.Response:
        """Send the form as it was opened."""
        given = {"ticket": self.ticket, "soort.straatintimidatie/volgen": "ja", **fields, **more}
        return self.client.post(f"/melden/{slug}", data=given, files={"foto": photo})

    def report(self, slug: str = SLUG, **fields: str) -> str:
        """Open, fill in and send; return the follow code."""
        self.open(slug)
        answer = self.send(slug, fields=fields)
        assert answer.status_code == 200, answer.text
        return code_in(answer.text)

    def follow(self, code: str, path: str = "", **fields: str) -> httpx.Response:
        """Look at a report with its code."""
        return self.client.post(f"/melden/volgen{path}", data={"code": code} | fields)


def ticket_in(page: str) -> str:
    found = re.search(r'name="ticket" value="([^"]+)"', page)
    return found[1] if found else ""


def code_in(page: str) -> str:
    found = re.search(r"<strong>([0-9A-Z]{4}(?:-[0-9A-Z]{4}){3})</strong>", page)
    return found[1] if found else ""


@contextmanager
def form_house(
    folder: Path,
    clock: Clock,
    classifier: Classifier,
    *,
    mail_port: int = 9,
    certificate: bytes | None = None,
    form: str = "",
    report_seconds: float = 0.0,
    crowd: int = 10_000,
) -> Iterator[FormHouse]:
    """Build the house in ``folder`` and serve its pages."""
    tenants = folder / "tenants"
    home = tenants / SLUG
    home.mkdir(parents=True)
    demo = resources.folder("data") / "tenants" / "demo"
    (home / "routes.toml").write_bytes((demo / "routes.toml").read_bytes())
    (home / "logo.svg").write_bytes((demo / "logo.svg").read_bytes())
    (home / "tenant.toml").write_text(TENANT)
    if form:
        (home / "form.toml").write_text(form)
    line = ""
    if certificate is not None:
        (tenants / "rijndam.pem").write_bytes(certificate)
        line = 'certificate = "rijndam.pem"'
    (tenants / "elsewhere.toml").write_text(ELSEWHERE.format(port=mail_port, certificate=line))
    settings = Settings(
        environment=Environment.TEST,
        database_url=SecretStr(f"sqlite:///{folder}/b.db"),
        seal_keys=SecretStr(base64.b64encode(b"k" * 32).decode()),
        pseudonym_secret=SecretStr("a secret of the tests, 32 or more"),
        tenants_dir=tenants,
    )
    house = build(settings, clock=clock)
    connections = connect_all(house.tenants, secret)
    elsewhere = load_elsewhere(tenants, secret=secret, clock=clock, ours=house.tenants)
    pipeline = build_pipeline(house, classifier, speaking=speaking(connections))
    committer = Committer(pipeline.handle)
    services = services_of(house, Vitals(committer.submit, house.clock), connections, elsewhere)
    services = _quick(services, report_seconds, crowd)
    made = FormHouse(
        house=house,
        services=services,
        runtime=Runtime(house, committer, connections, elsewhere),
        committer=committer,
    )
    with made.stack, serving(create_app(services)) as served:
        made.served = served
        yield made
    committer._thread.shutdown(wait=True)
    house.store.close()


def _quick(services: Services, report_seconds: float, crowd: int) -> Services:
    web = replace(services.settings, report_seconds=report_seconds, report_crowd=crowd)
    return replace(services, settings=web)


def sealer() -> Sealer:
    """Return what opens the sealed columns of a form house."""
    return Sealer([b"k" * 32])
