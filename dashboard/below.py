# SPDX-License-Identifier: EUPL-1.2
"""What lower floors say to people, in Dutch only, so that pages can say it in every language."""

from __future__ import annotations

from collections.abc import Mapping

from core.dossier import LONGEST, MOST, NOTE, PURPOSE, TITLE
from dashboard.spoken import Spoken, say


def below(dutch: str) -> str:
    """Return the sentence of a lower floor; one that nobody translated stays Dutch."""
    return _KNOWN.get(dutch, dutch)


_KNOWN: Mapping[str, Spoken] = {
    str(sentence): sentence
    for sentence in (
        say("Het onderwerp heeft 5 tot %(longest)s tekens.", longest=TITLE),
        say("Het doel heeft 5 tot %(longest)s tekens.", longest=PURPOSE),
        say(
            "Het onderwerp noemt een persoon, of iets van een persoon. Een dossier gaat over een "
            "plek of een patroon, nooit over iemand."
        ),
        say(
            "Het doel noemt een persoon, of iets van een persoon. Een dossier gaat over een "
            "plek of een patroon, nooit over iemand."
        ),
        say("Een dossier duurt hoogstens %(days)s dagen.", days=LONGEST.days),
        say("Een notitie heeft 1 tot %(longest)s tekens.", longest=NOTE),
        say(
            "Uw notitie noemt een persoon, of iets van een persoon, zoals een naam, "
            "telefoonnummer of kenteken. Schrijf op wat er gebeurt, niet wie het doet."
        ),
        say("Dit dossier is afgelopen. U kunt het alleen nog lezen."),
        say("Dit dossier is vol: er passen %(most)s van in.", most=MOST),
        say("Vul een naam, een doel en een grondslag in."),
        say("De einddatum moet na vandaag zijn."),
        say("Kies ten minste twee mensen. Voor een oordeel is een derde nodig."),
        say("Kies bij een signaal ook hoe snel iemand moet kijken."),
    )
}
