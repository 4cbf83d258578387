# SPDX-License-Identifier: EUPL-1.2
"""Who lately said what under which id; in memory only, and never the words."""

from __future__ import annotations

from collections import OrderedDict

from ingest.xmpp.heard import Heard, sender_of

#: Messages that are remembered.
_MOST = 5000


class Memory:
    """Finds what a correction corrects, and whose words a retraction takes back."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        #: The room's id of a message, by its room, its sender's name and its sender's id.
        self._ids: OrderedDict[tuple[str, str, str], str] = OrderedDict()
        #: Name and address of the sender, by room and the room's id.
        self._senders: OrderedDict[tuple[str, str], tuple[str, str]] = OrderedDict()

    def add(self, said: Heard) -> None:
        """Remember a message that stands by itself."""
        if said.corrects or said.retracts or not said.nick:
            return
        if said.own_id:
            self._ids[said.room, said.nick, said.own_id] = said.id
        self._senders[said.room, said.id] = (said.nick, sender_of(said))
        while len(self._ids) > self._most:
            self._ids.popitem(last=False)
        while len(self._senders) > self._most:
            self._senders.popitem(last=False)

    def original(self, said: Heard) -> str | None:
        """Return the room's id of the message that ``said`` corrects; None: not known."""
        return self._ids.get((said.room, said.nick, said.corrects)) if said.corrects else None

    def may_retract(self, said: Heard) -> bool:
        """Whether ``said`` comes from the room itself, or takes back its sender's own words.

        What was said longer ago than we remember is believed: we rather forget too much.
        """
        who = self._senders.get((said.room, said.retracts))
        return not said.nick or who is None or said.nick == who[0] or sender_of(said) == who[1]
