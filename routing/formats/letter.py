# SPDX-License-Identifier: EUPL-1.2
"""A report as a letter in B1 Dutch."""

from __future__ import annotations

from datetime import datetime

from core.clock import AMSTERDAM
from core.label import Urgency
from routing.condition import DAYS
from routing.formats.kladblok import kladblok
from routing.formats.plain import one_line, plain
from routing.report import Report, Where

_MONTHS = (
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
)

#: How dringend, for people.
HURRY = {
    Urgency.SPOED: "Spoed: er is gevaar, of het gebeurt op dit moment.",
    Urgency.ACTUEEL: "Het gebeurt nu, of is net gebeurd.",
    Urgency.NIET_URGENT: "Het heeft geen haast.",
}


def subject(report: Report) -> str:
    """Return the subject; it stands in logs of mail servers, so no word of a citizen is in it."""
    hurry = "SPOED " if report.urgency is Urgency.SPOED else ""
    return one_line(f"{hurry}Melding uit de buurt: {report.kind} ({report.municipality})")


def letter(report: Report) -> str:
    """Return the whole letter."""
    masked = report.full_text is None
    note = "\n(Persoonsgegevens in de tekst zijn vervangen.)" if masked else ""
    return f"""Goedendag,

U krijgt deze melding van gemeente {report.municipality}, via Buurtsignaal.

Wat: {report.kind}
Hoe dringend: {HURRY[report.urgency]}
Waar: {whereabouts(report.places)}
Wanneer geschreven: {_moment(report.sent_at)}
Wie zag het: {_seen(report.first_hand)}
Bron: {one_line(report.group) or "niet bekend"}

Zo staat het in het bericht:{note}

{_quote(report.words)}

Voor het kladblok van de meldkamer:

{kladblok(report)}

{_decided(report)}
Een computer las het bericht eerst. Die was {report.probability * 100:.0f}% zeker van zijn keuze.

Kenmerk: {report.id}
Voorval: {report.incident}
"""


def retraction_subject(report: Report) -> str:
    """Return the subject of a retraction."""
    return one_line(f"Ingetrokken: {report.kind} ({report.municipality})")


def retraction(report: Report) -> str:
    """Return the letter that takes a report back."""
    return f"""Goedendag,

U kreeg eerder van gemeente {report.municipality} een melding over: {report.kind}.
Die melding trekken wij in. U hoeft er niets meer mee te doen. Verwijder de eerdere mail.

Kenmerk: {report.id}
Voorval: {report.incident}
"""


def _moment(at: datetime) -> str:
    local = at.astimezone(AMSTERDAM)
    day = f"{DAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]} {local.year}"
    return f"{day} om {local:%H:%M} uur"


def whereabouts(places: tuple[Where, ...]) -> str:
    """Return where it is, in the words of the writer if there are any."""
    stated = [one_line(place.text) for place in places if place.stated]
    if stated:
        return "; ".join(stated)
    area = [one_line(place.text) for place in places]
    return f"niet genoemd (de groep hoort bij {'; '.join(area)})" if area else "niet genoemd"


def _seen(first_hand: bool | None) -> str:
    if first_hand is None:
        return "Niet bekend."
    return "De schrijver zag het zelf." if first_hand else "De schrijver hoorde het van een ander."


def _quote(text: str) -> str:
    return "\n".join(f"> {line}" for line in plain(text).splitlines() or [""])


def _decided(report: Report) -> str:
    when = _moment(report.decided_at)
    if report.decided_by is None:
        return f"Deze soort melding gaat zonder tussenkomst van een mens door ({when})."
    return f"Bekeken en doorgestuurd door {one_line(report.decided_by)}, {when}."
