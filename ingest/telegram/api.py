# SPDX-License-Identifier: EUPL-1.2
"""Speaks with the Bot API: discreetly, with limits, and one odd update at a time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from telegram import Update
from telegram.error import RetryAfter, TelegramError
from telegram.ext import AIORateLimiter, ExtBot
from telegram.request import HTTPXRequest

from ingest.telegram.discretion import be_discreet

#: Longer waits than this are not slept out in place; whoever asked comes back later.
_LONGEST_NAP = 20.0


class Flood(RetryAfter):
    """Telegram asks to wait a little; the rate limiter does so and tries again."""

    def __init__(self, seconds: float) -> None:
        # The parent's own way warns of a change in a later version on every use.
        TelegramError.__init__(self, f"asked to wait {seconds:g} s")
        self._retry_after = timedelta(seconds=seconds)


class LongFlood(TelegramError):
    """Telegram asks to wait longer than a caller can be kept waiting."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"asked to wait {seconds:g} s")
        self.seconds = seconds


def wait_of(error: Exception) -> float | None:
    """Return how long Telegram asked to wait, if it did."""
    if isinstance(error, LongFlood):
        return error.seconds
    if isinstance(error, RetryAfter):
        return error._retry_after.total_seconds()
    return None


class QuietRequest(HTTPXRequest):
    """Requests that never log or quote what was answered."""

    __slots__ = ()

    async def do_request(
        self, url: str, method: str, *args: Any, **kwargs: Any
    ) -> tuple[int, bytes]:
        """Return status and answer; a 429 is raised here."""
        code, payload = await super().do_request(url, method, *args, **kwargs)
        if code == 429:
            seconds = _seconds(payload)
            raise Flood(seconds) if seconds <= _LONGEST_NAP else LongFlood(seconds)
        return code, payload

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Return the answer; raise ``TelegramError`` when it is none."""
        try:
            answer = json.loads(payload.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            raise TelegramError("the answer is no JSON") from None
        if not isinstance(answer, dict) or (answer.get("ok") and "result" not in answer):
            raise TelegramError("the answer has another shape than the Bot API gives")
        return answer


class UpdatesRequest(QuietRequest):
    """Requests for updates: one that cannot be read is emptied, the others stay whole."""

    __slots__ = ()

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Return the answer, in which every update can be read or holds its id only."""
        answer = QuietRequest.parse_json_payload(payload)
        if not answer.get("ok"):
            return answer
        if not isinstance(answer["result"], list):
            raise TelegramError("the answer has another shape than the Bot API gives")
        sound = (_sound(update) for update in answer["result"])
        answer["result"] = [update for update in sound if update is not None]
        return answer


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """Which bot, and where its API is."""

    token: str = field(repr=False)
    #: Ends in ``/bot``; the token follows.
    base_url: str
    proxy: str | None = field(default=None, repr=False)
    #: Seconds that any answer may take, on top of a long poll.
    timeout: float = 10.0

    @property
    def bot_id(self) -> str:
        """The public part of the token."""
        return self.token.split(":", 1)[0]


class Api:
    """A bot with its connections."""

    def __init__(self, address: Address) -> None:
        be_discreet()
        self._requests = [
            kind(
                read_timeout=address.timeout,
                connect_timeout=address.timeout,
                write_timeout=address.timeout,
                pool_timeout=address.timeout,
                proxy=address.proxy,
                httpx_kwargs={"trust_env": False},
            )
            for kind in (QuietRequest, UpdatesRequest)
        ]
        self.bot: ExtBot[int] = ExtBot(
            address.token,
            base_url=address.base_url,
            request=self._requests[0],
            get_updates_request=self._requests[1],
            rate_limiter=AIORateLimiter(max_retries=3),
        )

    async def close(self) -> None:
        """Close all connections."""
        for request in self._requests:
            await request.shutdown()


def _sound(update: object) -> Mapping[str, Any] | None:
    if not isinstance(update, dict) or type(update.get("update_id")) is not int:
        return None
    try:
        Update.de_json(update, None)
    except Exception:  # noqa: BLE001 - whatever is wrong with it, the others must come through
        return {"update_id": update["update_id"]}
    return update


def _seconds(payload: bytes) -> float:
    try:
        return max(0.0, float(json.loads(payload)["parameters"]["retry_after"]))
    except (ValueError, TypeError, LookupError, RecursionError):
        return 1.0
