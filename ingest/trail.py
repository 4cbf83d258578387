# SPDX-License-Identifier: EUPL-1.2
"""What became of a message over all its revisions, whatever order they come in."""

from __future__ import annotations

from datetime import datetime

from core.message import Message
from ingest.flight import Flight
from ingest.pseudonym import Keys
from store.work import Work

#: Stands for every revision of a message that was deleted or taken back.
_GONE = "#weg"


class Trail:
    """Remembers by keyed hashes which messages are gone, and which were overtaken by an edit."""

    def __init__(self, work: Work, keys: Keys, tenant: str, now: datetime) -> None:
        self._work = work
        self._keys = keys
        self._tenant = tenant
        self._now = now

    def bury(self, source: str, chat: str, external_id: str) -> None:
        """Keep a message out for good: when it comes late, and when it is edited."""
        keys = [self._keys.dedup(self._tenant, source, chat, external_id, r) for r in ("", _GONE)]
        self._work.seen.claim(keys, self._now)

    def buried(self, message: Message) -> bool:
        """Whether this revision is of a message that is gone.

        A first version needs no look: ``bury`` made a repeat of it.
        """
        return bool(message.revision) and self._work.seen.holds(self._key(message, _GONE))

    def overtake(self, message: Message, flight: Flight) -> None:
        """Make a repeat of the first version of an edited message, unless it is in ``flight``."""
        first = self._key(message, "")
        if message.revision and not flight.holds(first):
            self._work.seen.claim([first], self._now)

    def _key(self, message: Message, revision: str) -> str:
        return self._keys.dedup(
            self._tenant, message.source, message.chat, message.external_id, revision
        )
