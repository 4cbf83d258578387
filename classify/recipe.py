# SPDX-License-Identifier: EUPL-1.2
"""How each head is learnt; what the search in ``docs/reference/model-search.md`` ended with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipe:
    """How one head is learnt."""

    #: Inverse of regularisation of the margin expert (linear SVM).
    strength: float = 0.3
    #: Smoothing of the counting expert (naive Bayes); None: margin expert only.
    smoothing: float | None = None
    #: Classes count alike, however many messages they have.
    balanced: bool = True
    #: How much heavier or lighter the cues count than in the columns; 0 leaves them out.
    cues: float = 1.0
    #: Leave out pieces of words, for small heads.
    whole_words: bool = False


CATEGORY = Recipe(strength=0.2, smoothing=0.02, cues=0.5)
URGENCY = Recipe(strength=0.15, smoothing=0.05, cues=2.0)
FIRST_HAND = Recipe(strength=0.1, smoothing=0.05)
SUBCATEGORY = Recipe(strength=0.5, cues=0.0, whole_words=True)
