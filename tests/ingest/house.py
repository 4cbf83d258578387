# SPDX-License-Identifier: EUPL-1.2
"""A small municipality with one group, for tests of the gate and of connectors."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from core.clock import FrozenClock
from core.consent import ConsentEvent, ConsentKind
from core.message import Admitted, Batch, Command, Counted, Item, Message, Origin, Role
from core.order import Order
from core.outcome import Outcome
from core.tenant import Tenant
from core.topic import Topic
from ingest.admission import Admission
from ingest.connector import Connector
from ingest.gate import Gate
from ingest.pseudonym import Keys
from ingest.texts import load_texts
from store.consent import Group
from store.database import Store

TENANT = Tenant(
    slug="delft",
    name="gemeente Delft",
    legal_basis="artikel 172 Gemeentewet.",
    purpose="meldingen uit de buurt sneller behandelen.",
)
OTHER = Tenant(slug="gouda", name="gemeente Gouda", legal_basis="wet", purpose="doel")
SECRET = b"geheim van zeker 32 tekens lang!"
SOURCE = "telegram"
CHAT = "-100123"

_numbers = count(1)


def message(text: str = "Er ligt een bank naast de container", **changed: Any) -> Message:
    """Return a message in the group."""
    given: dict[str, Any] = {
        "source": SOURCE,
        "chat": CHAT,
        "external_id": f"m{next(_numbers)}",
        "sender": "anna",
        "sent_at": datetime.fromisoformat("2026-11-21T12:00:00+00:00"),
    }
    return Message(text=text, **(given | changed))


def command(name: str, role: Role = Role.ADMIN, **changed: Any) -> Command:
    """Return a command in the group."""
    given: dict[str, Any] = {
        "source": SOURCE,
        "chat": CHAT,
        "external_id": f"c{next(_numbers)}",
        "sender": "bea",
        "at": datetime.fromisoformat("2026-11-21T12:00:00+00:00"),
    }
    return Command(name=name, role=role, **(given | changed))


def order(id: str, source: str, now: datetime, **changed: Any) -> Order:
    """Return a request about vuurwerk and water, begun ten days before ``now``."""
    given: dict[str, Any] = {
        "tenant": TENANT.slug,
        "purpose": "weten waar vuurwerk wordt afgestoken",
        "legal_basis": "artikel 172 Gemeentewet",
        "topic": Topic(terms=("vuurwerk", "#wateroverlast")),
        "sources": (source,),
        "area": "centrum",
        "starts_at": now - timedelta(days=10),
        "ends_at": now + timedelta(days=4),
        "requested_by": "agnes",
        "requested_at": now - timedelta(days=10),
    }
    return Order(id=id, **(given | changed))


@dataclass(kw_only=True)
class House:
    """Gate and store, with the steps that the pipeline would take."""

    store: Store
    clock: FrozenClock
    keys: Keys = field(default_factory=lambda: Keys(SECRET))
    gate: Gate = field(init=False)

    def __post_init__(self) -> None:
        ids = (f"id-{n}" for n in count(1))
        self.gate = Gate(
            self.keys,
            self.clock,
            tenants={t.slug: t for t in (TENANT, OTHER)},
            texts=load_texts(),
            make_id=lambda _at: next(ids),
        )

    def admit(self, *items: Item, tenant: str = TENANT.slug) -> Admission:
        """Let the items in as one batch, in one transaction."""
        with self.store.write() as work:
            return self.gate.admit(work, Batch(tenant=tenant, source=SOURCE, items=items))

    def group(self, chat: str = CHAT, source: str = SOURCE, tenant: str = TENANT.slug) -> Group:
        """Return the group, made when there is none."""
        with self.store.write() as work:
            now = self.clock.now()
            return work.consent.ensure(
                tenant, source, chat, id=f"{tenant}-{source}-{chat}"[:36], at=now
            )

    def allow(self, group: Group, since: datetime | None = None, **changed: Any) -> Group:
        """Give consent for a group, from long ago unless ``since`` says otherwise."""
        now = self.clock.now()
        event = ConsentEvent(
            kind=ConsentKind.GRANTED,
            at=now,
            actor="beheerder",
            role=Role.ADMIN,
            valid_from=since or now - timedelta(days=390),
            **changed,
        )
        with self.store.write() as work:
            work.consent.append(group.id, event)
            return work.consent.group(group.id)

    def order(self, id: str, source: str, tenant: str = TENANT.slug, **changed: Any) -> Order:
        """Return an approved order that has run for a while, made when there is none."""
        now = self.clock.now()
        wanted = order(id, source, now, tenant=tenant, **changed)
        with self.store.write() as work:
            if work.orders.find(tenant, id) is None:
                work.orders.add(wanted)
                work.orders.approve(tenant, id, by="burgemeester", at=wanted.starts_at)
            return work.orders.get(tenant, id)

    def withdraw(self, group: Group) -> None:
        """Withdraw consent behind the gate's back, as the dashboard does."""
        event = ConsentEvent(
            kind=ConsentKind.WITHDRAWN, at=self.clock.now(), actor="web", role=Role.ADMIN
        )
        with self.store.write() as work:
            work.consent.append(group.id, event)


@dataclass(kw_only=True)
class Intake:
    """A line without a classifier: gate, dedup key and cursor in one transaction."""

    house: House
    #: Let every chat in, as if its admin had said yes long ago.
    consenting: bool = True
    stored: list[Admitted] = field(default_factory=list)
    batches: list[Batch] = field(default_factory=list)

    async def submit(self, batch: Batch) -> Outcome:
        """Store what is new and move the cursor."""
        self.batches.append(batch)
        if self.consenting:
            for chat in {(item.source, item.chat) for item in batch.items}:
                self.house.allow(self.house.group(chat[1], chat[0], batch.tenant))
            for item in batch.items:
                if isinstance(item, Counted) or (
                    isinstance(item, Message) and item.origin is Origin.PUBLIC
                ):
                    self.house.order(item.chat, item.source, batch.tenant)
        now = self.house.clock.now()
        with self.house.store.write() as work:
            admission = self.house.gate.admit(work, batch)
            new = work.seen.claim([a.dedup_key for a in admission.admitted], now)
            fresh = [a for a in admission.admitted if a.dedup_key in new]
            if batch.cursor is not None:
                work.cursors.advance(batch.tenant, batch.source, batch.stream, batch.cursor, now)
        self.stored += fresh
        return Outcome(
            read=len(fresh),
            dropped=admission.refused,
            duplicates=len(admission.admitted) - len(fresh) + admission.duplicates,
        )

    @property
    def messages(self) -> Sequence[Message]:
        """All messages that were handed over."""
        return [i for batch in self.batches for i in batch.items if isinstance(i, Message)]

    def cursor(self, connector: Connector) -> str | None:
        """Return the connector's committed cursor."""
        with self.house.store.read() as work:
            return work.cursors.get(TENANT.slug, connector.name, connector.stream)


async def read_all(connector: Connector, intake: Intake) -> None:
    """Run a connector that ends by itself."""
    await connector.run(intake.submit, asyncio.Event(), cursor=intake.cursor(connector))
