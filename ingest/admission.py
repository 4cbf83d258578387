# SPDX-License-Identifier: EUPL-1.2
"""What the gate makes of a batch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from core.message import Admitted
from store.consent import Group


class Reason(StrEnum):
    """Why a message was dropped; all that is ever kept of it."""

    #: The group gave none, it was withdrawn or ended, or the message is older than it.
    NO_CONSENT = "no-consent"
    #: The writer said no.
    OPTED_OUT = "opted-out"
    #: Strict mode, and the writer has not said yes.
    NOT_OPTED_IN = "not-opted-in"
    #: The writer asked not to pass this message on.
    PRIVATE = "private"
    #: Nothing was written: a picture, a sticker.
    EMPTY = "empty"
    #: Written before 2000, in the future, or at a time without zone.
    DATE = "date"
    #: From before the dedup keys that are still kept.
    TOO_OLD = "too-old"
    #: More than 64 KiB of text.
    TOO_LARGE = "too-large"
    #: An id that no source of ours gives out.
    MALFORMED = "malformed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """Something the bot says in answer to a command, or on joining."""

    #: Our own group id.
    group: str
    source: str
    chat: str
    text: str
    #: Names this reply once and for all (64 hex); the outbox drops a repeat.
    idempotency_key: str
    #: ``external_id`` of the command.
    reply_to: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Admission:
    """What may be judged, and counts of what may not."""

    #: New and changed messages in the order of the source; their dedup keys are distinct.
    admitted: tuple[Admitted, ...] = ()
    #: Message key of each admitted message, by its dedup key.
    message_keys: Mapping[str, str] = field(default_factory=dict)
    #: Message key of what an admitted message answers, by the dedup key of the answer.
    reply_keys: Mapping[str, str] = field(default_factory=dict)
    #: How many were dropped, by (our group id, reason); the id is empty for unknown groups.
    dropped: Mapping[tuple[str, Reason], int] = field(default_factory=dict)
    #: Repeats inside the batch; repeats of earlier batches are for ``seen.claim`` to find.
    duplicates: int = 0
    #: What the bot says, in order.
    replies: tuple[Reply, ...] = ()
    #: Every known group of the batch by our id, as it is after the batch.
    groups: Mapping[str, Group] = field(default_factory=dict)

    @property
    def refused(self) -> int:
        """How many messages were dropped in all."""
        return sum(self.dropped.values())
