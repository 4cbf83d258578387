# SPDX-License-Identifier: EUPL-1.2
"""Says whether a message ends an earlier signal: "loos alarm", "is opgelost", "al terecht"."""

from __future__ import annotations

import re

from classify.glance import may_hold

#: Certainty of a signal above which even these words do not silence it.
STRONG, WEAK = 0.97, 0.6

_STRONG = re.compile(
    r"\b(?:loos|vals|valse) al+arm\b|\bfalse alarm\b"
    r"|\b(?:is|zijn|weer|al|inmiddels|gelukkig)\s+(?:\w+\s+){0,2}terecht\b"
    r"(?! (?:dat|om|bezwaar|gekomen|kwaad|boos))|^\W*(?:\w+ )?terecht\s*[.!]"
    r"|\b(?:is|zijn|alles|al|inmiddels|ondertussen|intussen|weer|probleem|zaak|storing) "
    r"(?:nu |net |al |inmiddels |weer |gelukkig |ook )*"
    r"(?:opgelost|gefixt|verholpen|afgehandeld|teruggevonden|thuisgebracht)\b"
    r"|^(?:update[: ]+)?(?:opgelost|gefixt|verholpen)\b"
    r"|\b(?:niks|niets) aan de hand\b|\bis weer thuis\b|\bkan van de lijst\b"
    r"|\b(?:was|is|bleek) toch (?:niks|niets)\b",
    re.IGNORECASE,
)
_WEAK = re.compile(
    r"\b(?:is|zijn|al|inmiddels|weer) (?:nu |net |al |inmiddels |weer |gelukkig |ook )*"
    r"(?:opgeruimd|weggehaald|gerepareerd|hersteld|gevonden|opgehaald|weggesleept|aangehouden"
    r"|opgepakt|gemaakt)\b"
    r"|^\W*gevonden\s*(?:[!.]|$)"
    r"|\b(?:bleek|blijkt|was|is) (?:\w+ )?(?:achteraf |toch |gewoon |maar |uiteindelijk |dus |een |"
    r"onze |mijn |de |hun |zijn )*(?:loos|vergissing|misverstand|monteur|glazenwasser|schoonzoon|"
    r"postbode|bezorger|oefening|niks|niets)\b"
    r"|\bhoeft niet meer\b|\bniet meer nodig\b"
    r"|\b(?:she|he|it)(?:'s| is| was) (?:found|safe|solved|back home)\b",
    re.IGNORECASE,
)
#: One of these is in whatever either of the two finds.
_SIGNS_TEXT = """
larm terecht opgelost gefixt verholpen afgehandeld teruggevonden thuisgebracht hand thuis lijst
toch opgeruimd weggehaald gerepareerd hersteld gevonden opgehaald weggesleept aangehouden opgepakt
gemaakt loos vergissing misverstand monteur glazenwasser schoonzoon postbode bezorger oefening niks
niets meer found safe solved back
"""
_SIGNS = tuple(_SIGNS_TEXT.split())
#: What turns it around: not solved yet, or only asked.
_OPEN = re.compile(
    r"\b(?:nog (?:steeds |altijd )?niet|niet|nooit|never|not yet|hopelijk|als(?:\s+\w+){0,3}|zodra|"
    r"wanneer)\s+(?:\w+\s+){0,2}(?:opgelost|terecht|gevonden|gefixt|verholpen|weg|opgeruimd|"
    r"weggehaald|gerepareerd|hersteld|opgehaald|opgepakt|aangehouden|afgehandeld)",
    re.IGNORECASE,
)
_ASKED = re.compile(r"\b(?:is|zijn|was) [^.!?]{0,60}\?\s*$", re.IGNORECASE)


def closing(text: str) -> float:
    """Return below which certainty of a signal the text ends one; 0 where it ends nothing."""
    head = text[:1000]
    if not may_hold(head, head.lower(), _SIGNS):
        return 0.0
    limit = STRONG if _STRONG.search(head) else WEAK if _WEAK.search(head) else 0.0
    if not limit or _OPEN.search(head) or _ASKED.search(head):
        return 0.0
    return limit
