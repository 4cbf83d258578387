# SPDX-License-Identifier: EUPL-1.2
"""Groups and the append-only ledger of their consent."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

import sqlalchemy as sa

from core import errors
from core.choice import Choice, Wish
from core.consent import Consent, ConsentEvent, ConsentKind, ConsentState, follow
from core.message import Role
from store.tables import consent_events, groups, member_choices
from store.text import storable
from store.transaction import Transaction

Mode = Literal["everybody", "only-yes"]

_NAME = 200
#: What a name of a group may not do to a screen or a log: steer it, or turn its text around.
_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """A chat that we may know, and what it allows."""

    id: str
    tenant: str
    source: str
    #: The chat's id in its source.
    chat: str
    name: str
    #: Neighbourhood, a key of the tenant's areas; empty when unknown.
    area: str
    #: ``only-yes``: only members who said yes themselves are read.
    mode: Mode
    consent: Consent
    created_at: datetime


class ConsentLedger:
    """Who allowed us to read which group, since when and until when."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def group(self, group_id: str) -> Group:
        """Return the group; raise ``NotFound``."""
        row = self._tx.row(sa.select(groups).where(groups.c.id == group_id))
        return _group(_present(row))

    def find(self, tenant: str, source: str, chat: str) -> Group | None:
        """Return the group that is this chat now, or None."""
        row = self._tx.row(sa.select(groups).where(*_chat(tenant, source, chat)))
        return _group(row) if row else None

    def ensure(
        self,
        tenant: str,
        source: str,
        chat: str,
        *,
        name: str = "",
        area: str = "",
        id: str,
        at: datetime,
    ) -> Group:
        """Return this chat's group, made with ``id`` when there was none."""
        known = self.find(tenant, source, chat)
        if known:
            return known
        new = {
            "id": id,
            "tenant": tenant,
            "source": source,
            "chat": chat,
            "name": _plain(name),
            "area": area,
            "created_at": at,
        }
        self._tx.insert_new(groups, [new], groups.c.id)
        return _group(_present(self._tx.row(sa.select(groups).where(*_chat(tenant, source, chat)))))

    def groups(self, tenant: str) -> list[Group]:
        """Return all groups of a tenant, by name."""
        query = sa.select(groups).where(groups.c.tenant == tenant)
        return [_group(row) for row in self._tx.rows(query.order_by(groups.c.name, groups.c.id))]

    def set_profile(
        self,
        group_id: str,
        name: str | None = None,
        area: str | None = None,
        mode: Mode | None = None,
    ) -> None:
        """Change what is given; None leaves it."""
        given = {"name": name and _plain(name), "area": area, "mode": mode}
        values = {key: value for key, value in given.items() if value is not None}
        if values:
            self._tx.run(sa.update(groups).where(groups.c.id == group_id).values(**values))

    def append(self, group_id: str, event: ConsentEvent) -> Consent:
        """Add a line to the ledger and return where the group stands after it.

        Waits for whoever ``hold``s the group. Once the transaction has committed, no later
        ``hold`` sees the consent that was there before. ``NoConsent`` for a yes that was said
        before the last withdrawal.
        """
        known = self._locked(group_id).consent
        if known.outlives(event):
            raise errors.NoConsent("this consent is older than the last withdrawal")
        consent = follow(known, event)
        line = {field: getattr(event, field) for field in ConsentEvent.__slots__}
        line |= {"group_id": group_id, "kind": event.kind.value, "role": event.role.value}
        self._tx.insert(consent_events, [line])
        values = {
            "state": consent.state.value,
            "valid_from": consent.valid_from,
            "valid_until": consent.valid_until,
            "legal_basis": consent.legal_basis,
            "text_version": consent.text_version,
            "withdrawn_at": consent.withdrawn_at,
        }
        self._tx.run(sa.update(groups).where(groups.c.id == group_id).values(**values))
        return consent

    def ledger(self, group_id: str) -> list[ConsentEvent]:
        """Return all lines of a group, oldest first."""
        query = sa.select(consent_events).where(consent_events.c.group_id == group_id)
        return [_event(row) for row in self._tx.rows(query.order_by(consent_events.c.seq))]

    def hold(self, group_ids: Sequence[str]) -> dict[str, Group]:
        """Return these groups as they are, and keep their consent so until the commit.

        On PostgreSQL the rows are locked ``FOR SHARE``: a withdrawal waits until what is being
        stored is stored, and what comes after the withdrawal sees it. On SQLite writing
        transactions follow each other anyway.
        """
        query = _ordered(group_ids)
        if self._tx.writing:
            query = query.with_for_update(read=True)
        return {row.id: _group(row) for row in self._tx.rows(query)}

    def hold_alone(self, group_ids: Sequence[str]) -> dict[str, Group]:
        """Return these groups as they are, after waiting for all who ``hold`` them.

        What others were storing of these groups is stored and seen from here on, and until
        the commit nobody stores more: for whoever changes, deletes or withdraws.
        """
        query = _ordered(group_ids).with_for_update(key_share=True)
        return {row.id: _group(row) for row in self._tx.rows(query)}

    def move(self, tenant: str, source: str, old_chat: str, new_chat: str) -> Group | None:
        """Give the group of ``old_chat`` its new id; its history goes along. None: unknown.

        Where the new chat was already known and its consent was decided there, that decision
        stands; else the old group takes its place. The one that loses keeps its ledger, and
        counts as a ``predecessor`` of the other.
        """
        old = self.find(tenant, source, old_chat)
        if old is None or old_chat == new_chat:
            return old
        new = self.find(tenant, source, new_chat)
        if new is not None and new.consent.state in _DECIDED:
            self._give_way(old, new)
            return new
        if new is not None:
            self._give_way(new, old)
        self._tx.run(sa.update(groups).where(groups.c.id == old.id).values(chat=new_chat))
        return self.group(old.id)

    def predecessors(self, group_id: str) -> list[str]:
        """Return the groups that lost their chat to this one."""
        query = sa.select(groups.c.id).where(groups.c.moved_into == group_id)
        return [row.id for row in self._tx.rows(query.order_by(groups.c.id))]

    def choose(self, group_id: str, member: str, choice: Choice, at: datetime) -> None:
        """Write down whether a member lets us read what they write, as they said it at ``at``.

        Waits for whoever ``hold``s the group, so that after a no nothing of theirs is on its
        way into the store.
        """
        self._locked(group_id)
        line = {"group_id": group_id, "member": member, "choice": choice, "at": at}
        self._tx.insert(member_choices, [line])

    def wishes(self, group_ids: Sequence[str], members: Mapping[str, str]) -> dict[str, Wish]:
        """Return where members stand who ever said anything in one of these groups.

        ``members`` maps each name that a person had, one in every group, to the name under
        which the person's wish is returned.
        """
        table = member_choices.c
        query = sa.select(table.member, table.choice, table.at).where(
            table.group_id.in_(sorted(set(group_ids))), table.member.in_(sorted(members))
        )
        found: dict[str, Wish] = {}
        for row in self._tx.rows(query.order_by(table.seq)):
            name = members[row.member]
            found[name] = found.get(name, Wish()).then(cast("Choice", row.choice), row.at)
        return found

    def _locked(self, group_id: str) -> Group:
        held = self.hold_alone([group_id])
        if group_id not in held:
            raise errors.NotFound("no such group")
        return held[group_id]

    def _give_way(self, loser: Group, winner: Group) -> None:
        # The name must fit its column, however long the chat's own id is.
        values = {"chat": f"{loser.chat[:_CHAT]}#{loser.id}", "moved_into": winner.id}
        self._tx.run(sa.update(groups).where(groups.c.id == loser.id).values(**values))
        earlier = groups.c.moved_into == loser.id
        self._tx.run(sa.update(groups).where(earlier).values(moved_into=winner.id))


