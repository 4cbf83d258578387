# SPDX-License-Identifier: EUPL-1.2
"""Asks until there is an answer, with longer and longer pauses, and ends at once on ``stop``."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from core import errors
from ingest.matrix.api import Refused, TokenRefused, seconds_of
from ingest.patience import BackOff, Stopped, until

log = logging.getLogger(__name__)

_Result = TypeVar("_Result")


class Steady:
    """Patience with a homeserver, for one run."""

    def __init__(
        self, *, stop: asyncio.Event, back_off: Callable[[], BackOff], tally: Counter[str]
    ) -> None:
        self.stop = stop
        self._back_off = back_off
        self._tally = tally

    async def get(self, call: Callable[[], Coroutine[Any, Any, _Result]], what: str) -> _Result:
        """Return the answer, however long the server is out of order; ``Refused`` if it says no."""
        back_off = self._back_off()
        while True:
            try:
                answer = await until(self.stop, call())
            except (Stopped, errors.ConfigurationError):
                raise
            except TokenRefused:
                raise errors.ConfigurationError("matrix: the token was refused") from None
            except Refused:
                raise
            except Exception as error:  # noqa: BLE001 - no answer may end the loop
                await self.wait(what, error, back_off)
            else:
                back_off.reset()
                return answer

    async def wait(self, what: str, error: Exception, back_off: BackOff) -> None:
        """Note a failure and let some time pass."""
        self._tally["failures"] += 1
        pause = back_off.next(seconds_of(error))
        # Only the kind of error: its words can quote an answer.
        log.warning("matrix: %s failed (%s); again in %.1f s", what, type(error).__name__, pause)
        await until(self.stop, asyncio.sleep(pause))

    def back_off(self) -> BackOff:
        """Return fresh pauses."""
        return self._back_off()
