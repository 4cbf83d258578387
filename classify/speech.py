# SPDX-License-Identifier: EUPL-1.2
"""How somebody speaks, read from the description of a voice, so that no way of speaking is
served worse without anybody seeing it.
"""

from __future__ import annotations

import re
from enum import StrEnum


class Speech(StrEnum):
    """Ways of speaking that a classifier is known to serve unequally."""

    LEARNER = "leert Nederlands"
    STREET = "straattaal"
    DICTATED = "ingesproken"
    DIALECT = "dialect of streektaal"
    BY_EAR = "schrijft op gehoor"
    FORMAL = "hele zinnen"
    OTHER = "overig"


#: First match wins: what stands in the way of being understood most comes first.
_WORDS: tuple[tuple[Speech, str], ...] = (
    (
        Speech.LEARNER,
        r"leer-nederlands|leert nederlands|leerders|gebroken|gebrekkig|eenvoudig nederlands"
        r"|taalfouten|jaar nederlands|vertaal-app|nieuwkomers, korte|anderstalig",
    ),
    (Speech.STREET, r"straattaal|afkortingen, geen hoofdletters"),
    (
        Speech.DICTATED,
        r"dict[ea]|dicteer|ingesproken|spraakbericht|spraakherkenning|spraak naar|voice-to-text"
        r"|naar tekst|spraak zonder|spraaktaal",
    ),
    (
        Speech.DIALECT,
        r"dialect|plat |plat$|twents|achterhoeks|limburg|brabant|gronings|groningse|fries|frysk"
        r"|zeeuws|antwerps|vlaams|drents|haags|rotterdams|utrechts|tilburgs|nijmeegs|bergs"
        r"|streektaal|gelders|accent in de spelling|hagenezen|amsterdams",
    ),
    (Speech.BY_EAR, r"laaggeletterd|op gehoor|fonetisch"),
    (
        Speech.FORMAL,
        r"hele zinnen|volzinnen|volledige zinnen|correcte|formeel|deftig|formele|ouderwets|beleefd"
        r"|nette|keurig",
    ),
)


def speech_of(style: str) -> Speech:
    """Return the way of speaking that ``style``, a few Dutch words about a voice, tells of."""
    folded = style.lower()
    for speech, pattern in _WORDS:
        if re.search(pattern, folded):
            return speech
    return Speech.OTHER
