# SPDX-License-Identifier: EUPL-1.2
"""Small signs of how something is said: denied, asked, supposed, long ago, right now."""

from __future__ import annotations

import math
from collections.abc import Sequence

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

_SHAPES = ("asks", "shouts", "trails", "short", "length", "time", "numbers", "place", "contact")
#: Names of the cues, in column order.
CUES: tuple[str, ...] = (*_WORDS, *_SHAPES)


def cues(words: Sequence[str]) -> list[float]:
    """Return how strongly each cue is there, 0 to 1."""
    values = [0.0] * len(_WORDS)
    for word in words:
        for index in _CUE_OF.get(word, ()):
            values[index] += 1.0
    return [min(1.0, value / 2.0) if value != 1.0 else 0.7 for value in values] + _shape(words)


def _shape(words: Sequence[str]) -> list[float]:
    size = len(words)
    return [
        1.0 if "?" in words else 0.0,
        1.0 if "!" in words else 0.0,
        1.0 if "..." in words else 0.0,
        1.0 if size < 6 else 0.0,
        min(1.0, math.log1p(size) / 5.0),
        1.0 if "xtijd" in words else 0.0,
        1.0 if any(word.startswith("0") for word in words) else 0.0,
        1.0 if "xpostcode" in words or "hoek" in words else 0.0,
        1.0 if "xtel" in words or "xmail" in words else 0.0,
    ]
