# SPDX-License-Identifier: EUPL-1.2
"""What screens and the audit are told while messages are filed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from core.audit import AuditEvent, Tag
from core.label import Queue
from store.work import Work


class Notes:
    """Writes for one tenant in one transaction."""

    def __init__(self, work: Work, tenant: str, now: datetime) -> None:
        self._work = work
        self._tenant = tenant
        self._now = now

    def tell(self, queues: Iterable[Queue], kind: str, signal: str) -> None:
        """Tell the screens of these queues about a signal."""
        for queue in queues:
            self._work.events.put(self._tenant, queue.value, kind, signal, self._now)

    def audit(self, tag: Tag, thing: str, origin: str) -> None:
        """Write down what the system itself did; ``origin`` is the source of the message."""
        self._work.audit.write(
            AuditEvent(
                tag=tag,
                tenant=self._tenant,
                actor="system",
                object=thing,
                at=self._now,
                origin=origin,
            )
        )
