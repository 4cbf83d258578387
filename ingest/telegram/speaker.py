# SPDX-License-Identifier: EUPL-1.2
"""Says things in Telegram chats, as plain text."""

from __future__ import annotations

from collections.abc import Iterator

from telegram import LinkPreviewOptions, ReplyParameters
from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError

from core import errors
from ingest.telegram.api import Address, Api, wait_of

#: Longest message that Telegram takes, in UTF-16 units.
LONGEST = 4096


class TelegramSpeaker:
    """Sends messages within Telegram's limits; tells who asked whether trying again helps."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._api: Api | None = None

    async def say(self, chat: str, text: str, reply_to: str | None = None) -> str:
        """Say ``text`` in ``chat``; return the id of the (first) message."""
        number, answered = _number(chat), _number(reply_to) if reply_to else None
        try:
            return await self._say(number, text, answered)
        except ChatMigrated as moved:
            return await self._say_there(moved.new_chat_id, text)
        except TelegramError as error:
            raise _refusal(error) from None

    async def close(self) -> None:
        """Close the connections; the next ``say`` opens them again."""
        api, self._api = self._api, None
        if api is not None:
            await api.close()

    async def _say_there(self, chat: int, text: str) -> str:
        # The new chat numbers its messages anew, so there is nothing to answer.
        try:
            return await self._say(chat, text, None)
        except TelegramError as error:
            raise _refusal(error) from None

    async def _say(self, chat: int, text: str, reply_to: int | None) -> str:
        if self._api is None:
            self._api = Api(self._address)
        first = ""
        for part in parts(text):
            sent = await self._api.bot.send_message(
                chat,
                part,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
                reply_parameters=_answering(reply_to) if not first else None,
            )
            first = first or str(sent.message_id)
        return first


def parts(text: str) -> Iterator[str]:
    """Yield ``text`` in messages that Telegram takes, cut between lines or words."""
    while _length(text) > LONGEST:
        # Half as many characters always fit, whatever they are.
        head = text[: LONGEST // 2]
        cut = max(head.rfind("\n"), 0) or max(head.rfind(" "), 0) or len(head)
        yield text[:cut]
        text = text[cut:].lstrip()
    yield text


def _length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _answering(reply_to: int | None) -> ReplyParameters | None:
    if reply_to is None:
        return None
    return ReplyParameters(reply_to, allow_sending_without_reply=True)


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise errors.TargetRefused("telegram: chats and messages have numbers") from None


def _refusal(error: TelegramError) -> errors.DeliveryError:
    # BadRequest is a kind of NetworkError to the library, but trying again does not help.
    if isinstance(error, Forbidden):
        return errors.TargetRefused("telegram: the bot is not allowed to write in this chat")
    if isinstance(error, BadRequest):
        return errors.TargetRefused("telegram: the chat is unknown or the message is not accepted")
    return errors.TargetUnavailable(
        f"telegram: cannot be reached now ({type(error).__name__})", retry_after=wait_of(error)
    )
