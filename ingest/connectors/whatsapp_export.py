# SPDX-License-Identifier: EUPL-1.2
"""A WhatsApp chat that a group admin exported and hands over."""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Mapping
from typing import Any

from core.clock import AMSTERDAM
from core.message import Message
from ingest.connector import Submit
from ingest.handover import hand_over
from ingest.inputfile import InputFile, digest
from ingest.lines import read_lines
from ingest.options import Options
from ingest.whatsapp.archive import open_chat
from ingest.whatsapp.fingerprint import Fingerprints
from ingest.whatsapp.header import DateOrder
from ingest.whatsapp.survey import survey
from ingest.whatsapp.transcript import Entry, Tally, read_entries
from ingest.whatsapp.wallclock import WallClock


def connect(tenant: str, options: Mapping[str, Any]) -> WhatsappExport:
    """Return the connector; options are ``chat``, ``file`` and, when needed, ``date_order``."""
    checked = Options("whatsapp_export", options, ("chat", "file", "date_order"))
    order = checked.choice("date_order", tuple(DateOrder))
    return WhatsappExport(
        tenant=tenant,
        chat=checked.text("chat"),
        file=checked.file("file"),
        date_order=DateOrder(order) if order else None,
    )


class WhatsappExport:
    """Reads one export (.txt or .zip) from start to end, in bounded memory."""

    name = "whatsapp_export"
    consent = (
        "Een beheerder van de groep levert de export zelf in, en heeft de groep dat vooraf verteld."
    )

    def __init__(
        self,
        *,
        tenant: str,
        chat: str,
        file: InputFile,
        date_order: DateOrder | None = None,
    ) -> None:
        self._tenant = tenant
        self._chat = chat
        self._file = file
        self._date_order = date_order
        self.stream = digest(file, chat)
        #: What the last run left out, for the admin who handed it over.
        self.tally = Tally()

    async def run(self, submit: Submit, stop: asyncio.Event, *, cursor: str | None = None) -> None:
        """Hand over the whole chat; ``BadInput`` when the file is no export."""
        self.tally = Tally()
        await hand_over(
            self._messages(self.tally),
            tenant=self._tenant,
            source=self.name,
            stream=self.stream,
            submit=submit,
            stop=stop,
            cursor=cursor,
        )

    def _messages(self, tally: Tally) -> Generator[Message, None, None]:
        with open_chat(self._file) as chat:
            plan = survey(read_lines(chat), self._date_order)
        clock, fingerprints = WallClock(AMSTERDAM), Fingerprints()
        with open_chat(self._file) as chat:
            for entry in read_entries(read_lines(chat), plan, tally):
                yield self._message(entry, clock, fingerprints)

    def _message(self, entry: Entry, clock: WallClock, fingerprints: Fingerprints) -> Message:
        return Message(
            source=self.name,
            chat=self._chat,
            external_id=fingerprints.of(entry.wall, entry.author, entry.words),
            sender=entry.author,
            sent_at=clock.moment(entry.wall),
            text=entry.words,
        )
