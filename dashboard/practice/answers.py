# SPDX-License-Identifier: EUPL-1.2
"""What a lesson says, in the words of the buttons."""

from __future__ import annotations

from core.label import Category, Taxonomy
from core.lesson import Card
from core.signal import Act, Decision

_WORDS = {
    Act.CONFIRM: "Bevestigen",
    Act.REJECT: "Geen signaal",
    Act.REROUTE: "Naar de andere werkrij",
}


def best(card: Card, taxonomy: Taxonomy) -> str:
    """Return what the script says is right, the best first."""
    words = [_say(answer.act, answer.category, taxonomy) for answer in card.answers]
    return " of ".join([words[0], *(word[0].lower() + word[1:] for word in words[1:])])


def chosen(decision: Decision, taxonomy: Taxonomy) -> str:
    """Return what somebody decided."""
    return _say(decision.act, decision.category, taxonomy)


def _say(act: Act, category: Category | None, taxonomy: Taxonomy) -> str:
    if category is not None:
        return f"Andere categorie: {taxonomy[category].name.lower()}"
    return _WORDS.get(act, "Andere categorie")
