# SPDX-License-Identifier: EUPL-1.2
"""What a group's admin can do on the web: allow reading, stop it, hand over an export."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta

from core import errors
from core.audit import AuditEvent, Tag
from core.clock import AMSTERDAM
from core.consent import ConsentEvent, ConsentKind, ConsentState
from core.identity import MakeId, new_id
from core.message import Role
from core.outcome import Outcome
from dashboard.auth import Visitor
from dashboard.forms import File
from dashboard.letters import GROUP, Letters
from dashboard.services import Services, Upload
from dashboard.spoken import say
from store.consent import Group, Mode
from store.erasures import Erasure
from store.outbox import OutboxRow
from store.work import Work

#: Days of a pilot that an admin can choose; None reads until somebody stops it.
PILOTS: tuple[int | None, ...] = (30, 90, 180, None)
#: Columns of the ledger hold this many characters.
_LEDGER_TEXT = 200


class GroupDesk:
    """Each deed is one transaction with its line in the ledger and in the audit log."""

    def __init__(self, services: Services, make_id: MakeId = new_id) -> None:
        self._services = services
        self._make_id = make_id

    def group(self, work: Work, who: Visitor, group_id: str) -> Group:
        """Return a group that this admin governs; anything else is not found."""
        if group_id not in who.account.groups:
            raise errors.NotFound
        group = work.consent.group(group_id)
        if group.tenant != who.tenant.slug:
            raise errors.NotFound
        return group

    def allow(self, who: Visitor, group_id: str, days: int | None) -> None:
        """Let messages be read from now on, for ``days`` or until somebody stops it."""
        if days not in PILOTS:
            raise errors.BadInput(say("Kies hoe lang de proef duurt."))
        with self._services.store.write() as work:
            group, now = self._alone(work, who, group_id)
            event = ConsentEvent(
                kind=ConsentKind.GRANTED,
                at=now,
                actor=who.username,
                role=Role.ADMIN,
                text_version=self._services.texts[who.tenant.slug].version,
                purpose=who.tenant.purpose[:_LEDGER_TEXT],
                legal_basis=who.tenant.legal_basis[:_LEDGER_TEXT],
                valid_from=_since(group, now),
                valid_until=now + timedelta(days=days) if days else None,
            )
            if group.consent.outlives(event):
                raise errors.NoConsent(say("De klok loopt achter. Probeer het later nog eens."))
            work.consent.append(group.id, event)
            self._written(work, who, Tag.CONSENT_GRANTED, group, now)

    def stop(self, who: Visitor, group_id: str) -> None:
        """Stop reading at once, send nothing more, and have what is kept erased."""
        with self._services.store.write() as work:
            group, now = self._alone(work, who, group_id)
            if group.consent.state is ConsentState.WITHDRAWN:
                return
            event = ConsentEvent(
                kind=ConsentKind.WITHDRAWN,
                at=now,
                actor=who.username,
                role=Role.ADMIN,
                text_version=self._services.texts[who.tenant.slug].version,
            )
            work.consent.append(group.id, event)
            work.outbox.cancel_for_group(group.id)
            work.erasures.schedule(
                Erasure(
                    id=self._make_id(now),
                    tenant=group.tenant,
                    group_id=group.id,
                    why="ingetrokken",
                    asked_at=now,
                    due_at=now,
                )
            )
            self._written(work, who, Tag.CONSENT_WITHDRAWN, group, now)

    def choose_mode(self, who: Visitor, group_id: str, mode: Mode) -> None:
        """Read everybody who did not say no, or only who said yes; tell the group at once."""
        with self._services.store.write() as work:
            group, now = self._alone(work, who, group_id)
            if group.mode == mode:
                return
            work.consent.set_profile(group.id, mode=mode)
            self._audit(work, who, Tag.GROUP_MODE_CHANGED, group, now, {"mode": mode})
            work.events.put(group.tenant, "groep", "group.changed", group.id, now)
            if Letters(self._services, self._make_id).can_speak(group, now):
                work.outbox.put([self._told(who, group, mode, now)])

    def _told(self, who: Visitor, group: Group, mode: Mode, now: datetime) -> OutboxRow:
        key = "streng" if mode == "only-yes" else "iedereen"
        text = self._services.texts[group.tenant].say(key, who.tenant)
        id = self._make_id(now)
        return OutboxRow(
            id=id,
            tenant=group.tenant,
            kind="reply",
            target=GROUP,
            group_id=group.id,
            payload={"source": group.source, "chat": group.chat, "text": text, "reply_to": None},
            idempotency_key=hashlib.sha256(f"{id}|{key}".encode()).hexdigest(),
            created_at=now,
            due_at=now,
        )

    def _alone(self, work: Work, who: Visitor, group_id: str) -> tuple[Group, datetime]:
        """Return a group that nobody else changes or adds to until the commit, and the time.

        The clock is read after the wait: what others stored meanwhile came in earlier.
        """
        work.consent.hold_alone([self.group(work, who, group_id).id])
        return self.group(work, who, group_id), self._services.clock.now()

    async def upload(self, who: Visitor, group: Group, file: File) -> Outcome:
        """Hand an export to the intake, which drops what may not be read."""
        now = self._services.clock.now()
        if group.consent.at(now) is not ConsentState.GRANTED:
            raise errors.NoConsent(
                say("Geef eerst toestemming. Zonder toestemming lezen wij niets.")
            )
        if not file.data:
            raise errors.BadInput(say("Kies eerst een bestand. Het is een .txt of een .zip."))
        upload = Upload(
            tenant=group.tenant,
            group=group.id,
            filename=file.filename,
            data=file.data,
            actor=who.username,
        )
        return await self._services.intake.upload(upload)

    def uploaded(self, who: Visitor, group: Group, outcome: Outcome) -> None:
        """Write down that an export came in."""
        now = self._services.clock.now()
        detail = {
            "read": outcome.read,
            "dropped": outcome.dropped,
            "duplicates": outcome.duplicates,
            "signals": len(outcome.signals),
        }
        with self._services.store.write() as work:
            self._audit(work, who, Tag.EXPORT_UPLOADED, group, now, detail)

    def _written(self, work: Work, who: Visitor, tag: Tag, group: Group, now: datetime) -> None:
        self._audit(work, who, tag, group, now, {})
        work.events.put(group.tenant, "groep", "group.changed", group.id, now)

    def _audit(
        self,
        work: Work,
        who: Visitor,
        tag: Tag,
        group: Group,
        now: datetime,
        detail: Mapping[str, int | str],
    ) -> None:
        event = AuditEvent(
            tag=tag,
            tenant=group.tenant,
            actor=who.username,
            object=f"group/{group.id}",
            at=now,
            origin="web",
            detail=dict(detail),
        )
        work.audit.write(event)


def since(now: datetime, back: int) -> str:
    """Return the calendar day in the Netherlands ``back`` days ago."""
    return f"{(now - timedelta(days=back)).astimezone(AMSTERDAM):%Y-%m-%d}"


def _since(group: Group, now: datetime) -> datetime:
    """Consent that is there already keeps its start, so that saying it twice loses nothing."""
    start = group.consent.valid_from
    if group.consent.at(now) is ConsentState.GRANTED and start is not None:
        return min(start, now)
    return now
