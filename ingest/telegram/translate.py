# SPDX-License-Identifier: EUPL-1.2
"""From an update of the Bot API to an item of ours; pure, and silent about what it sees."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from telegram import Chat, ChatMember, ChatMemberRestricted, ChatMemberUpdated, Update, User
from telegram import Message as TelegramMessage

from core.message import Change, Command, Item, Joined, Message, Moved, Removed, Role
from ingest.telegram.order import REPORT, Order, order_in

SOURCE = "telegram"
#: Telegram's own account behind which administrators can hide.
ANONYMOUS_ADMIN = 1087968824

_GROUPS = frozenset({Chat.GROUP, Chat.SUPERGROUP})
_INSIDE = frozenset({ChatMember.OWNER, ChatMember.ADMINISTRATOR, ChatMember.MEMBER})


class Skipped(StrEnum):
    """Why an update is nothing to us; only counted."""

    #: It could not be read at all.
    MALFORMED = "malformed"
    #: A kind of update or chat that we did not ask for.
    OTHER = "other"
    FORWARDED = "forwarded"
    BOT = "bot"
    #: A command for another bot.
    ANOTHER_BOT = "another-bot"
    #: A picture, sticker or voice message without words.
    NO_TEXT = "no-text"


@dataclass(frozen=True, kw_only=True, slots=True)
class Private:
    """Somebody wrote to the bot itself, where it only explains."""

    chat: str


def translate(update: Update, username: str) -> Item | Private | Skipped:
    """Return what ``update`` says; a command of an ordinary account has the role of a member."""
    if update.my_chat_member is not None:
        return _membership(update.update_id, update.my_chat_member)
    message = update.message or update.edited_message
    if message is None:
        return Skipped.OTHER if update.to_dict().keys() - {"update_id"} else Skipped.MALFORMED
    edited = update.message is None
    if message.chat.type == Chat.PRIVATE and not edited:
        return Private(chat=str(message.chat.id))
    if message.chat.type not in _GROUPS:
        return Skipped.OTHER
    return _moved(message) or _refusal(message) or _words(message, edited, username)


def _membership(update_id: int, change: ChatMemberUpdated) -> Item | Skipped:
    if change.chat.type not in _GROUPS:
        return Skipped.OTHER
    chat, external_id = str(change.chat.id), f"lid-{update_id}"
    if not _inside(change.new_chat_member):
        return Removed(source=SOURCE, chat=chat, external_id=external_id, at=change.date)
    if _inside(change.old_chat_member):
        return Skipped.OTHER
    return Joined(
        source=SOURCE,
        chat=chat,
        name=change.chat.title or "",
        external_id=external_id,
        at=change.date,
    )


def _inside(member: ChatMember) -> bool:
    if isinstance(member, ChatMemberRestricted):
        return member.is_member
    return member.status in _INSIDE


def _moved(message: TelegramMessage) -> Moved | None:
    old, new = message.chat.id, message.migrate_to_chat_id
    if message.migrate_from_chat_id:
        old, new = message.migrate_from_chat_id, message.chat.id
    if not new:
        return None
    # Both chats tell of the move; one id for both makes it happen once.
    return Moved(
        source=SOURCE,
        chat=str(old),
        new_chat=str(new),
        external_id=f"verhuisd-{new}",
        at=message.date,
    )


def _refusal(message: TelegramMessage) -> Skipped | None:
    if message.forward_origin is not None or message.is_automatic_forward:
        return Skipped.FORWARDED
    if message.via_bot is not None or message.from_user is None:
        return Skipped.BOT
    if message.from_user.is_bot and not _anonymous_admin(message, message.from_user):
        return Skipped.BOT
    return None


def _anonymous_admin(message: TelegramMessage, sender: User) -> bool:
    behind = message.sender_chat
    return sender.id == ANONYMOUS_ADMIN and behind is not None and behind.id == message.chat.id


def _words(message: TelegramMessage, edited: bool, username: str) -> Item | Skipped:
    text = message.text or message.caption or ""
    if not _is_text(text):
        return Skipped.MALFORMED
    order = order_in(text, username)
    if order is None:
        return _message(message, text, edited)
    if order.for_another:
        return Skipped.ANOTHER_BOT
    if order.name == REPORT:
        return _message(message, order.argument, edited)
    return _command(message, order)


def _is_text(value: object) -> bool:
    # The library takes over whatever the answer holds.
    return isinstance(value, str)


def _message(message: TelegramMessage, text: str, edited: bool) -> Message | Skipped:
    # An edit that leaves no words goes on: what was made of the earlier words must go.
    if not text.strip() and (not edited or message.location is not None):
        return Skipped.NO_TEXT
    return Message(
        source=SOURCE,
        chat=str(message.chat.id),
        external_id=str(message.message_id),
        sender=_sender(message),
        sent_at=message.date,
        text=text,
        change=Change.EDIT if edited else Change.NEW,
        revision=_revision(message) if edited else "",
        reply_to=_answered(message),
    )


def _command(message: TelegramMessage, order: Order) -> Command:
    sender = message.from_user
    hidden = sender is not None and _anonymous_admin(message, sender)
    return Command(
        source=SOURCE,
        chat=str(message.chat.id),
        name=order.name,
        sender=_sender(message),
        role=Role.ADMIN if hidden else Role.MEMBER,
        external_id=str(message.message_id),
        at=message.edit_date or message.date,
        reply_to=_answered(message),
        argument=order.argument,
    )


def _sender(message: TelegramMessage) -> str:
    return str(message.from_user.id) if message.from_user else ""


def _revision(message: TelegramMessage) -> str:
    return str(int((message.edit_date or message.date).timestamp()))


def _answered(message: TelegramMessage) -> str | None:
    answered = message.reply_to_message
    # In a forum every message "answers" the one that opened its topic.
    if answered is None or answered.forum_topic_created is not None:
        return None
    return str(answered.message_id)
