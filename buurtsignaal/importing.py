# SPDX-License-Identifier: EUPL-1.2
"""Files that people hand over, on the command line or on a page: the same gate and line."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from buurtsignaal.bootstrap import House
from core import errors
from core.audit import AuditEvent, Tag
from core.consent import ConsentEvent, ConsentKind
from core.identity import new_id
from core.message import Batch, Role
from core.outcome import Outcome
from core.tenant import Tenant
from dashboard.services import Upload
from ingest.connector import Connector, Submit
from ingest.registry import connector
from store.consent import Group


@dataclass(frozen=True, kw_only=True, slots=True)
class Imported:
    """What became of a file."""

    outcome: Outcome
    #: The connector, which knows what it left out.
    connector: Connector


async def read_file(
    house: House, submit: Submit, *, tenant: str, source: str, options: Mapping[str, Any]
) -> Imported:
    """Read one file to its end, from where an earlier try was cut off."""
    total = Outcome()

    async def counting(batch: Batch) -> Outcome:
        nonlocal total
        outcome = await submit(batch)
        total += outcome
        return outcome

    reader = connector(source)(tenant, options)
    cursor = await asyncio.to_thread(_cursor, house, tenant, reader)
    await reader.run(counting, asyncio.Event(), cursor=cursor)
    return Imported(outcome=total, connector=reader)


def _cursor(house: House, tenant: str, reader: Connector) -> str | None:
    with house.store.read() as work:
        return work.cursors.get(tenant, reader.name, reader.stream)


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsentOnPaper:
    """Consent that was given outside of the program, as somebody enters it."""

    #: Reference of the form or agreement; no name of a person.
    reference: str
    #: Messages from before are never read, nor those from before the group's last withdrawal.
    since: datetime
    #: End of the pilot; None: until it is withdrawn.
    until: datetime | None = None


def grant(house: House, group: Group, paper: ConsentOnPaper) -> None:
    """Write a consent into the ledger; nothing from before the last withdrawal is read."""
    tenant = house.tenant(group.tenant)
    with house.store.write() as work:
        work.consent.hold_alone([group.id])
        # Not before nobody else changes the group: what they did was earlier than this.
        now = house.clock.now()
        work.consent.append(group.id, _on_paper(house, tenant, paper, now))
        work.audit.write(
            AuditEvent(
                tag=Tag.CONSENT_GRANTED,
                tenant=tenant.slug,
                actor="cli",
                object=f"group/{group.id}",
                at=now,
                origin="cli",
            )
        )
        work.events.put(tenant.slug, "groep", "group.changed", group.id, now)


def _on_paper(house: House, tenant: Tenant, paper: ConsentOnPaper, now: datetime) -> ConsentEvent:
    return ConsentEvent(
        kind=ConsentKind.GRANTED,
        at=now,
        actor=f"papier:{paper.reference}"[:100],
        role=Role.ADMIN,
        text_version=house.municipalities[tenant.slug].texts.version,
        purpose=tenant.purpose[:200],
        legal_basis=tenant.legal_basis[:200],
        valid_from=paper.since,
        valid_until=paper.until,
    )


def ensure_group(
    house: House, *, tenant: str, source: str, chat: str, name: str = "", area: str = ""
) -> Group:
    """Return the group, new when it was not there; ``BadInput`` for an unknown neighbourhood."""
    areas = house.tenant(tenant).areas
    if area and area not in areas:
        raise errors.BadInput(f"unknown area '{area}'; choose from: {', '.join(areas)}")
    now = house.clock.now()
    with house.store.write() as work:
        group = work.consent.ensure(
            tenant, source, chat, name=name or chat, area=area, id=new_id(now), at=now
        )
        if area and group.area != area:
            work.consent.set_profile(group.id, area=area)
        return work.consent.group(group.id)


class Uploads:
    """The intake that the pages use."""

    def __init__(self, house: House, submit: Submit) -> None:
        self._house = house
        self._submit = submit

    async def upload(self, upload: Upload) -> Outcome:
        """Read an uploaded chat export; it only exists in memory."""
        group = await asyncio.to_thread(self._group, upload.group)
        options = {"chat": group.chat, "file": io.BytesIO(upload.data)}
        imported = await read_file(
            self._house,
            self._submit,
            tenant=upload.tenant,
            source=group.source,
            options=options,
        )
        return imported.outcome

    def _group(self, group_id: str) -> Group:
        with self._house.store.read() as work:
            return work.consent.group(group_id)
