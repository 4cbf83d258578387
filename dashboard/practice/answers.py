# SPDX-License-Identifier: EUPL-1.2
"""What a lesson says, in the words of the buttons."""

from __future__ import annotations

from core.label import Category, Taxonomy
from core.lesson import Card
from core.signal import Act, Decision
from dashboard.spoken import Spoken, joined, known, say

_WORDS = {
    Act.CONFIRM: say("Bevestigen"),
    Act.REJECT: say("Geen signaal"),
    Act.REROUTE: say("Naar de andere werkrij"),
}


def best(card: Card, taxonomy: Taxonomy) -> str:
    """Return what the script says is right, the best first."""
    words = [_say(answer.act, answer.category, taxonomy) for answer in card.answers]
    return joined(say(" of "), [words[0], *(_small(word) for word in words[1:])])


def chosen(decision: Decision, taxonomy: Taxonomy) -> str:
    """Return what somebody decided."""
    return _say(decision.act, decision.category, taxonomy)


def _small(said: Spoken) -> Spoken:
    """Return it with a small first letter, in each language."""
    return Spoken(lambda tongue: said.within(tongue)[0].lower() + said.within(tongue)[1:])


def _say(act: Act, category: Category | None, taxonomy: Taxonomy) -> Spoken:
    if category is not None:
        return say("Andere categorie: %(name)s", name=known(taxonomy[category].name).lower())
    return _WORDS.get(act, say("Andere categorie"))
