# SPDX-License-Identifier: EUPL-1.2
"""How somebody speaks, read from the description of a voice, so that no way of speaking is
served worse without anybody seeing it.
"""

from __future__ import annotations

from collections.abc import Mapping
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


#: Pieces of words in a description, with bars between them. The first way of speaking that fits
#: wins: what stands in the way of being understood most comes first.
_PIECES: Mapping[Speech, str] = {
    Speech.LEARNER: (
        "leer-nederlands|leert nederlands|leerders|gebroken|gebrekkig|eenvoudig nederlands"
        "|taalfouten|jaar nederlands|vertaal-app|anderstalig|nieuwkomers,"
    ),
    Speech.STREET: "straattaal|afkortingen, geen hoofdletters",
    Speech.DICTATED: (
        "dicta|dicte|ingesproken|spraakbericht|spraakherkenning|spraak naar|voice-to-text"
        "|naar tekst|spraak zonder"
    ),
    Speech.DIALECT: (
        "dialect|streektaal|plat |twents|achterhoeks|limburg|brabant|fries|groning|frysk|zeeuws"
        "|antwerps|vlaams|drents|haags|rotterdams|utrechts|tilburgs|nijmeegs|bergs|gelders"
        "|amsterdams|accent in de"
    ),
    Speech.BY_EAR: "laaggeletterd|op gehoor|fonetisch",
    Speech.FORMAL: (
        "hele zinnen|volzinnen|volledige zinnen|correcte|formeel|formele|deftig|ouderwets"
        "|beleefd|nette|keurig"
    ),
}


def speech_of(style: str) -> Speech:
    """Return the way of speaking that ``style``, a few Dutch words about a voice, tells of."""
    folded = style.lower()
    for speech, pieces in _PIECES.items():
        if any(piece in folded for piece in pieces.split("|")):
            return speech
    return Speech.OTHER
