# SPDX-License-Identifier: EUPL-1.2
"""A neighbourhood app that may send us messages."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.message import Origin

SOURCE = "webhook"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sender:
    """One app of one municipality, as agreed with its makers."""

    tenant: str
    #: Its name in addresses, and the first part of its groups' and members' ids.
    name: str
    #: ``whsec_…``; more than one while a secret is being replaced.
    secrets: tuple[str, ...] = field(repr=False)
    #: What kind of source its messages are.
    origin: Origin = Origin.CHAT
    #: Where we send what the bot says; None: the app shows nothing.
    callback: str | None = None
    #: Signs what we send.
    callback_secret: str | None = field(default=None, repr=False)

    def own(self, external_id: str) -> str:
        """Return an id of the app as an id of ours; apps must not speak for each other."""
        return f"{self.name}/{external_id}"
