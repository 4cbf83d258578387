# SPDX-License-Identifier: EUPL-1.2
"""A quick look before a slow pattern: may say yes in vain, never no to what is there."""

from __future__ import annotations

import re
from collections.abc import Iterable

_DIGIT = re.compile(r"[0-9]")
#: A pattern that ignores case takes these for s, k, i and i; ``str.lower`` does not.
_ODD = re.compile("[ſKİı]")


def has_number(text: str) -> bool:
    """Whether any letter is a digit, of whatever script."""
    if text.isascii():
        return _DIGIT.search(text) is not None
    return any(map(str.isdigit, text))


def may_hold(text: str, lower: str, words: Iterable[str]) -> bool:
    """Whether a pattern that ignores case and needs one of ``words`` can match at all.

    ``lower`` is ``text`` in lower case, as are the words.
    """
    if not text.isascii() and _ODD.search(text):
        return True
    return any(word in lower for word in words)
