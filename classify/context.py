# SPDX-License-Identifier: EUPL-1.2
"""Messages that only make sense with earlier ones: "hij loopt nu richting de Lidl"."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from core.label import SIGNAL_CATEGORIES, Category

#: Longest message, in characters, that leans on earlier ones.
LONGEST = 220
#: How much of what an earlier message says is left for each message in between.
FADE = 0.7
#: Certainty of a signal from which an earlier message can be leaned on.
SURE = 0.6

_POINTS_BACK = re.compile(
    r"\b(?:hij|zij|ze|hem|hen|die|diegene|dezelfde|zelfde|hetzelfde|daar|daarna|erbij|deze|dat|"
    r"hun|zn|z'n|d'r|haar|they|he|she|him)\b",
    re.IGNORECASE,
)
_DESCRIBES = re.compile(
    r"\b(?:jas|jack|broek|capuchon|hoodie|muts|pet|petje|trui|schoenen|sneakers|rugzak|tas|baard|"
    r"bril|masker|bivakmuts|handschoenen|helm|signalement|kenteken|busje|scooter|fatbike|fiets|"
    r"auto|bestelbus|bmw|golf|polo|audi|vw|volkswagen|mercedes|lang|kort|haar|jaar oud|"
    r"jacket|hoodie|cap)\b",
    re.IGNORECASE,
)
_MOVES = re.compile(
    r"\b(?:loopt|lopen|rent|rennen|fietst|fietsen|rijdt|rijden|gaat|gaan|staat|staan|zit|zitten|"
    r"ging|gingen|vlucht|vluchten|sprong|springt|klimt|kwam|komt|komen|richting|hoek om|weg|"
    r"verstopt|nog steeds|alweer|weer terug|running|walking)\b",
    re.IGNORECASE,
)
_SMALL_TALK = re.compile(
    r"\b(?:dank|bedankt|thanks|dankjewel|sterkte|succes|fijn|gelukkig|top|haha|lol|eens|wat erg|"
    r"jeetje|heftig|balen|jammer|goed zo|mooi|ok|oke|okee|welterusten|gefeliciteerd|beterschap|"
    r"ook zo|zielig|schandalig|zin in|wie gaat|iemand nog)\b|\?\s*$",
    re.IGNORECASE,
)


def leans(text: str) -> float:
    """Return how much the text needs earlier messages to mean something, 0 to 1."""
    if not text.strip() or len(text) > LONGEST or _SMALL_TALK.search(text):
        return 0.0
    back = _POINTS_BACK.search(text) is not None
    describes = len(_DESCRIBES.findall(text))
    moves = _MOVES.search(text) is not None
    if back and moves:
        return 0.8
    if describes >= 2 or (describes and (back or moves)):
        return 0.75
    if (moves or back) and len(text) < 80:
        return 0.45
    return 0.0


def only_describes(text: str) -> bool:
    """Whether the text is no more than what somebody or something looks like."""
    short = len(text.split()) <= 6 and not _SMALL_TALK.search(text)
    return short and len(_DESCRIBES.findall(text)) >= 2


def carry_on(
    own: NDArray[np.float64], earlier: NDArray[np.float64], lean: float
) -> NDArray[np.float64]:
    """Mix a message's own probabilities with the last sure signal before it.

    ``earlier`` holds one row per earlier message, oldest first; columns as in ``Category``.
    """
    if not lean or not len(earlier):
        return own
    geen = list(Category).index(Category.GEEN)
    for distance, row in enumerate(earlier[::-1]):
        signal = 1.0 - row[geen]
        if signal < SURE:
            continue
        # A message that is surely a signal by itself keeps its own category.
        alone = max(own[list(Category).index(c)] for c in SIGNAL_CATEGORIES) ** 6
        weight = lean * FADE**distance * signal * (1.0 - alone)
        return np.asarray((1.0 - weight) * own + weight * row)
    return own
