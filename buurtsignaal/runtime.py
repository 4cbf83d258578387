# SPDX-License-Identifier: EUPL-1.2
"""What runs beside the pages: connectors, delivery and forgetting."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType

from buurtsignaal import settings
from buurtsignaal.announcing import announce
from buurtsignaal.asking import ask
from buurtsignaal.bootstrap import House
from buurtsignaal.changed import ChangedGroups
from buurtsignaal.committer import Committer
from buurtsignaal.connections import Connection, speaking, voice_of
from buurtsignaal.elsewhere import Elsewhere
from buurtsignaal.reminding import remind
from buurtsignaal.retracting import retract
from buurtsignaal.vitals import Vitals
from buurtsignaal.watch import watch
from core.order import Order
from ingest.actions.watching import Watching, sources_of
from ingest.feed import Feed, Kept, Remembering
from routing.deliver import Deliverer
from routing.handover import TARGET
from routing.registry import Tools, build_targets
from routing.target import Postbox, Receipt, Target
from store.outbox import OutboxRow
from store.retention import Rules, sweep
from store.work import Work

#: Seconds between two looks for what must be erased; withdrawal promises one second.
ERASE_EVERY = 0.5
#: Seconds between two looks for texts whose term is over.
SWEEP_EVERY = 600.0
#: Seconds between two looks for receivers who have what its writer took back.
RETRACT_EVERY = 5.0
#: Seconds between two looks for what groups and their admins must hear by themselves.
ANNOUNCE_EVERY = 600.0


class Runtime:
    """Starts and watches every part; ends them all when told to."""

    def __init__(
        self,
        house: House,
        committer: Committer,
        connections: list[Connection],
        elsewhere: Mapping[str, Elsewhere] = MappingProxyType({}),
        *,
        vitals: Vitals | None = None,
        forget: Callable[[str], None] = lambda _group: None,
    ) -> None:
        """``vitals`` are told how the sources are doing, ``forget`` which group changed."""
        self._house = house
        self._vitals = vitals or Vitals(committer.submit, house.clock)
        self._connections = connections
        self._actions = [
            Watching(
                tenant=slug,
                sources=sources,
                store=house.store,
                clock=house.clock,
                salt=house.salt,
            )
            for slug, tenant in house.tenants.items()
            if (sources := sources_of(tenant.actions))
        ]
        self._changed = ChangedGroups(house.store, forget)
        self._wake = asyncio.Event()
        self._deliverer = Deliverer(
            house.store,
            _targets(house, connections) | _mailboxes(elsewhere),
            house.clock,
            on_sent=self._on_sent,
        )

    async def run(self, stop: asyncio.Event) -> None:
        """Run until ``stop``; one part that fails never stops another."""
        self._listen()
        for c in self._connections:
            self._vitals.watch(c.tenant, c.connector)
        parts: dict[str, Callable[[], Awaitable[None]]] = {
            f"{c.tenant}/{c.connector.name}": partial(self._connect, c, stop)
            for c in self._connections
        }
        parts |= {f"{each.tenant}/actions": partial(each.run, stop) for each in self._actions}
        parts["delivery"] = partial(self._deliverer.run, stop, self._wake)
        parts["forgetting"] = partial(self._forget, stop)
        parts["remembering"] = partial(self._follow_changes, stop)
        parts["retracting"] = partial(self._retract, stop)
        parts["announcing"] = partial(self._announce, stop)
        async with asyncio.TaskGroup() as group:
            for name, part in parts.items():
                group.create_task(watch(name, part, stop))
        for connection in self._connections:
            await _close(connection)

    def _listen(self) -> None:
        loop = asyncio.get_running_loop()

        def wake() -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(self._wake.set)

        self._house.store.on_commit(wake)

    async def _connect(self, connection: Connection, stop: asyncio.Event) -> None:
        source = connection.connector
        if isinstance(source, Feed):
            source.obey(partial(self._orders, connection))
        if isinstance(source, Remembering):
            source.remember(partial(asyncio.to_thread, self._kept, connection))
        try:
            cursor = await asyncio.to_thread(self._cursor, connection)
            await source.run(self._vitals.submit, stop, cursor=cursor)
        except Exception:
            self._vitals.stumbled(connection.tenant, source.name)
            raise

    async def _orders(self, connection: Connection) -> Sequence[Order]:
        """Return the monitoring orders that run for this source now."""
        return await asyncio.to_thread(self._running, connection)

    def _running(self, connection: Connection) -> Sequence[Order]:
        now = self._house.clock.now()
        with self._house.store.read() as work:
            return work.orders.running(connection.tenant, connection.connector.name, now)

    def _kept(self, connection: Connection) -> Sequence[Kept]:
        with self._house.store.read() as work:
            found = work.signals.kept(connection.tenant, connection.connector.name)
        return [Kept(chat=chat, external_id=id, sent_at=at) for chat, id, at in found]

    def _cursor(self, connection: Connection) -> str | None:
        source = connection.connector
        with self._house.store.read() as work:
            return work.cursors.get(connection.tenant, source.name, source.stream)

    async def _forget(self, stop: asyncio.Event) -> None:
        """Erase what was promised within a second; look for the rest now and then."""
        rules = Rules(tenants={s: t.retention for s, t in self._house.tenants.items()})
        loop, swept = asyncio.get_running_loop(), -SWEEP_EVERY
        while not stop.is_set():
            if loop.time() - swept >= SWEEP_EVERY or await asyncio.to_thread(self._promised):
                now = self._house.clock.now()
                counts = await asyncio.to_thread(sweep, self._house.store, now, rules)
                # Bytes that a reader kept in the log for a moment go with the next try.
                swept = loop.time() if counts.scrubbed else -SWEEP_EVERY
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), ERASE_EVERY)

    async def _follow_changes(self, stop: asyncio.Event) -> None:
        """Let no memory outlive what a group allowed."""
        while not stop.is_set():
            await asyncio.to_thread(self._changed.look)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), ERASE_EVERY)

    async def _retract(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await asyncio.to_thread(retract, self._house)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), RETRACT_EVERY)

    async def _announce(self, stop: asyncio.Event) -> None:
        voices = speaking(self._connections)
        while not stop.is_set():
            for say in (announce, ask, remind):
                await asyncio.to_thread(say, self._house, voices)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), ANNOUNCE_EVERY)

    def _promised(self) -> bool:
        with self._house.store.read() as work:
            return bool(work.erasures.due(self._house.clock.now()))

    def _on_sent(self, work: Work, row: OutboxRow, receipt: Receipt) -> None:
        """A question is found back by the message that carried it."""
        payload = row.payload or {}
        question = payload.get("question")
        if row.kind != "question" or not question or not receipt.reference:
            return
        key = self._house.keys.message_key(
            row.tenant, str(payload["source"]), str(payload["chat"]), receipt.reference
        )
        work.questions.sent(str(question), key)


def _targets(
    house: House, connections: list[Connection]
) -> dict[str, Mapping[str, Target | Postbox]]:
    """Return the receivers of all municipalities of this house."""
    return {
        slug: build_targets(
            tenant, Tools(secret=settings.secret, speak=voice_of(slug, connections))
        )
        for slug, tenant in house.tenants.items()
    }


def _mailboxes(elsewhere: Mapping[str, Elsewhere]) -> dict[str, Mapping[str, Target | Postbox]]:
    """Return the mailboxes of municipalities that do not work with us."""
    return {slug: {TARGET: m.mailbox} for slug, m in elsewhere.items() if m.mailbox is not None}


async def _close(connection: Connection) -> None:
    close = getattr(connection.connector, "close", None)
    if close is not None:
        await close()
