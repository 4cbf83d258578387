# SPDX-License-Identifier: EUPL-1.2
"""What a batch has let in so far; a later item of the batch can still take it back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from core.message import Admitted
from ingest.admission import Admission, Reason, Reply
from store.consent import Group


@dataclass(frozen=True, kw_only=True, slots=True)
class Passenger:
    """An admitted message with the keys by which others speak of it."""

    message: Admitted
    message_key: str
    reply_key: str | None


class Flight:
    """Collects the admission of one batch."""

    def __init__(self) -> None:
        self._aboard: dict[str, Passenger] = {}
        self._dropped: Counter[tuple[str, Reason]] = Counter()
        self._duplicates = 0
        self._replies: list[Reply] = []

    def board(self, passenger: Passenger) -> None:
        """Let a message in, unless the batch holds it twice."""
        key = passenger.message.dedup_key
        if key in self._aboard:
            self._duplicates += 1
        else:
            self._aboard[key] = passenger

    def holds(self, dedup_key: str) -> bool:
        """Whether this revision of a message is let in."""
        return dedup_key in self._aboard

    def drop(self, group: str, reason: Reason) -> None:
        """Count a message that stays out."""
        self._dropped[group, reason] += 1

    def say(self, reply: Reply) -> None:
        """Answer in the chat."""
        self._replies.append(reply)

    def take_back(self, which: Callable[[Passenger], bool], reason: Reason) -> None:
        """Drop what had been let in, because of something that came after it."""
        for key, passenger in list(self._aboard.items()):
            if which(passenger):
                del self._aboard[key]
                self.drop(passenger.message.group, reason)

    def writer(self, message_key: str) -> str | None:
        """Return the pseudonym under which a message of this batch came in, or None."""
        found = (p for p in self._aboard.values() if p.message_key == message_key)
        return next((p.message.pseudonym for p in found), None)

    def land(self, groups: Mapping[str, Group]) -> Admission:
        """Return what came of the batch."""
        aboard = self._aboard.items()
        return Admission(
            admitted=tuple(passenger.message for _, passenger in aboard),
            message_keys={key: passenger.message_key for key, passenger in aboard},
            reply_keys={key: p.reply_key for key, p in aboard if p.reply_key is not None},
            dropped=dict(self._dropped),
            duplicates=self._duplicates,
            replies=tuple(self._replies),
            groups=groups,
        )
