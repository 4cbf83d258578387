# SPDX-License-Identifier: EUPL-1.2
"""Commands as people type them: ``/toestemming@BuurtBot 30 dagen``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.commands import ALIASES, COMMANDS

#: With this, people report something where the bot only sees commands (privacy mode).
REPORT = "meld"

_ORDER = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@([A-Za-z0-9_]{1,64}))?(?=\s|\Z)")
_OURS = frozenset({*COMMANDS, *ALIASES, REPORT})


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Order:
    """A command at the start of a text."""

    name: str
    argument: str
    #: Another bot was meant.
    for_another: bool


def order_in(text: str, username: str) -> Order | None:
    """Return the command that ``text`` begins with; None when it is no command of a bot's."""
    found = _ORDER.match(text)
    if found is None:
        return None
    name, bot = found[1].lower(), found[2]
    for_another = bot is not None and bot.lower() != username.lower()
    if not for_another and name not in _OURS:
        # Somebody's own words that happen to begin with a slash.
        return None
    return Order(name=name, argument=text[found.end() :].strip(), for_another=for_another)
