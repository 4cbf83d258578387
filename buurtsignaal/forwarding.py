# SPDX-License-Identifier: EUPL-1.2
"""What leaves by itself: municipal categories that a tenant switched to automatic."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from buurtsignaal import voice
from core import errors
from core.identity import MakeId
from core.label import Taxonomy
from core.signal import NewSignal
from core.tenant import Tenant
from routing.report import Report, read_report, report_of
from store.outbox import OutboxRow
from store.work import Work


@dataclass(frozen=True, kw_only=True, slots=True)
class Forwarding:
    """Puts reports without an operator into the outbox; the database checks the category too."""

    work: Work
    tenant: Tenant
    taxonomy: Taxonomy
    salt: bytes
    make_id: MakeId
    now: datetime

    def forward(self, signal: NewSignal, group: str) -> None:
        """Send a stored signal to all targets of its route; ``group`` is the name to tell."""
        report = report_of(
            self.work.signals.get(signal.id, with_text=True),
            self.taxonomy,
            municipality=self.tenant.name,
            group=group,
            decided_at=self.now,
        )
        self.work.outbox.put([self._row(signal, report, target) for target in signal.targets])

    def reword(self, signal_id: str) -> None:
        """Give the reports of a signal that have not left yet the words that it has now."""
        known = self.work.signals.get(signal_id, with_text=True)
        for letter in self.work.outbox.of_signal(signal_id):
            if letter.kind != "report" or letter.payload is None:
                continue
            # One that cannot be read is refused when its turn comes.
            with suppress(errors.BadInput):
                report = read_report(letter.payload).reworded(known)
                self.work.outbox.reword(letter.id, report.payload())

    def _row(self, signal: NewSignal, report: Report, target: str) -> OutboxRow:
        cleared = report if self.tenant.targets[target].full_text else report.masked()
        return OutboxRow(
            id=self.make_id(self.now),
            tenant=self.tenant.slug,
            kind="report",
            target=target,
            signal_id=signal.id,
            group_id=signal.message.group,
            automatic=True,
            payload=cleared.payload(),
            idempotency_key=voice.once_key(self.salt, "report", signal.id, target),
            created_at=self.now,
            due_at=self.now,
        )
