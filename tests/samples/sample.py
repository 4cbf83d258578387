# SPDX-License-Identifier: EUPL-1.2
"""What a connector shows of itself, so that the contract tests can run it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

from core.clock import FrozenClock
from ingest.connector import Connector

#: Where the sample files are.
FOLDER = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Something small and whole from one source; each connector has one.

    It is called ``SAMPLE`` and lives in ``tests/samples/<connector>_sample.py``. What it holds
    was written between 1 and 21 November 2026; the clock of the tests says 21 November, 12:00 UTC.
    """

    #: How many messages it gives, edits and deletions included.
    messages: int
    #: Names, numbers and handles of those who write in it.
    people: tuple[str, ...]
    #: Gives the connector with its outside partner, which starts anew each time: it forgets
    #: that anything was taken in before, as a server does for a cursor of yesterday.
    open: Callable[[FrozenClock], AbstractAsyncContextManager[Connector]]
