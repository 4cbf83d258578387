# SPDX-License-Identifier: EUPL-1.2
"""Who looks after which group, their personal links and what they have open."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from core import errors
from core.admin import TERM, Admin, AdminState, Rank
from store.seal import Sealer
from store.tables import admin_links, admin_sessions, admins, outbox
from store.text import open_text, seal_text, storable
from store.transaction import Transaction

#: Who never confirmed is forgotten after this.
_PATIENCE = timedelta(days=30)
#: Who did not confirm anew is forgotten this long after their term; a link renews it until then.
_GRACE = timedelta(days=90)


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class AdminSession:
    """One browser in which a personal link was used."""

    #: SHA-256 of the cookie's token.
    token_hash: str
    admin_id: str
    csrf: str
    created_at: datetime
    last_seen: datetime
    expires_at: datetime


class Admins:
    """Names and addresses are sealed; of links and sessions only hashes are kept."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def add(self, admin: Admin) -> None:
        """Store somebody who was invited."""
        self._tx.insert(
            admins,
            [
                {
                    "id": admin.id,
                    "tenant": admin.tenant,
                    "group_id": admin.group_id,
                    "rank": admin.rank.value,
                    "sealed": _seal(self._tx.sealer, admin),
                    "language": admin.language,
                    "created_at": admin.created_at,
                }
            ],
        )

    def get(self, admin_id: str) -> Admin:
        """Return the admin; raise ``NotFound``."""
        row = self._tx.row(sa.select(admins).where(admins.c.id == admin_id))
        if row is None:
            raise errors.NotFound("no such admin")
        return self._admin(row)

    def of_group(self, group_id: str) -> list[Admin]:
        """Return all of a group, those who left too, in the order in which they came."""
        query = sa.select(admins).where(admins.c.group_id == group_id)
        return self._many(query)

    def list(self, tenant: str) -> list[Admin]:
        """Return all of a tenant, in the order in which they came."""
        return self._many(sa.select(admins).where(admins.c.tenant == tenant))

    def confirm(self, admin_id: str, at: datetime) -> None:
        """Let a new term begin, unless they have left."""
        self._set(admin_id, admins.c.left_at.is_(None), confirmed_at=at, expires_at=at + TERM)

    def place(self, admin_id: str, group_id: str) -> None:
        """Give somebody the group that they signed up."""
        self._set(admin_id, group_id=group_id)

    def set_language(self, admin_id: str, language: str) -> None:
        """Show the pages in this language from now on."""
        self._set(admin_id, language=language)

    def mute(self, admin_id: str, *, quiet: bool) -> None:
        """Send somebody no reminders any more, or send them again."""
        self._set(admin_id, quiet=quiet)

    def leave(self, admin_id: str, at: datetime) -> Admin | None:
        """Let somebody go: name, address, links and sessions go too.

        Return the deputy who takes the group over; None when nobody had to or could.
        """
        known = self.get(admin_id)
        if known.left_at is not None:
            return None
        self._set(admin_id, left_at=at, sealed=None, language="nl")
        self._empty_letters(admin_links.c.admin_id == admin_id)
        for table in (admin_links, admin_sessions):
            self._tx.run(sa.delete(table).where(table.c.admin_id == admin_id))
        others = self.of_group(known.group_id) if known.group_id else []
        ready = [other for other in others if other.at(at) is AdminState.ACTIVE]
        if not ready or any(other.rank is Rank.HEAD for other in ready):
            return None
        self._set(ready[0].id, rank=Rank.HEAD.value)
        return self.get(ready[0].id)

    def invite(self, admin_id: str, token_hash: str, at: datetime, until: datetime) -> None:
        """Store a new personal link; earlier ones that were not used no longer work."""
        links = admin_links.c
        unused = (links.admin_id == admin_id, links.used_at.is_(None))
        self._empty_letters(*unused)
        self._tx.run(sa.delete(admin_links).where(*unused))
        link = {"token_hash": token_hash, "admin_id": admin_id}
        self._tx.insert(admin_links, [link | {"created_at": at, "expires_at": until}])

    def invited(self, token_hash: str, now: datetime) -> Admin | None:
        """Return whose link this is, while it can be used."""
        query = sa.select(admin_links.c.admin_id).where(*_usable(token_hash, now))
        found = self._tx.scalar(query)
        return self.get(found) if found else None

    def redeem(self, token_hash: str, now: datetime) -> Admin | None:
        """Use a link, once; return whose it was, or None."""
        admin = self.invited(token_hash, now)
        spent = self._tx.run(
            sa.update(admin_links).where(*_usable(token_hash, now)).values(used_at=now)
        )
        return admin if spent.rowcount == 1 else None

    def open(self, session: AdminSession) -> None:
        """Store a new session."""
        row = {field: getattr(session, field) for field in AdminSession.__slots__}
        self._tx.insert(admin_sessions, [row])

    def session(self, token_hash: str, now: datetime) -> AdminSession | None:
        """Return the session while it has not expired, or None."""
        table = admin_sessions.c
        query = sa.select(admin_sessions)
        row = self._tx.row(query.where(table.token_hash == token_hash, table.expires_at > now))
        return AdminSession(**row._asdict()) if row else None

    def touch(self, token_hash: str, now: datetime) -> None:
        """Write down that the session was used."""
        which = sa.update(admin_sessions).where(admin_sessions.c.token_hash == token_hash)
        self._tx.run(which.values(last_seen=now))

    def close(self, token_hash: str) -> None:
        """End a session."""
        self._tx.run(sa.delete(admin_sessions).where(admin_sessions.c.token_hash == token_hash))

    def prune(self, now: datetime) -> int:
        """Forget links and sessions that are over, and who did not confirm; return how many."""
        never = sa.and_(admins.c.confirmed_at.is_(None), admins.c.created_at < now - _PATIENCE)
        over = admins.c.expires_at < now - _GRACE
        late = sa.select(admins.c.id).where(admins.c.left_at.is_(None), sa.or_(never, over))
        gone = [row.id for row in self._tx.rows(late.order_by(admins.c.id))]
        for admin_id in gone:
            self.leave(admin_id, now)
        count = len(gone)
        self._empty_letters(admin_links.c.expires_at <= now)
        for table in (admin_links, admin_sessions):
            count += self._tx.run(sa.delete(table).where(table.c.expires_at <= now)).rowcount
        return count

    def _empty_letters(self, *which: sa.ColumnElement[bool]) -> None:
        """Forget the letters with these links that did not arrive: name the address, help nobody.

        A letter with a link is named after what is kept of that link.
        """
        links = sa.select(admin_links.c.token_hash).where(*which)
        theirs = (
            outbox.c.idempotency_key.in_(links),
            outbox.c.kind == "invite",
            outbox.c.sealed.is_not(None),
        )
        self._tx.run(
            sa.update(outbox)
            .where(*theirs)
            .values(sealed=None, state="cancelled", lease_until=None)
        )

    def _set(self, admin_id: str, *also: sa.ColumnElement[bool], **values: Any) -> None:
        self._tx.run(sa.update(admins).where(admins.c.id == admin_id, *also).values(**values))

    def _many(self, query: sa.Select[Any]) -> list[Admin]:  # type: ignore[valid-type]
        rows: Sequence[sa.Row[Any]] = self._tx.rows(
            query.order_by(admins.c.created_at, admins.c.id)
        )
        return [self._admin(row) for row in rows]

    def _admin(self, row: sa.Row[Any]) -> Admin:
        told = _open(self._tx.sealer, row.id, row.sealed)
        return Admin(
            id=row.id,
            tenant=row.tenant,
            group_id=row.group_id,
            rank=Rank(row.rank),
            name=told.get("name", ""),
            contact=told.get("contact", ""),
            language=row.language,
            created_at=row.created_at,
            confirmed_at=row.confirmed_at,
            expires_at=row.expires_at,
            left_at=row.left_at,
            quiet=row.quiet,
        )


def admin_context(admin_id: str) -> str:
    """Return what an admin's name and address are sealed for."""
    return f"admin/{admin_id}"


def _usable(token_hash: str, now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    links = admin_links.c
    return (links.token_hash == token_hash, links.used_at.is_(None), links.expires_at > now)


def _seal(sealer: Sealer, admin: Admin) -> bytes:
    told = {"name": storable(admin.name), "contact": storable(admin.contact)}
    return seal_text(sealer, json.dumps(told), admin_context(admin.id))


def _open(sealer: Sealer, admin_id: str, sealed: bytes | None) -> dict[str, str]:
    if sealed is None:
        return {}
    told: dict[str, str] = json.loads(open_text(sealer, sealed, admin_context(admin_id)))
    return told
