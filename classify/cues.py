# SPDX-License-Identifier: EUPL-1.2
"""Small signs of how something is said: denied, asked, supposed, long ago, right now."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

_WORDS = {
    "negation": "niet geen nooit niks niets niemand nergens zonder noch nee neen not",
    "modality": "zou zouden kan kunnen misschien wellicht waarschijnlijk mogelijk lijkt leek "
    "volgens denk vermoed schijnt blijkbaar kennelijk ooit zogenaamd alsof maybe",
    "condition": "als indien stel wanneer mocht mochten tenzij if",
    "question": "wie wat waar wanneer waarom hoe welke hoeveel waarvoor what who where",
    "know": "weet weten iemand iemands anyone",
    "past": "was waren had hadden werd werden ging liep stond zag hoorde reed zat lag kwam deed "
    "ben geweest geworden gisteren gisteravond eergisteren vorige vorig laatst toen vroeger "
    "afgelopen geleden vannacht vanmorgen vanochtend destijds yesterday",
    "now": "nu net zojuist momenteel zonet daarnet nou meteen direct onmiddellijk thans now "
    "zo-even",
    "recurring": "weer alweer steeds altijd elke iedere dagelijks wekelijks telkens maanden weken "
    "jaren al sinds nogmaals again still nog",
    "future": "morgen overmorgen straks zaterdag zondag vrijdag donderdag woensdag dinsdag maandag "
    "volgende binnenkort vanavond tomorrow",
    "self": "ik mij me mijn we wij ons onze i my our",
    "you": "je jij jullie u uw iemand allemaal iedereen",
    "they": "xmens4 xmens5 ze die hun hen zij they",
    "hearsay": "gehoord hoorde schijnt blijkbaar verteld vertelde zegt zei zeggen volgens lees las "
    "gelezen appte doorgestuurd app facebook heard",
    "help": "help 112 politie hulp snel spoed bel bellen ambulance brandweer 000 police",
    "thanks": "bedankt dank dankje dankjewel dankuwel merci thanks thx top super fijn "
    "gelukkig xdank",
    "solved": "opgelost terecht gevonden terug loos alarm voorbij klaar geregeld opgehaald weg "
    "gerepareerd gemaakt opgeruimd solved",
    "sale": "koop aangeboden gezocht gratis aanbieding ophalen ruilen korting winkel ticket "
    "kaartjes euro xgeld te huur",
    "screen": "film serie boek game gta netflix wedstrijd voetbal ajax feyenoord aflevering "
    "podcast tv televisie nieuws krant theater musical escape detective tatort quiz toneel",
    "greeting": "hoi hallo goedemorgen goedemiddag goedenavond dag beste geachte buren buurt "
    "groetjes groet lieve hi hello",
    "laugh": "haha hahaha hihi lol xlach grapje geintje hah lmao xblij",
}
_CUE_OF: dict[str, list[int]] = {}
for _index, _text in enumerate(_WORDS.values()):
    for _word in _text.split():
        _CUE_OF.setdefault(_word, []).append(_index)

#: Signs that are there or not, and the words that are the sign.
_SIGNS: dict[str, frozenset[str]] = {
    "asks": frozenset({"?"}),
    "shouts": frozenset({"!"}),
    "trails": frozenset({"..."}),
    "time": frozenset({"xtijd"}),
    "place": frozenset({"xpostcode", "hoek"}),
    "contact": frozenset({"xtel", "xmail"}),
}
#: The shape of a message: its signs, and what its size and its numbers say.
SHAPES = ("asks", "shouts", "trails", "short", "length", "time", "numbers", "place", "contact")
#: Names of the cues, in column order.
CUES: tuple[str, ...] = (*_WORDS, *SHAPES)


def cues(words: Sequence[str]) -> list[float]:
    """Return how strongly each cue is there, 0 to 1."""
    values = [0.0] * len(_WORDS)
    for word in words:
        for index in _CUE_OF.get(word, ()):
            values[index] += 1.0
    return [min(1.0, value / 2.0) if value != 1.0 else 0.7 for value in values] + _shape(words)


def counted() -> Mapping[str, Sequence[int]]:
    """Return for each word the cues that it counts for."""
    return _CUE_OF


def signs() -> Mapping[str, int]:
    """Return for each word that is a sign the cue that it is."""
    return {word: CUES.index(name) for name, words in _SIGNS.items() for word in words}


def _shape(words: Sequence[str]) -> list[float]:
    size = len(words)
    said = set(words)
    shape = {name: 0.0 if said.isdisjoint(sign) else 1.0 for name, sign in _SIGNS.items()}
    shape["short"] = 1.0 if size < 6 else 0.0
    shape["length"] = min(1.0, math.log1p(size) / 5.0)
    shape["numbers"] = 1.0 if any(word.startswith("0") for word in said) else 0.0
    return [shape[name] for name in SHAPES]
