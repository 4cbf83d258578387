# SPDX-License-Identifier: EUPL-1.2
"""What every source of messages looks like to the rest of the house."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol, runtime_checkable

from core.message import Batch
from core.outcome import Outcome

#: Hands a batch to the line; returns only after the commit, raises when nothing was stored.
Submit = Callable[[Batch], Awaitable[Outcome]]


@runtime_checkable
class Connector(Protocol):
    """Turns one outside source into batches."""

    @property
    def name(self) -> str:
        """Name of the connector, also of its file; ``Batch.source``."""
        ...

    @property
    def stream(self) -> str:
        """Which stream of the source this is; together with ``name`` it names the cursor."""
        ...

    @property
    def consent(self) -> str:
        """One Dutch line for people: which consent this source needs."""
        ...

    async def run(self, submit: Submit, stop: asyncio.Event, *, cursor: str | None = None) -> None:
        """Hand over all batches that follow ``cursor``; return soon after ``stop`` is set.

        ``cursor`` is the last one that was committed for (tenant, name, stream). A file is
        done when it ends, a live source runs until ``stop``. What ``submit`` raises ends the
        run; the next run goes on from the cursor, so nothing is lost.
        """
        ...


@runtime_checkable
class Speaker(Protocol):
    """A source that can also say something in its chats."""

    async def say(
        self, chat: str, text: str, reply_to: str | None = None, *, key: str | None = None
    ) -> str:
        """Say ``text`` in ``chat``; return the new message's ``external_id``.

        ``key`` names what is said once and for all, for sources that can drop a repeat.
        """
        ...


class Connect(Protocol):
    """Makes a connector; each file in ``ingest/connectors`` has one, called ``connect``."""

    def __call__(self, tenant: str, options: Mapping[str, Any]) -> Connector:
        """Return the connector; ``ConfigurationError`` names an option that is missing or odd."""
        ...
