# SPDX-License-Identifier: EUPL-1.2
"""Reports for municipalities that do not work with us, kept sealed until they were fetched."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from store.tables import handovers
from store.transaction import Transaction

#: How long a report waits for being fetched.
WAITS = timedelta(days=14)
#: How long it stays after it was opened, so that a colleague can look too.
STAYS = timedelta(days=2)


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Handover:
    """A report that waits behind a link."""

    id: str
    municipality: str
    content: Mapping[str, Any]
    expires_at: datetime

    def __repr__(self) -> str:
        return f"<Handover {self.id}>"


class Handovers:
    """Found by the secret in the link, of which only the hash is here."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def put(
        self, id: str, municipality: str, token: str, content: Mapping[str, Any], at: datetime
    ) -> None:
        """Keep a report; a repeat with the same token changes nothing."""
        sealed = self._tx.sealer.seal(json.dumps(content).encode(), handover_context(id))
        row = {
            "id": id,
            "municipality": municipality,
            "token_hash": _hash(token),
            "sealed": sealed,
            "created_at": at,
            "expires_at": at + WAITS,
        }
        self._tx.insert_new(handovers, [row], handovers.c.id)

    def waits(self, token: str, now: datetime) -> bool:
        """Whether there is something behind the link; nothing is opened."""
        return self._row(token, now) is not None

    def open(self, token: str, now: datetime) -> Handover | None:
        """Return the report and shorten its life; None when the link has ended."""
        row = self._row(token, now)
        if row is None:
            return None
        expires = row.expires_at
        if row.opened_at is None:
            expires = min(expires, now + STAYS)
            values = {"opened_at": now, "expires_at": expires}
            self._tx.run(sa.update(handovers).where(handovers.c.id == row.id).values(**values))
        content = json.loads(self._tx.sealer.open(row.sealed, handover_context(row.id)))
        return Handover(
            id=row.id, municipality=row.municipality, content=content, expires_at=expires
        )

    def prune(self, now: datetime) -> int:
        """Remove what nobody can open any more; return how many."""
        return self._tx.run(sa.delete(handovers).where(handovers.c.expires_at <= now)).rowcount

    def _row(self, token: str, now: datetime) -> sa.Row[Any] | None:
        query = sa.select(handovers).where(
            handovers.c.token_hash == _hash(token), handovers.c.expires_at > now
        )
        return self._tx.row(query)


def handover_context(handover_id: str) -> str:
    """Return what a report that waits is sealed for."""
    return f"handover/{handover_id}"


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
