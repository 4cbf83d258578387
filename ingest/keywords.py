# SPDX-License-Identifier: EUPL-1.2
"""Commands as people write them where no app offers a menu: ``JA``, ``Stop!``, ``/status``."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from ingest.commands import ALIASES, COMMANDS

_ORDER = re.compile(r"/([A-Za-z0-9_]{1,32})(?=\s|\Z)")
_WORDS = {"ja": "toestemming", "stop": "stop"}
_SLASHED = frozenset({*COMMANDS, *ALIASES})
#: Longest text that can be a bare word with signs around it.
_SHORT = 20

#: Somebody alone in a chat is the group: taking part is giving consent, leaving is withdrawing it.
_ALONE = {"weermee": "toestemming", "vergeetmij": "stop", "nee": "stop"}


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Keyword:
    """A command that a text as a whole, or its first word with a slash, stands for."""

    name: str
    argument: str = ""


def keyword_in(text: str) -> Keyword | None:
    """Return the command in ``text``; None when it is a message."""
    text = text.strip()
    if found := _ORDER.match(text):
        name = ALIASES.get(found[1].lower(), found[1].lower())
        return Keyword(name=name, argument=text[found.end() :].strip()) if _ours(name) else None
    if len(text) > _SHORT:
        return None
    word = _WORDS.get(re.sub(r"[\W_]+", " ", text).strip().lower())
    return Keyword(name=word) if word else None


def alone(keyword: Keyword) -> Keyword:
    """Return what the command means in a chat of one person with the bot."""
    return replace(keyword, name=_ALONE.get(keyword.name, keyword.name))


def _ours(name: str) -> bool:
    return name in _SLASHED
