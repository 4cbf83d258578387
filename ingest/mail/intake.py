# SPDX-License-Identifier: EUPL-1.2
"""Reads a mailbox from where it was left. The cursor is ``UIDVALIDITY:UID``, and it moves with
the commit. When the server numbers anew, everything is looked at again; Message-IDs drop what
was stored already.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections import Counter
from collections.abc import Callable
from typing import Any, TypeVar

from core import errors
from core.clock import Clock
from core.message import Batch, Item
from core.outcome import Outcome
from ingest.connector import Submit
from ingest.mail.circle import SOURCE
from ingest.mail.dns import NoAnswer
from ingest.mail.mailbox import Head, Mailbox, Session
from ingest.mail.reading import Rules, Skipped, read, refusal
from ingest.patience import BackOff, Stopped, until

log = logging.getLogger(__name__)

#: Mails in one batch.
BATCH = 50
#: Seconds that a commit may still take after ``stop``.
_GRACE = 1.5
#: How often the DNS is asked about one mail before it counts as not signed.
_ASKED = 12

_CURSOR = re.compile(r"([0-9]{1,20}):([0-9]{1,20})")
_Result = TypeVar("_Result")


class _Broken(Exception):
    """The connection does not work now; its message is only the kind of error."""


class Intake:
    """One run over one mailbox."""

    def __init__(
        self,
        *,
        tenant: str,
        stream: str,
        mailbox: Mailbox,
        rules: Rules,
        submit: Submit,
        stop: asyncio.Event,
        clock: Clock,
        back_off: BackOff,
        poll_seconds: float,
        tally: Counter[str],
        most: int = BATCH,
    ) -> None:
        """``most``: mails in one batch."""
        self._tenant = tenant
        self._stream = stream
        self._mailbox = mailbox
        self._rules = rules
        self._submit = submit
        self._stop = stop
        self._clock = clock
        self._back_off = back_off
        self._poll_seconds = poll_seconds
        self._tally = tally
        self._most = most
        self._validity, self._uid = 0, 0
        #: How often the DNS gave no answer about the mail that is waited for.
        self._unsure: Counter[int] = Counter()
        #: The call to the server that was begun last.
        self._calling: asyncio.Future[Any] | None = None

    async def run(self, cursor: str | None) -> None:
        """Hand over every mail after ``cursor`` until ``stop``."""
        self._validity, self._uid = _position(cursor)
        try:
            while True:
                try:
                    await self._visit()
                except (_Broken, NoAnswer, errors.Overloaded) as error:
                    await self._wait(error)
        except Stopped:
            return

    async def _visit(self) -> None:
        """Read over one connection, until it breaks."""
        session = Session(self._mailbox)
        try:
            await self._ask(session.open)
            if session.validity != self._validity:
                self._validity, self._uid = session.validity, 0
            while True:
                found = await self._ask(lambda: session.after(self._uid))
                self._back_off.reset()
                for start in range(0, len(found), self._most):
                    await self._take(session, found[start : start + self._most])
                await until(self._stop, asyncio.sleep(self._poll_seconds))
        finally:
            session.close()
            await self._hung_up()

    async def _hung_up(self) -> None:
        """Wait for the thread that a closed session ends: it must not outlive the run."""
        if self._calling is not None:
            done, _ = await asyncio.wait({self._calling}, timeout=_GRACE)
            for each in done:
                each.exception()

    async def _take(self, session: Session, uids: list[int]) -> None:
        items: list[Item] = []
        reached = self._uid
        try:
            for head in await self._ask(lambda: session.heads(uids)):
                item = await self._read(session, head)
                items += [item] if item else []
                # Only what was looked at to its end is left behind.
                reached = head.uid
        except (NoAnswer, _Broken):
            if reached > self._uid:
                await self._hand_over(items, reached)
            raise
        await self._hand_over(items, uids[-1])

    async def _read(self, session: Session, head: Head) -> Item | None:
        refused = refusal(head.raw, self._rules)
        if head.size > self._rules.most_bytes:
            refused = Skipped.TOO_LARGE
        if refused is not None:
            self._tally[refused.value] += 1
            return None
        raw = await self._ask(lambda: session.whole(head.uid))
        return None if raw is None else await self._judged(raw, head)

    async def _judged(self, raw: bytes, head: Head) -> Item | None:
        now = self._clock.now()
        work = asyncio.to_thread(read, raw, self._rules, received=head.received, now=now)
        try:
            item = await until(self._stop, work)
        except Stopped:
            raise
        except NoAnswer:
            self._unsure[head.uid] += 1
            if self._unsure[head.uid] < _ASKED:
                raise
            # One domain that is out of order must not hold up everybody for ever.
            item = Skipped.NOT_AUTHENTIC
        except Exception as error:  # noqa: BLE001 - one odd mail must not hold up the others
            log.warning("mail: a mail could not be read: %s", type(error).__name__)
            item = Skipped.MALFORMED
        if isinstance(item, Skipped):
            self._tally[item.value] += 1
            return None
        return item

    async def _hand_over(self, items: list[Item], uid: int) -> None:
        batch = Batch(
            tenant=self._tenant,
            source=SOURCE,
            items=tuple(items),
            stream=self._stream,
            cursor=f"{self._validity}:{uid}",
        )
        await until(self._stop, self._submitted(batch), grace=_GRACE)
        self._uid = uid

    async def _submitted(self, batch: Batch) -> Outcome:
        return await self._submit(batch)

    async def _ask(self, call: Callable[[], _Result]) -> _Result:
        """Return what the server answers; the call runs beside the loop, since it blocks."""
        calling = self._calling = asyncio.ensure_future(asyncio.to_thread(call))

        async def answered() -> _Result:
            # Shielded: a thread can't be cancelled, only waited for.
            return await asyncio.shield(calling)

        try:
            return await until(self._stop, answered())
        except Stopped:
            raise
        except Exception as error:  # noqa: BLE001 - no answer may end the run
            raise _Broken(type(error).__name__) from None

    async def _wait(self, error: Exception) -> None:
        self._tally["failures"] += 1
        pause = self._back_off.next()
        # Only the kind of error: its words can quote a mail or an answer.
        kind = str(error) if isinstance(error, _Broken) else type(error).__name__
        log.warning("mail: the mailbox cannot be read now (%s); again in %.1f s", kind, pause)
        await until(self._stop, asyncio.sleep(pause))


def _position(cursor: str | None) -> tuple[int, int]:
    if cursor is None:
        return 0, 0
    found = _CURSOR.fullmatch(cursor)
    if found is None:
        raise errors.ConfigurationError("mail: the stored cursor is no UIDVALIDITY:UID")
    return int(found[1]), int(found[2])
