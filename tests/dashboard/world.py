# SPDX-License-Identifier: EUPL-1.2
"""A small municipality with people, groups and signals, for tests of the pages."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path

from fastapi import FastAPI

from buurtsignaal.bootstrap import House
from buurtsignaal.municipalities import Municipality
from buurtsignaal.ordering import person_finder
from buurtsignaal.practice import Practice
from buurtsignaal.settings import load
from classify.hiding import hider
from core import resources
from core.clock import Clock
from core.consent import ConsentEvent, ConsentKind
from core.identity import new_id
from core.incident import Incident
from core.label import POLICE_CATEGORIES, Category, Queue, Taxonomy, Urgency, load_taxonomy
from core.message import Admitted, Change, Origin, Role
from core.outcome import Outcome
from core.signal import NewSignal
from core.tenant import TargetConfig, Tenant
from core.topic import Identifies
from core.verdict import Evidence, Personal, PersonalKind, Place, Verdict
from dashboard.app import create_app
from dashboard.auth import hash_password
from dashboard.services import ConnectorSeen, Models, ResearchInfo, Services, Upload, WebSettings
from ingest.pseudonym import Keys
from ingest.texts import load_texts
from routing.condition import Condition
from routing.tree import Rule, Tree
from store.accounts import Account
from store.consent import Group
from store.database import Store
from store.signalrow import SignalRow

PASSWORD = "een heel lang wachtwoord"
SLUG = "veldhoven"
TENANT = Tenant(
    slug=SLUG,
    name="gemeente Veldhoven",
    legal_basis="artikel 172 Gemeentewet",
    purpose="een veilige en schone buurt",
    targets={
        "politie-mail": TargetConfig(name="politie-mail", kind="email", full_text=True),
        "gemeente-webhook": TargetConfig(name="gemeente-webhook", kind="webhook"),
    },
    areas={"kersenbuurt": "Kersenbuurt"},
    # Tests that are about the sample turn it on.
    blind_share=0.0,
)
TREE = Tree(
    Rule(
        name="alles",
        queues=(Queue.HANDHAVING,),
        targets=("gemeente-webhook",),
        children=(
            Rule(
                name="politie",
                condition=Condition(categories=POLICE_CATEGORIES),
                queues=(Queue.MELDKAMER,),
                targets=("politie-mail",),
            ),
        ),
    )
)
_numbers = count(1)


@cache
def taxonomy() -> Taxonomy:
    return load_taxonomy(resources.folder("data") / "taxonomy" / "taxonomy.toml")


@cache
def identifies() -> Identifies:
    return person_finder()


@cache
def hides() -> Callable[[str], str]:
    return hider()


@cache
def _hashed() -> str:
    return hash_password(PASSWORD)


@dataclass
class Desk:
    """An intake that notes what was uploaded instead of reading it."""

    uploads: list[Upload] = field(default_factory=list)
    outcome: Outcome = field(default_factory=lambda: Outcome(read=12, dropped=3, duplicates=1))

    async def upload(self, upload: Upload) -> Outcome:
        self.uploads.append(upload)
        return self.outcome


@dataclass
class World:
    """Everything the pages work with, and short ways to make more of it."""

    store: Store
    clock: Clock
    intake: Desk = field(default_factory=Desk)
    settings: WebSettings = field(default_factory=WebSettings)
    tenant: Tenant = TENANT
    research: Path | None = None
    #: How long Telegram has been out of reach; None: it answers.
    away: timedelta | None = None
    models: Models | None = None

    @property
    def services(self) -> Services:
        return Services(
            store=self.store,
            trees={SLUG: TREE, "elders": TREE},
            tenants={SLUG: self.tenant, "elders": replace(TENANT, slug="elders", name="Elders")},
            taxonomy=taxonomy(),
            clock=self.clock,
            intake=self.intake,
            texts={SLUG: load_texts(), "elders": load_texts()},
            sample_key=b"key of the blind sample",
            settings=self.settings,
            connectors=self._connectors,
            research=ResearchInfo(folder=self.research, models=self.models),
            identifies=identifies(),
            hides=hides(),
            practice=Practice(self._house()),
        )

    def _house(self) -> House:
        """Return what a lesson copies of the real house."""
        texts = load_texts()
        municipality = Municipality(tenant=self.tenant, tree=TREE, texts=texts.of(self.tenant))
        return House(
            settings=load(
                environment="test",
                database_url="sqlite:///unused.db",
                seal_keys=base64.b64encode(b"s" * 32).decode(),
                pseudonym_secret="p" * 48,
            ),
            clock=self.clock,
            store=self.store,
            taxonomy=taxonomy(),
            texts=texts,
            municipalities={SLUG: municipality},
            keys=Keys(b"k" * 32),
        )

    def app(self) -> FastAPI:
        return create_app(self.services)

    def account(
        self, role: str, name: str = "", *, groups: Sequence[str] = (), tenant: str = SLUG
    ) -> Account:
        name = name or role
        account = Account(
            id=new_id(self.clock.now()),
            tenant=tenant,
            username=name.lower(),
            display_name=name.title(),
            role=role,
            password_hash=_hashed(),
            created_at=self.clock.now(),
            groups=tuple(groups),
        )
        with self.store.write() as work:
            work.accounts.add(account)
        return account

    def group(
        self,
        name: str = "Buurtapp Kersenbuurt",
        *,
        source: str = "telegram",
        granted: bool = True,
        tenant: str = SLUG,
    ) -> Group:
        now = self.clock.now()
        with self.store.write() as work:
            group = work.consent.ensure(
                tenant,
                source,
                f"chat-{next(_numbers)}",
                name=name,
                area="kersenbuurt",
                id=new_id(now),
                at=now,
            )
            if granted:
                event = ConsentEvent(
                    kind=ConsentKind.GRANTED,
                    at=now,
                    actor="beheerder",
                    role=Role.ADMIN,
                    text_version="2026-11-1",
                    valid_until=now + timedelta(days=30),
                )
                work.consent.append(group.id, event)
            return work.consent.group(group.id)

    def incident(self, category: Category = Category.INBRAAK, *, tenant: str = SLUG) -> str:
        now = self.clock.now()
        incident = Incident(
            id=new_id(now), tenant=tenant, category=category, opened_at=now, last_at=now
        )
        with self.store.write() as work:
            work.incidents.save(incident)
        return incident.id

    def signal(
        self,
        text: str = "Er wordt nu ingebroken bij Jan op de Parallelweg 14",
        *,
        category: Category = Category.INBRAAK,
        subcategory: str | None = None,
        urgency: Urgency = Urgency.ACTUEEL,
        probability: float = 0.93,
        evidence: Sequence[str] = ("ingebroken",),
        names: Sequence[str] = ("Jan",),
        place: str = "Parallelweg 14",
        point: tuple[float, float] | None = None,
        queues: Sequence[Queue] | None = None,
        group: Group | None = None,
        incident: str = "",
        received_at: datetime | None = None,
        model: str = "buurt/1",
        without: float | None = None,
    ) -> SignalRow:
        """Store a signal as the pipeline would, with its event."""
        group = group or self._any_group()
        incident = incident or self.incident(category, tenant=group.tenant)
        at = received_at or self.clock.now()
        police = category in POLICE_CATEGORIES
        verdict = Verdict(
            category=category,
            subcategory=subcategory,
            probability=probability,
            probabilities={category: probability, Category.GEEN: 1 - probability},
            urgency=urgency,
            first_hand=True,
            evidence=tuple(Evidence(weight=1.0, **_span(text, e)) for e in evidence if e in text),
            personal=tuple(
                Personal(kind=PersonalKind.NAME, **_span(text, n)) for n in names if n in text
            ),
            places=_places(text, place, point),
            model=model,
            without=without,
        )
        message = Admitted(
            tenant=group.tenant,
            group=group.id,
            source=group.source,
            external_id=f"m{next(_numbers)}",
            pseudonym=f"p{next(_numbers)}",
            dedup_key=f"d{next(_numbers)}",
            sent_at=at,
            received_at=at,
            text=text,
            origin=Origin.CHAT,
            change=Change.NEW,
        )
        signal = NewSignal(
            id=new_id(at),
            message=message,
            verdict=verdict,
            incident=incident,
            queues=tuple(queues or ((Queue.MELDKAMER,) if police else (Queue.HANDHAVING,))),
            route=("alles", "politie") if police else ("alles",),
            targets=("politie-mail",) if police else ("gemeente-webhook",),
        )
        with self.store.write() as work:
            work.signals.add([signal], {signal.id: f"k{next(_numbers)}"})
            for queue in signal.queues:
                work.events.put(group.tenant, queue.value, "signal.new", signal.id, at)
            return work.signals.get(signal.id)

    def audited(self, tag: str) -> int:
        """Return how many lines of this kind the log has."""
        with self.store.read() as work:
            lines = work.audit.lines(SLUG, limit=1000)
        return sum(line.event.tag.value == tag for line in lines)

    def _any_group(self) -> Group:
        with self.store.read() as work:
            groups = [g for g in work.consent.groups(SLUG) if g.source == "telegram"]
        return groups[0] if groups else self.group()

    def _connectors(self, _tenant: str) -> Sequence[ConnectorSeen]:
        now = self.clock.now()
        if self.away is None:
            return (ConnectorSeen(source="telegram", stream="bot 1", at=now, ok_at=now),)
        return (
            ConnectorSeen(
                source="telegram",
                stream="bot 1",
                at=now - self.away,
                ok_at=now - self.away,
                lag=timedelta(minutes=3),
                failures=1204,
                failing=True,
                again_at=now + timedelta(seconds=40),
            ),
            ConnectorSeen(source="mail", stream="", at=None),
        )


def _span(text: str, words: str) -> dict[str, int]:
    start = text.index(words)
    return {"start": start, "end": start + len(words)}


def _places(text: str, place: str, point: tuple[float, float] | None) -> tuple[Place, ...]:
    if not place or place not in text:
        return ()
    start = text.index(place)
    end, key = start + len(place), place.lower()
    lat, lon = point or (None, None)
    radius = 120.0 if point else None
    spot = Place(kind="street", key=key, start=start, end=end, lat=lat, lon=lon, radius=radius)
    return (spot,)
