# SPDX-License-Identifier: EUPL-1.2
"""Dutch words for what machines write down: moments, certainty, states."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.action import ActionKind
from core.annotation import Lane
from core.audit import Result, Tag
from core.clock import AMSTERDAM
from core.consent import ConsentState
from core.label import Queue, Receiver, Urgency
from core.message import Origin
from core.selection import Standing
from core.signal import Act, Reason
from core.step import StepKind

_MONTHS = ("jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec")

URGENCY = {
    Urgency.SPOED: "Spoed",
    Urgency.ACTUEEL: "Actueel",
    Urgency.NIET_URGENT: "Niet urgent",
}
STANDING = {
    Standing.OPEN: "wacht nog",
    Standing.DECIDED: "afgehandeld",
    Standing.ALL: "alles",
}
QUEUE = {Queue.MELDKAMER: "Meldkamer", Queue.HANDHAVING: "Handhaving"}
ORIGIN = {Origin.CHAT: "buurtapp", Origin.PUBLIC: "openbaar bericht", Origin.REPORT: "melding"}
RECEIVER = {
    Receiver.POLITIE: "de politie",
    Receiver.GEMEENTE: "de gemeente",
    Receiver.BEIDE: "de politie of de gemeente",
    Receiver.NIEMAND: "niemand",
}
CONSENT = {
    ConsentState.UNKNOWN: "Nog niet gevraagd",
    ConsentState.REQUESTED: "Gevraagd, nog geen antwoord",
    ConsentState.GRANTED: "Toegestaan: wij lezen mee",
    ConsentState.WITHDRAWN: "Ingetrokken: wij lezen niet mee",
    ConsentState.EXPIRED: "De proef is voorbij: wij lezen niet mee",
}
LANE = {
    Lane.DOUBT: "waar het model twijfelde",
    Lane.RANDOM: "door het lot",
    Lane.SLICE: "van elke categorie evenveel",
}
ACT = {
    Act.CONFIRM: "bevestigd",
    Act.REJECT: "geen signaal",
    Act.RECATEGORISE: "andere categorie gekozen",
    Act.REROUTE: "naar een andere ontvanger gestuurd",
}
REASON = {
    Reason.KNOWN: "Al bekend",
    Reason.PAST: "Is al voorbij",
    Reason.JOKE: "Grap of uitdrukking",
    Reason.QUESTION: "Alleen een vraag",
    Reason.ELSEWHERE: "Niet in deze gemeente",
    Reason.MISREAD: "Verkeerd begrepen",
}
STEP = {
    StepKind.ACKNOWLEDGED: "opgepakt",
    StepKind.ESCALATED: "niemand pakte dit op; doorgegeven aan",
    StepKind.SNOOZED: "uitgesteld tot",
    StepKind.WOKEN: "weer in de rij",
    StepKind.MERGED: "incident samengevoegd met een ander",
    StepKind.SPLIT: "losgemaakt van het incident",
    StepKind.TIP: "tip gestuurd:",
}
#: Prevention tips that an operator can send to a group; texts under the same keys.
TIP = {
    "tip_inbraak": "Inbraak voorkomen",
    "tip_voertuig": "Auto en fiets op slot",
    "tip_verdacht": "Wat u doet als u iets verdachts ziet",
    "tip_babbeltruc": "Vreemden aan de deur",
    "tip_intimidatie": "Lastiggevallen op straat",
    "tip_afval": "Grof afval laten ophalen",
}
SOURCE = {
    "whatsapp_export": "WhatsApp-export",
    "whatsapp-export": "WhatsApp-export",
    "telegram": "Telegram",
    "matrix": "Matrix",
    "webhook": "buurtapp via webhook",
    "mail": "e-mail",
    "whatsapp_cloud": "WhatsApp-nummer van de gemeente",
    "jsonl": "bestand (JSONL)",
    "csv_file": "bestand (CSV)",
    "rss": "nieuwsfeed (RSS)",
    "mastodon": "Mastodon",
    "bluesky": "Bluesky",
    "report_form": "meldformulier",
    "x": "X",
}
#: What the police asked everybody to look out for.
ACTION = {
    ActionKind.BURGERNET: "Burgernet-actie",
    ActionKind.AMBER: "AMBER Alert",
    ActionKind.MISSING: "vermist persoon",
}
#: Why a message was not looked at; what is not named here is shown as it is.
DROPPED = {
    "no-consent": "geen toestemming",
    "opted-out": "lid doet niet mee",
    "not-opted-in": "lid heeft nog geen ja gezegd",
    "private": "niet doorsturen",
    "empty": "zonder tekst",
    "date": "onmogelijke datum",
    "too-large": "te lang",
    "too-old": "te lang geleden geschreven",
    "malformed": "onleesbaar",
    "unreadable": "niet te beoordelen",
}
RESULT = {Result.DONE: "gedaan", Result.REFUSED: "geweigerd", Result.FAILED: "mislukt"}
TAG = {
    Tag.CONSENT_REQUESTED: "Toestemming gevraagd",
    Tag.CONSENT_GRANTED: "Toestemming gegeven",
    Tag.CONSENT_WITHDRAWN: "Toestemming ingetrokken",
    Tag.GROUP_MOVED: "Groep kreeg een nieuw nummer",
    Tag.GROUP_MODE_CHANGED: "Gekozen wie er gelezen wordt",
    Tag.GROUP_SIGNED_UP: "Groep aangemeld",
    Tag.GROUP_LINKED: "Aanmelding gekoppeld aan groep",
    Tag.GROUP_APPROVED: "Aanmelding goedgekeurd",
    Tag.GROUP_REFUSED: "Aanmelding afgewezen",
    Tag.ADMIN_INVITED: "Link voor groepsbeheerder gemaakt",
    Tag.ADMIN_CONFIRMED: "Groepsbeheerder bevestigd",
    Tag.ADMIN_LEFT: "Groepsbeheerder vertrokken",
    Tag.ADMINS_EXPORTED: "Lijst van groepsbeheerders opgehaald",
    Tag.ADMINS_IMPORTED: "Lijst van groepsbeheerders ingelezen",
    Tag.MEMBER_OPTED_OUT: "Lid wil niet meedoen",
    Tag.MEMBER_OPTED_IN: "Lid wil meedoen",
    Tag.SIGNAL_COLLECTED: "Signaal verzameld",
    Tag.SIGNAL_CHANGED: "Signaal gewijzigd",
    Tag.SIGNAL_CONSULTED: "Signalen bekeken",
    Tag.SIGNAL_DECIDED: "Besluit genomen",
    Tag.DECISION_UNDONE: "Besluit ongedaan gemaakt",
    Tag.DECISION_EXPLAINED: "Besluit uitgelegd",
    Tag.SIGNAL_ACKNOWLEDGED: "Signaal opgepakt",
    Tag.SIGNAL_ESCALATED: "Niemand pakte het op: naar een tweede medewerker",
    Tag.SIGNAL_SNOOZED: "Signaal uitgesteld",
    Tag.SIGNAL_WOKEN: "Uitgesteld signaal teruggehaald",
    Tag.SNOOZE_ENDED: "Uitgesteld signaal kwam terug",
    Tag.SCORES_SWITCHED_OFF: "Scores uitgezet",
    Tag.SCORES_SWITCHED_ON: "Scores aangezet",
    Tag.INCIDENT_MERGED: "Incidenten samengevoegd",
    Tag.INCIDENT_SPLIT: "Signaal losgemaakt",
    Tag.INCIDENT_CLOSED: "Incident gesloten",
    Tag.REPORT_DISCLOSED: "Verstrekt aan ontvanger",
    Tag.REPORT_FAILED: "Verstrekken mislukt",
    Tag.REPORT_RESENT: "Opnieuw verstuurd",
    Tag.REPORT_RETRACTED: "Verstrekking ingetrokken",
    Tag.TIP_SENT: "Tip gestuurd",
    Tag.QUESTION_ASKED: "Vraag gesteld",
    Tag.ANSWER_RECEIVED: "Antwoord ontvangen",
    Tag.ORDER_REQUESTED: "Volgopdracht aangevraagd",
    Tag.ORDER_APPROVED: "Volgopdracht goedgekeurd",
    Tag.ORDER_STOPPED: "Volgopdracht gestopt",
    Tag.DATA_SHOWN: "Lid vroeg wat er bewaard is",
    Tag.DATA_ERASED: "Gegevens gewist",
    Tag.VIEW_EXPORTED: "Overzicht gedownload",
    Tag.TEXTS_SEARCHED: "In teksten gezocht",
    Tag.DOSSIER_OPENED: "Dossier geopend",
    Tag.DOSSIER_CHANGED: "Dossier aangevuld",
    Tag.DOSSIER_CONSULTED: "Dossier bekeken",
    Tag.DOSSIER_CLOSED: "Dossier gesloten",
    Tag.AUDIT_CONSULTED: "Logboek bekeken",
    Tag.EXPORT_UPLOADED: "Export geüpload",
    Tag.ROOM_OPENED: "Evaluatiekamer geopend",
    Tag.ROOM_CLOSED: "Evaluatiekamer gesloten",
    Tag.ROOM_FILLED: "Berichten in evaluatiekamer gezet",
    Tag.ITEM_CONSULTED: "Bericht bekeken in evaluatiekamer",
    Tag.ITEM_LABELLED: "Bericht gelabeld",
    Tag.ITEM_RULED: "Oordeel over labels gegeven",
    Tag.LABEL_UNDONE: "Label teruggenomen",
    Tag.DATASET_EXPORTED: "Dataset gedownload",
    Tag.FIGURES_EXPORTED: "Cijfers van het model gedownload",
    Tag.MODELS_COMPARED: "Modellen vergeleken",
    Tag.MODEL_ACTIVATED: "Ander model gekozen",
    Tag.LOGIN_SUCCEEDED: "Ingelogd",
    Tag.LOGIN_FAILED: "Inloggen mislukt",
    Tag.LOGGED_OUT: "Uitgelogd",
    Tag.ACCOUNT_CREATED: "Account gemaakt",
    Tag.ACCOUNT_CHANGED: "Account gewijzigd",
    Tag.PROGRAM_ADMITTED: "API-token gemaakt",
    Tag.PROGRAM_DISMISSED: "API-token ingetrokken",
}


def reason(slug: str | None) -> str:
    """Say why something was no signal; empty when nobody said why."""
    return next((said for known, said in REASON.items() if known == slug), "")


def certainty(probability: float) -> str:
    """Say how sure the model is."""
    steps = (
        (0.95, "vrijwel zeker"),
        (0.8, "zeer waarschijnlijk"),
        (0.6, "waarschijnlijk"),
        (0.4, "misschien"),
    )
    return next((word for floor, word in steps if probability >= floor), "onzeker")


def percent(share: float) -> str:
    """Return a share as a whole percentage that never claims to be sure."""
    return f"{min(99, max(1, round(share * 100)))}%"


def number(value: float, digits: int = 2) -> str:
    """Return a number the Dutch way: a comma, and dots between thousands."""
    text = f"{value:,.{digits}f}" if digits else f"{round(value):,}"
    return text.translate(str.maketrans(",.", ".,"))


def age(then: datetime, now: datetime) -> str:
    """Say how long ago ``then`` was."""
    seconds = max(timedelta(0), now - then).total_seconds()
    if seconds < 60:
        return "zojuist"
    if seconds < 3600:
        return f"{int(seconds // 60)} min geleden"
    if seconds < 86400:
        return f"{int(seconds // 3600)} uur geleden"
    days = int(seconds // 86400)
    return "1 dag geleden" if days == 1 else f"{days} dagen geleden"


def moment(at: datetime | None) -> str:
    """Return day and time in the Netherlands, ``21 nov 2026 13:00``."""
    if at is None:
        return "–"
    local = at.astimezone(AMSTERDAM)
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year} {local:%H:%M}"


def day(at: datetime | None) -> str:
    """Return the day in the Netherlands, ``21 nov 2026``."""
    return "–" if at is None else moment(at).rsplit(" ", 1)[0]


def clock_time(at: datetime) -> str:
    """Return the time in the Netherlands, ``13:00``."""
    return f"{at.astimezone(AMSTERDAM):%H:%M}"


def calendar(iso: str) -> str:
    """Return a calendar day (``2026-11-21``) as people write it, ``21 nov 2026``."""
    year, month, day_ = iso.split("-")
    return f"{int(day_)} {_MONTHS[int(month) - 1]} {year}"


def about(count: int) -> str:
    """Return a sum in fives, so that nobody subtracts the hidden counts out of it."""
    return small(count) if count < 5 else f"ongeveer {number(5 * round(count / 5), 0)}"


def small(count: int) -> str:
    """Return a count, but hide what would point at single people (1 to 4)."""
    return "minder dan 5" if 0 < count < 5 else number(count, 0)