#: Characters of a chat's id that stay when it has to make room.
_CHAT = 150
_DECIDED = frozenset({ConsentState.GRANTED, ConsentState.WITHDRAWN})


def _ordered(group_ids: Sequence[str]) -> sa.Select[Any]:
    """One order for everybody, so that two who lock never wait for each other."""
    return sa.select(groups).where(groups.c.id.in_(sorted(set(group_ids)))).order_by(groups.c.id)


def _plain(name: str) -> str:
    return storable(_STEERING.sub("", name))[:_NAME]


def _chat(tenant: str, source: str, chat: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (groups.c.tenant == tenant, groups.c.source == source, groups.c.chat == chat)


def _present(row: sa.Row[Any] | None) -> sa.Row[Any]:
    if row is None:
        raise errors.NotFound("no such group")
    return row


def _group(row: sa.Row[Any]) -> Group:
    return Group(
        id=row.id,
        tenant=row.tenant,
        source=row.source,
        chat=row.chat,
        name=row.name,
        area=row.area,
        mode=row.mode,
        consent=Consent(
            state=ConsentState(row.state),
            valid_from=row.valid_from,
            valid_until=row.valid_until,
            legal_basis=row.legal_basis,
            text_version=row.text_version,
            withdrawn_at=row.withdrawn_at,
        ),
        created_at=row.created_at,
    )


def _event(row: sa.Row[Any]) -> ConsentEvent:
    return ConsentEvent(
        kind=ConsentKind(row.kind),
        at=row.at,
        actor=row.actor,
        role=Role(row.role),
        text_version=row.text_version,
        purpose=row.purpose,
        legal_basis=row.legal_basis,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
    )
