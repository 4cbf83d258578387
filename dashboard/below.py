# SPDX-License-Identifier: EUPL-1.2
"""What lower floors say to people, in Dutch only, so that pages can say it in every language."""

from __future__ import annotations

from collections.abc import Mapping

from core.dossier import LONGEST, MOST, NOTE, PURPOSE, TITLE
from core.survey import CHOICE, MOST_CHOICES, MOST_QUESTIONS, QUESTION
from core.survey import LONGEST as ASKED
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
        say("Een vraag heeft 1 tot en met %(longest)s tekens.", longest=QUESTION),
        say("Geef 2 tot en met %(most)s verschillende keuzes.", most=MOST_CHOICES),
        say("Een keuze heeft hoogstens %(longest)s tekens.", longest=CHOICE),
        say("Vul een titel in, en waar de antwoorden voor zijn."),
        say("Stel 1 tot en met %(most)s vragen.", most=MOST_QUESTIONS),
        say("Kies ten minste één groep."),
        say("Kies een einde na het begin, hoogstens %(days)s dagen later.", days=ASKED.days),
        say("Het einde is al geweest."),
        say("Vul een naam, een doel en een grondslag in."),
        say("De einddatum moet na vandaag zijn."),
        say("Kies ten minste twee mensen. Voor een oordeel is een derde nodig."),
        say("Kies bij een signaal ook hoe snel iemand moet kijken."),
    )
}
