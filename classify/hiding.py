# SPDX-License-Identifier: EUPL-1.2
"""Replaces personal data in words that are no message: rather too much than too little."""

from __future__ import annotations

import re
from collections.abc import Callable

from classify.lexicon import fold, load_lexicon
from classify.personal import PersonalFinder
from core import resources
from core.verdict import Personal, PersonalKind, mask

_WORD = re.compile(r"[^\W\d_]+")


def hider() -> Callable[[str], str]:
    """Return what replaces personal data in a text, and each first name wherever it stands."""
    lexicon = load_lexicon(resources.folder("data") / "classify")
    finder = PersonalFinder(lexicon)

    def hide(text: str) -> str:
        names = [
            Personal(kind=PersonalKind.NAME, start=word.start(), end=word.end())
            for word in _WORD.finditer(text)
            if fold(word.group()) in lexicon.names
        ]
        return mask(text, [*finder.find(text), *names]).text

    return hide
