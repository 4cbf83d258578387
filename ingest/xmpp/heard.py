# SPDX-License-Identifier: EUPL-1.2
"""What a room says, as XML, and what that is to us; pure, and silent about what it sees.

xmpp.org: XEP-0045 (rooms), 0308 (corrections), 0313 (archives), 0359 (ids), 0424 and 0425
(retraction by the writer and by a moderator), 0461 (answers).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from xml.etree.ElementTree import Element

from core.message import Change, Command, Message, Role
from ingest.telegram.order import REPORT, order_in

SOURCE = "xmpp"
_SID = "{urn:xmpp:sid:0}stanza-id"
_REPLACE = "{urn:xmpp:message-correct:0}replace"
_REPLY = "{urn:xmpp:reply:0}reply"
_DELAY = "{urn:xmpp:delay}delay"
_APPLY = "{urn:xmpp:fasten:0}apply-to"
_RETRACT = ("{urn:xmpp:message-retract:1}retract", "{urn:xmpp:message-retract:0}retract")
_RESULT, _FORWARDED = "{urn:xmpp:mam:2}result", "{urn:xmpp:forward:0}forwarded"
_USER = "{http://jabber.org/protocol/muc#user}"
_ITEM = f"{_USER}x/{_USER}item"
_INVITE = f"{_USER}x/{_USER}invite"
#: Being put out for good or for now, and the room being closed to us (XEP-0045).
_OUT = frozenset({"301", "307", "321", "322"})


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Told:
    """Something that reached us from a room: words, the door, or an invitation."""

    room: str
    xml: Element | None = None
    out: bool = False
    invited: bool = False


def told(xml: Element) -> Told | None:
    """Return what a live message is to us; None when it is nothing of a room's."""
    room = xml.get("from", "").partition("/")[0]
    if xml.get("type") == "groupchat":
        return Told(room=room, xml=xml)
    # An invitation by way of the room itself; anybody can claim to invite in its name.
    invited = xml.get("type", "normal") == "normal" and xml.find(_INVITE) is not None
    return Told(room=room, invited=True) if invited and xml.get("from") == room else None


def put_out(xml: Element, nick: str) -> str:
    """Return the room that a presence puts us out of; nothing for any other presence."""
    room, _, who = xml.get("from", "").partition("/")
    if xml.get("type") != "unavailable" or who != nick:
        return ""
    codes = {each.get("code") for each in xml.iter(f"{_USER}status")}
    closed = any(True for _ in xml.iter(f"{_USER}destroy"))
    return room if codes & _OUT or closed else ""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Heard:
    """One message of a room, not yet understood."""

    room: str
    #: What the sender is called in the room; empty for the room itself.
    nick: str
    #: The room's own id for it, or the sender's when the room gives none.
    id: str
    #: The sender's id for it; corrections name that one.
    own_id: str
    at: datetime
    body: str = ""
    #: The sender's address, where the room shows it.
    jid: str = ""
    #: ``own_id`` of the message that this one corrects.
    corrects: str = ""
    #: ``id`` of the message that this one takes back.
    retracts: str = ""
    reply_to: str | None = None
    #: From the archive: who said it may be somebody else now.
    past: bool = False


def heard(xml: Element, now: datetime) -> Heard | None:
    """Return what a groupchat message says; None for anything else."""
    if xml.get("type") != "groupchat":
        return None
    room, _, nick = xml.get("from", "").partition("/")
    own_id = xml.get("id", "")
    ids = [e.get("id", "") for e in xml.iter(_SID) if e.get("by") == room]
    item = xml.find(_ITEM)
    return Heard(
        room=room,
        nick=nick,
        id=ids[0] if ids else own_id,
        own_id=own_id,
        at=_repeated(xml, room) or now,
        body=_body(xml),
        jid=(item.get("jid", "") if item is not None else "").partition("/")[0],
        corrects=_id_of(xml.find(_REPLACE)),
        retracts=_retracted(xml),
        reply_to=_id_of(xml.find(_REPLY)) or None,
    )


def archived(xml: Element, room: str) -> Heard | None:
    """Return a message of an archive, with the id and the moment that the archive gives it."""
    result = xml.find(_RESULT)
    forwarded = result.find(_FORWARDED) if result is not None else None
    if result is None or forwarded is None or xml.get("from") != room:
        return None
    at = _moment(forwarded.find(_DELAY))
    inner = next((child for child in forwarded if child.tag.endswith("}message")), None)
    if inner is None or at is None:
        return None
    found = heard(inner, at)
    return replace(found, id=result.get("id", ""), at=at, past=True) if found else None


def translate(said: Heard, original: str | None, name: str) -> Message | Command | None:
    """Return what ``said`` means; ``original`` is the id of the message that it corrects.

    Everybody who commands has the role of a member here.
    """
    if said.retracts:
        return _message(said, said.retracts, "", Change.DELETE)
    if not said.nick or not said.id or not said.body.strip():
        return None
    body = f"/{said.body[1:]}" if said.body.startswith("!") else said.body
    order = order_in(body, name)
    if order is None or order.name == REPORT:
        text = said.body if order is None else order.argument
        change = Change.EDIT if original else Change.NEW
        return _message(said, original or said.id, text, change)
    if order.for_another:
        return None
    return Command(
        source=SOURCE,
        chat=said.room,
        name=order.name,
        sender=sender_of(said),
        role=Role.MEMBER,
        external_id=said.id,
        at=said.at,
        reply_to=said.reply_to,
        argument=order.argument,
    )


def sender_of(said: Heard) -> str:
    """Return the sender's address where the room shows it, else the name in the room."""
    return said.jid or f"{said.room}/{said.nick}"


def _message(said: Heard, id: str, text: str, change: Change) -> Message:
    return Message(
        source=SOURCE,
        chat=said.room,
        external_id=id,
        sender=sender_of(said),
        sent_at=said.at,
        text=text,
        change=change,
        revision="" if change is Change.NEW else said.id,
        reply_to=said.reply_to,
    )


def _body(xml: Element) -> str:
    found = next((child for child in xml if child.tag.endswith("}body")), None)
    return (found.text or "") if found is not None else ""


def _retracted(xml: Element) -> str:
    wrapped = xml.find(_APPLY)
    if wrapped is not None:
        inside = any(each.tag in _RETRACT for each in wrapped.iter())
        return wrapped.get("id", "") if inside else ""
    return next((e.get("id", "") for name in _RETRACT for e in xml.findall(name)), "")


def _id_of(element: Element | None) -> str:
    return element.get("id", "") if element is not None else ""


def _repeated(xml: Element, room: str) -> datetime | None:
    """Return when the room says that a message was sent before; anybody else may say anything."""
    own = (d for d in xml.findall(_DELAY) if d.get("from", "").partition("/")[0] == room)
    return _moment(next(own, None))


def _moment(delay: Element | None) -> datetime | None:
    try:
        at = datetime.fromisoformat(delay.get("stamp", "")) if delay is not None else None
    except ValueError:
        return None
    return at.astimezone(UTC) if at is not None and at.tzinfo is not None else None
