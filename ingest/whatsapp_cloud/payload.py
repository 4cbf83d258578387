# SPDX-License-Identifier: EUPL-1.2
"""What Meta sends, as far as we look: no profile names, no media, no prices.

Source: developers.facebook.com/docs/whatsapp/cloud-api/webhooks/payload-examples and
/webhooks/reference/messages;
as documented, not tried against the real service.
"""

from __future__ import annotations

from msgspec import Raw, Struct, field


class Metadata(Struct, frozen=True):
    """Which of our numbers it is for."""

    phone_number_id: str = ""


class Failure(Struct, frozen=True):
    """Why something that we said did not arrive."""

    code: int = 0


class Status(Struct, frozen=True):
    """What became of something that we said."""

    status: str = ""
    errors: list[Failure] = []


class Value(Struct, frozen=True):
    """The inside of a change; messages are read one by one, so that one cannot spoil the rest."""

    metadata: Metadata = Metadata()
    messages: list[Raw] = []
    statuses: list[Raw] = []


class Change(Struct, frozen=True):
    """One thing that happened."""

    #: ``messages``; others (``account_update``, ``message_template_status_update`` …) are counted.
    #: What their value looks like is nothing to us.
    field: str = ""
    value: Raw = Raw(b"{}")


class Entry(Struct, frozen=True):
    """What happened to one account."""

    changes: list[Change] = []


class Notification(Struct, frozen=True):
    """A body."""

    object: str
    entry: list[Entry]


class Context(Struct, frozen=True):
    """What a message refers to."""

    #: The message that this one answers.
    id: str | None = None
    forwarded: bool = False
    frequently_forwarded: bool = False


class Text(Struct, frozen=True):
    """Words."""

    body: str


class Button(Struct, frozen=True):
    """A quick reply of a template that was pressed."""

    text: str
    payload: str = ""


class Reply(Struct, frozen=True):
    """A button or a row that was chosen."""

    title: str
    id: str = ""


class Interactive(Struct, frozen=True):
    """A choice."""

    type: str
    button_reply: Reply | None = None
    list_reply: Reply | None = None


class System(Struct, frozen=True):
    """Something about the account of who writes."""

    type: str = ""
    #: The new number, by either name.
    wa_id: str = ""
    new_wa_id: str = ""


class Post(Struct, frozen=True):
    """A message of any kind; what is not one of ours stays undecoded."""

    id: str
    sender: str = field(name="from")
    #: Seconds since 1970.
    timestamp: str
    type: str
    context: Context | None = None
    text: Text | None = None
    button: Button | None = None
    interactive: Interactive | None = None
    system: System | None = None
