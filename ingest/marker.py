# SPDX-License-Identifier: EUPL-1.2
"""The words by which a writer keeps one message to the group."""

from __future__ import annotations

import re

#: ``#nietdoorsturen``, ``niet doorsturen``, ``NIET-doorsturen!`` …
_WORDS = r"niet[\s_-]{0,3}door(?:\s?te\s?)?sturen"
_AT_START = re.compile(rf"[\W_]*{_WORDS}(?!\w)", re.IGNORECASE)
_AT_END = re.compile(rf"(?<!\w){_WORDS}[\W_]*\Z", re.IGNORECASE)
#: Characters without width, which chat apps sprinkle around tags.
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
#: A marker stands within this many characters of the start or the end.
_REACH = 200


def asks_privacy(text: str) -> bool:
    """Whether the writer asks, at the start or the end, not to pass the message on."""
    head = _INVISIBLE.sub("", text[:_REACH])
    tail = _INVISIBLE.sub("", text[-_REACH:])
    return bool(_AT_START.match(head) or _AT_END.search(tail))
