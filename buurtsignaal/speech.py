# SPDX-License-Identifier: EUPL-1.2
"""What a batch makes the bot say to the groups; it goes through the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from buurtsignaal import voice
from core.identity import MakeId
from core.message import Admitted
from core.tenant import Tenant
from ingest.admission import Admission, Reply
from ingest.texts import Texts
from store.outbox import OutboxRow
from store.work import Work


@dataclass(frozen=True, kw_only=True, slots=True)
class Speech:
    """Speaks in the groups of one batch; a chat without a voice hears nothing."""

    work: Work
    tenant: Tenant
    texts: Texts
    admission: Admission
    #: Sources whose groups can be spoken to.
    speaking: frozenset[str]
    salt: bytes
    make_id: MakeId
    now: datetime

    def say(self, replies: Sequence[Reply]) -> None:
        """Answer commands and welcome groups."""
        spoken = [reply for reply in replies if reply.source in self.speaking]
        # A microsecond apart, so that they leave in the order in which they were meant.
        moments = (self.now + timedelta(microseconds=n) for n in range(len(spoken)))
        self.work.outbox.put([self._answer(r, at) for r, at in zip(spoken, moments, strict=True)])

    def point_to_112(self, message: Admitted, signal: str, incident: str) -> None:
        """Say "Bel 112" at once, once for each incident and group."""
        group = self.admission.groups.get(message.group)
        if group is None or group.source not in self.speaking:
            return
        row = voice.reply(
            group,
            self.texts.say("gevaar", self.tenant),
            id=self.make_id(self.now),
            key=voice.once_key(self.salt, "112", incident, group.id),
            at=self.now,
            reply_to=message.external_id,
            signal=signal,
        )
        self.work.outbox.put([row])

    def _answer(self, reply: Reply, at: datetime) -> OutboxRow:
        group = replace(self.admission.groups[reply.group], chat=reply.chat)
        return voice.reply(
            group,
            reply.text,
            id=self.make_id(self.now),
            key=reply.idempotency_key,
            at=at,
            reply_to=reply.reply_to,
        )
