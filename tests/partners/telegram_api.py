# SPDX-License-Identifier: EUPL-1.2
"""The part of Telegram's Bot API that a group bot meets, as its documentation describes it.

Nothing here knows our code. Tests speak as Telegram's users (``write``, ``edit``, ``migrate`` …)
and can make the service fail (``fail``, ``cut``).
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter, deque
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from aiohttp import web

TOKEN = "123456789:AAE-own-data_for_tests_0123456789abc"
Json = dict[str, Any]

BOT = {"id": 123456789, "is_bot": True, "first_name": "Buurtsignaal", "username": "BuurtBot"}
#: 2026-11-21 12:00:00 UTC.
NOON = 1_795_262_400
ANONYMOUS = {
    "id": 1087968824,
    "is_bot": True,
    "first_name": "Group",
    "username": "GroupAnonymousBot",
}


def user(id: int, name: str = "Anna", *, is_bot: bool = False) -> Json:
    """Return a User."""
    return {"id": id, "is_bot": is_bot, "first_name": name}


@dataclass
class Chat:
    """A group with who governs it."""

    id: int
    title: str
    type: str = "supergroup"
    #: User id → ``creator`` or ``administrator``.
    governors: dict[int, str] = field(default_factory=dict)
    #: The bot was thrown out.
    closed: bool = False
    moved_to: int | None = None

    def json(self) -> Json:
        """Return a Chat."""
        return {"id": self.id, "title": self.title, "type": self.type}


class TelegramApi:
    """The service: one bot, its groups and the updates that wait for it."""

    def __init__(self, *, reads_all: bool = True, first_update: int = 1000) -> None:
        self.reads_all = reads_all
        self.chats: dict[int, Chat] = {}
        self.updates: list[Json] = []
        #: What the bot said, as Messages.
        self.sent: list[Json] = []
        self.calls: Counter[str] = Counter()
        self.offsets: list[int | None] = []
        #: What was asked of getUpdates last.
        self.asked: Json = {}
        #: The menu of commands that was set last.
        self.menu: Json = {}
        self.base_url = ""
        self.now = NOON
        self._update_ids = count(first_update)
        self._message_ids: Iterator[int] = count(1)
        self._news = asyncio.Event()
        self._failures: dict[str, deque[Json | None]] = {}
        self._poll: asyncio.Future[None] | None = None

    # What users and Telegram itself do

    def group(self, id: int = -1001, title: str = "Buurtapp", **governors: int) -> Chat:
        """Make a group; ``creator=1`` and ``administrator=2`` name who governs it."""
        chat = Chat(id, title, governors={number: kind for kind, number in governors.items()})
        self.chats[id] = chat
        return chat

    def write(self, chat: int, sender: int, text: str | None, **more: Any) -> Json:
        """Let a user write in a chat; return the Message."""
        message = {
            "message_id": next(self._message_ids),
            "from": user(sender),
            "chat": self._chat(chat),
            "date": self.now,
        }
        if text is not None:
            message["text"] = text
        message |= more
        self.push(message=message)
        return message

    def edit(self, message: Json, text: str, *, at: int | None = None) -> Json:
        """Let the writer change a message."""
        edited = message | {"text": text, "edit_date": at or self.now + 30}
        self.push(edited_message=edited)
        return edited

    def membership(self, chat: int, old: str, new: str) -> None:
        """Let somebody add, promote or remove the bot."""
        self.push(
            my_chat_member={
                "chat": self._chat(chat),
                "from": user(1),
                "date": self.now,
                "old_chat_member": self._member(old),
                "new_chat_member": self._member(new),
            }
        )
        self.chats[chat].closed = new in ("left", "kicked")

    def migrate(self, old: int, new: int) -> None:
        """Turn a group into a supergroup: both chats say so."""
        self.group(new, self.chats[old].title).governors = self.chats[old].governors
        self.chats[old].moved_to = new
        self.write(old, 1, None, migrate_to_chat_id=new)
        self.write(new, 1, None, migrate_from_chat_id=old)

    def push(self, **update: Any) -> int:
        """Put an update in the queue as it is; return its id."""
        number = next(self._update_ids)
        self.updates.append({"update_id": number, **update})
        self._news.set()
        return number

    def renumber(self, first: int) -> None:
        """Start numbering updates anew, as Telegram does after a week of silence."""
        self._update_ids = count(first)

    def fail(self, method: str, status: int, times: int = 1, **more: Any) -> None:
        """Answer the next calls of ``method`` with an error."""
        failure = {"ok": False, "error_code": status, "description": f"Error {status}", **more}
        self._failures.setdefault(method, deque()).extend([failure] * times)

    def cut(self, method: str, times: int = 1) -> None:
        """Close the connection on the next calls of ``method``, after they were understood."""
        self._failures.setdefault(method, deque()).extend([None] * times)

    # What the bot asks

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer any method."""
        method = request.match_info["method"]
        if request.match_info["token"] != TOKEN:
            return _error(401, "Unauthorized")
        self.calls[method] += 1
        asked = await _parameters(request)
        failures = self._failures.get(method)
        if failures:
            failure = failures.popleft()
            if failure is None:
                # Understood, confirmed and answered, but the answer never arrives.
                await self._result(method, asked | {"timeout": 0})
                if request.transport is not None:
                    request.transport.abort()
                raise web.HTTPInternalServerError
            return web.json_response(failure, status=failure["error_code"])
        return await self._result(method, asked)

    async def _result(self, method: str, asked: Json) -> web.Response:
        methods = {
            "getMe": self._get_me,
            "getUpdates": self._get_updates,
            "sendMessage": self._send_message,
            "getChatAdministrators": self._administrators,
            "leaveChat": self._leave,
            "setMyCommands": self._set_commands,
        }
        if method not in methods:
            return _error(404, "Not Found")
        return await methods[method](asked)

    async def _get_me(self, _asked: Json) -> web.Response:
        return _ok(BOT | {"can_join_groups": True, "can_read_all_group_messages": self.reads_all})

    async def _get_updates(self, asked: Json) -> web.Response:
        self.asked = asked
        offset = int(asked["offset"]) if "offset" in asked else None
        self.offsets.append(offset)
        if offset is not None:
            self.updates = [u for u in self.updates if u["update_id"] >= offset]
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)
        mine = self._poll = asyncio.get_running_loop().create_future()
        wanted = set(asked.get("allowed_updates") or ())
        limit = min(100, int(asked.get("limit", 100)))
        deadline = asyncio.get_running_loop().time() + float(asked.get("timeout", 0))
        while True:
            self._news.clear()
            found = [u for u in self.updates if not wanted or len(u) < 2 or wanted & u.keys()]
            left = deadline - asyncio.get_running_loop().time()
            if found or left <= 0:
                return _ok(found[:limit])
            news = asyncio.ensure_future(self._news.wait())
            await asyncio.wait({news, mine}, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            news.cancel()
            if mine.done():
                return _error(409, "Conflict: terminated by other getUpdates request")

    async def _send_message(self, asked: Json) -> web.Response:
        chat = self.chats.get(int(asked["chat_id"]))
        if chat is None and int(asked["chat_id"]) < 0:
            return _error(400, "Bad Request: chat not found")
        if chat is not None and chat.moved_to is not None:
            parameters = {"migrate_to_chat_id": chat.moved_to}
            return _error(400, "Bad Request: group chat was upgraded", parameters=parameters)
        if chat is not None and chat.closed:
            return _error(403, "Forbidden: bot was kicked from the supergroup chat")
        if len(asked["text"].encode("utf-16-le")) > 2 * 4096:
            return _error(400, "Bad Request: message is too long")
        message = {
            "message_id": next(self._message_ids),
            "from": BOT,
            "chat": self._chat(int(asked["chat_id"])),
            "date": self.now,
            "text": asked["text"],
        }
        self.sent.append(message | {"asked": asked})
        return _ok(message)

    async def _administrators(self, asked: Json) -> web.Response:
        chat = self.chats[int(asked["chat_id"])]
        if chat.closed:
            return _error(403, "Forbidden: bot was kicked from the supergroup chat")
        return _ok([_governor(number, kind) for number, kind in chat.governors.items()])

    async def _leave(self, asked: Json) -> web.Response:
        chat = int(asked["chat_id"])
        if self.chats[chat].closed:
            return _error(403, "Forbidden: bot is not a member of the supergroup chat")
        self.membership(chat, "member", "left")
        return _ok(True)

    async def _set_commands(self, asked: Json) -> web.Response:
        self.menu = asked
        return _ok(True)

    def _chat(self, id: int) -> Json:
        if id in self.chats:
            return self.chats[id].json()
        return {"id": id, "type": "private", "first_name": "Anna"}

    def _member(self, status: str) -> Json:
        member: Json = {"status": status, "user": BOT}
        if status == "kicked":
            member["until_date"] = 0
        if status == "administrator":
            member = _governor(BOT["id"], status) | {"user": BOT}  # type: ignore[arg-type]
        return member


@asynccontextmanager
async def telegram_api(**options: Any) -> AsyncIterator[TelegramApi]:
    """Serve a Bot API on a free port of this machine."""
    api = TelegramApi(**options)
    app = web.Application()
    app.router.add_post("/bot{token}/{method}", api.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    api.base_url = f"http://127.0.0.1:{port}/bot"
    try:
        yield api
    finally:
        await runner.cleanup()


async def _parameters(request: web.Request) -> Json:
    if request.content_type == "application/json":
        whole: Json = await request.json()
        return whole
    asked: Json = {}
    for name, value in (await request.post()).items():
        text = str(value)
        # In a form, lists and objects are JSON; texts are as they are.
        asked[name] = json.loads(text) if text[:1] in "[{" and name != "text" else text
    return asked


def _ok(result: Any) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def _error(status: int, description: str, **more: Any) -> web.Response:
    body = {"ok": False, "error_code": status, "description": description, **more}
    return web.json_response(body, status=status)


def _governor(number: int, kind: str) -> Json:
    member: Json = {"status": kind, "user": user(number), "is_anonymous": False}
    if kind == "administrator":
        rights = (
            "can_be_edited can_manage_chat can_delete_messages can_manage_video_chats "
            "can_restrict_members can_promote_members can_change_info can_invite_users "
            "can_post_stories can_edit_stories can_delete_stories"
        )
        member |= dict.fromkeys(rights.split(), False)
    return member
