# SPDX-License-Identifier: EUPL-1.2
"""Words for what machines write down: moments, certainty, states."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

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
from core.survey import Answered
from dashboard.spoken import Spoken, count, say
from dashboard.tongue import Tongue

_MONTHS = {
    "nl": ("jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}

URGENCY = {
    Urgency.SPOED: say("Spoed"),
    Urgency.ACTUEEL: say("Actueel"),
    Urgency.NIET_URGENT: say("Niet urgent"),
}
STANDING = {
    Standing.OPEN: say("wacht nog"),
    Standing.DECIDED: say("afgehandeld"),
    Standing.ALL: say("alles"),
}
QUEUE = {Queue.MELDKAMER: say("Meldkamer"), Queue.HANDHAVING: say("Handhaving")}
ORIGIN = {
    Origin.CHAT: say("buurtapp"),
    Origin.PUBLIC: say("openbaar bericht"),
    Origin.REPORT: say("melding"),
}
#: Ways of speaking as ``classify.speech`` names them in the figures of a model.
SPEECH = {
    "leert Nederlands": say("leert Nederlands"),
    "straattaal": say("straattaal"),
    "ingesproken": say("ingesproken"),
    "dialect of streektaal": say("dialect of streektaal"),
    "schrijft op gehoor": say("schrijft op gehoor"),
    "hele zinnen": say("hele zinnen"),
    "overig": say("overig"),
    "gesprek van meer mensen": say("gesprek van meer mensen"),
}
RECEIVER = {
    Receiver.POLITIE: say("de politie"),
    Receiver.GEMEENTE: say("de gemeente"),
    Receiver.BEIDE: say("de politie of de gemeente"),
    Receiver.NIEMAND: say("niemand"),
}
CONSENT = {
    ConsentState.UNKNOWN: say("Nog niet gevraagd"),
    ConsentState.REQUESTED: say("Gevraagd, nog geen antwoord"),
    ConsentState.GRANTED: say("Toegestaan: wij lezen mee"),
    ConsentState.WITHDRAWN: say("Ingetrokken: wij lezen niet mee"),
    ConsentState.EXPIRED: say("De proef is voorbij: wij lezen niet mee"),
}
LANE = {
    Lane.DOUBT: say("waar het model twijfelde"),
    Lane.RANDOM: say("door het lot"),
    Lane.SLICE: say("van elke categorie evenveel"),
}
ACT = {
    Act.CONFIRM: say("bevestigd"),
    Act.REJECT: say("geen signaal"),
    Act.RECATEGORISE: say("andere categorie gekozen"),
    Act.REROUTE: say("naar een andere ontvanger gestuurd"),
}
REASON = {
    Reason.KNOWN: say("Al bekend"),
    Reason.PAST: say("Is al voorbij"),
    Reason.JOKE: say("Grap of uitdrukking"),
    Reason.QUESTION: say("Alleen een vraag"),
    Reason.ELSEWHERE: say("Niet in deze gemeente"),
    Reason.MISREAD: say("Verkeerd begrepen"),
}
STEP = {
    StepKind.ACKNOWLEDGED: say("opgepakt"),
    StepKind.ESCALATED: say("niemand pakte dit op; doorgegeven aan"),
    StepKind.SNOOZED: say("uitgesteld tot"),
    StepKind.WOKEN: say("weer in de rij"),
    StepKind.MERGED: say("incident samengevoegd met een ander"),
    StepKind.SPLIT: say("losgemaakt van het incident"),
    StepKind.TIP: say("tip gestuurd:"),
}
#: Prevention tips that an operator can send to a group; texts under the same keys.
TIP = {
    "tip_inbraak": say("Inbraak voorkomen"),
    "tip_voertuig": say("Auto en fiets op slot"),
    "tip_verdacht": say("Wat u doet als u iets verdachts ziet"),
    "tip_babbeltruc": say("Vreemden aan de deur"),
    "tip_intimidatie": say("Lastiggevallen op straat"),
    "tip_afval": say("Grof afval laten ophalen"),
}
SOURCE = {
    "whatsapp_export": say("WhatsApp-export"),
    "whatsapp-export": say("WhatsApp-export"),
    "telegram": say("Telegram"),
    "matrix": say("Matrix"),
    "xmpp": say("XMPP"),
    "webhook": say("buurtapp via webhook"),
    "mail": say("e-mail"),
    "whatsapp_cloud": say("WhatsApp-nummer van de gemeente"),
    "jsonl": say("bestand (JSONL)"),
    "csv_file": say("bestand (CSV)"),
    "rss": say("nieuwsfeed (RSS)"),
    "mastodon": say("Mastodon"),
    "bluesky": say("Bluesky"),
    "report_form": say("meldformulier"),
    "x": say("X"),
    "oefening": say("oefening"),
}
#: What the police asked everybody to look out for.
ACTION = {
    ActionKind.BURGERNET: say("Burgernet-actie"),
    ActionKind.AMBER: say("AMBER Alert"),
    ActionKind.MISSING: say("vermist persoon"),
}
#: Why a message was not looked at; what is not named here is shown as it is.
DROPPED = {
    "no-consent": say("geen toestemming"),
    "opted-out": say("lid doet niet mee"),
    "not-opted-in": say("lid heeft nog geen ja gezegd"),
    "private": say("niet doorsturen"),
    "empty": say("zonder tekst"),
    "date": say("onmogelijke datum"),
    "too-large": say("te lang"),
    "too-old": say("te lang geleden geschreven"),
    "malformed": say("onleesbaar"),
    "unreadable": say("niet te beoordelen"),
}
RESULT = {
    Result.DONE: say("gedaan"),
    Result.REFUSED: say("geweigerd"),
    Result.FAILED: say("mislukt"),
}
#: How a question of a questionnaire is answered.
ANSWERED = {
    Answered.SCALE: say("cijfer van 1 tot en met 5"),
    Answered.YES_NO: say("ja of nee"),
    Answered.CHOICE: say("kiezen uit een lijst"),
    Answered.OPEN: say("korte eigen tekst"),
}
TAG = {
    Tag.CONSENT_REQUESTED: say("Toestemming gevraagd"),
    Tag.CONSENT_GRANTED: say("Toestemming gegeven"),
    Tag.CONSENT_WITHDRAWN: say("Toestemming ingetrokken"),
    Tag.GROUP_MOVED: say("Groep kreeg een nieuw nummer"),
    Tag.GROUP_MODE_CHANGED: say("Gekozen wie er gelezen wordt"),
    Tag.GROUP_SIGNED_UP: say("Groep aangemeld"),
    Tag.GROUP_LINKED: say("Aanmelding gekoppeld aan groep"),
    Tag.GROUP_APPROVED: say("Aanmelding goedgekeurd"),
    Tag.GROUP_REFUSED: say("Aanmelding afgewezen"),
    Tag.ADMIN_INVITED: say("Link voor groepsbeheerder gemaakt"),
    Tag.ADMIN_CONFIRMED: say("Groepsbeheerder bevestigd"),
    Tag.ADMIN_REMINDED: say("Groepsbeheerder herinnerd"),
    Tag.ADMIN_MUTED: say("Herinneringen uitgezet"),
    Tag.ADMIN_UNMUTED: say("Herinneringen aangezet"),
    Tag.ADMIN_LEFT: say("Groepsbeheerder vertrokken"),
    Tag.ADMINS_EXPORTED: say("Lijst van groepsbeheerders opgehaald"),
    Tag.ADMINS_IMPORTED: say("Lijst van groepsbeheerders ingelezen"),
    Tag.MEMBER_OPTED_OUT: say("Lid wil niet meedoen"),
    Tag.MEMBER_OPTED_IN: say("Lid wil meedoen"),
    Tag.SIGNAL_COLLECTED: say("Signaal verzameld"),
    Tag.SIGNAL_CHANGED: say("Signaal gewijzigd"),
    Tag.SIGNAL_CONSULTED: say("Signalen bekeken"),
    Tag.SIGNAL_DECIDED: say("Besluit genomen"),
    Tag.DECISION_UNDONE: say("Besluit ongedaan gemaakt"),
    Tag.DECISION_RETRACTED: say("Besluit ingetrokken na verzenden"),
    Tag.DECISION_EXPLAINED: say("Besluit uitgelegd"),
    Tag.SIGNAL_ACKNOWLEDGED: say("Signaal opgepakt"),
    Tag.SIGNAL_ESCALATED: say("Niemand pakte het op: naar een tweede medewerker"),
    Tag.SIGNAL_SNOOZED: say("Signaal uitgesteld"),
    Tag.SIGNAL_WOKEN: say("Uitgesteld signaal teruggehaald"),
    Tag.SNOOZE_ENDED: say("Uitgesteld signaal kwam terug"),
    Tag.SCORES_SWITCHED_OFF: say("Scores uitgezet"),
    Tag.SCORES_SWITCHED_ON: say("Scores aangezet"),
    Tag.INCIDENT_MERGED: say("Incidenten samengevoegd"),
    Tag.INCIDENT_SPLIT: say("Signaal losgemaakt"),
    Tag.INCIDENT_CLOSED: say("Incident gesloten"),
    Tag.REPORT_DISCLOSED: say("Verstrekt aan ontvanger"),
    Tag.REPORT_FAILED: say("Verstrekken mislukt"),
    Tag.REPORT_RESENT: say("Opnieuw verstuurd"),
    Tag.REPORT_RETRACTED: say("Verstrekking ingetrokken"),
    Tag.TIP_SENT: say("Tip gestuurd"),
    Tag.QUESTION_ASKED: say("Vraag gesteld"),
    Tag.ANSWER_RECEIVED: say("Antwoord ontvangen"),
    Tag.ORDER_REQUESTED: say("Volgopdracht aangevraagd"),
    Tag.ORDER_APPROVED: say("Volgopdracht goedgekeurd"),
    Tag.ORDER_STOPPED: say("Volgopdracht gestopt"),
    Tag.DATA_SHOWN: say("Lid vroeg wat er bewaard is"),
    Tag.DATA_ERASED: say("Gegevens gewist"),
    Tag.VIEW_EXPORTED: say("Overzicht gedownload"),
    Tag.EXPORT_SETTLED: say("Gewiste signalen ook uit bestand gehaald"),
    Tag.TEXTS_SEARCHED: say("In teksten gezocht"),
    Tag.DOSSIER_OPENED: say("Dossier geopend"),
    Tag.DOSSIER_CHANGED: say("Dossier aangevuld"),
    Tag.DOSSIER_CONSULTED: say("Dossier bekeken"),
    Tag.DOSSIER_CLOSED: say("Dossier gesloten"),
    Tag.AUDIT_CONSULTED: say("Logboek bekeken"),
    Tag.EXPORT_UPLOADED: say("Export geüpload"),
    Tag.ROOM_OPENED: say("Evaluatiekamer geopend"),
    Tag.ROOM_CLOSED: say("Evaluatiekamer gesloten"),
    Tag.SURVEY_MADE: say("Vragenlijst gepland"),
    Tag.SURVEY_STOPPED: say("Vragenlijst gestopt"),
    Tag.SURVEY_SENT: say("Vragenlijst naar groepen gestuurd"),
    Tag.SURVEY_CONSULTED: say("Antwoorden op vragenlijst bekeken"),
    Tag.ROOM_FILLED: say("Berichten in evaluatiekamer gezet"),
    Tag.ITEM_CONSULTED: say("Bericht bekeken in evaluatiekamer"),
    Tag.ITEM_LABELLED: say("Bericht gelabeld"),
    Tag.ITEM_RULED: say("Oordeel over labels gegeven"),
    Tag.LABEL_UNDONE: say("Label teruggenomen"),
    Tag.DATASET_EXPORTED: say("Dataset gedownload"),
    Tag.FIGURES_EXPORTED: say("Cijfers van het model gedownload"),
    Tag.MODELS_COMPARED: say("Modellen vergeleken"),
    Tag.MODEL_ACTIVATED: say("Ander model gekozen"),
    Tag.LESSON_STARTED: say("Oefening begonnen"),
    Tag.LESSON_ENDED: say("Oefening gestopt"),
    Tag.LOGIN_SUCCEEDED: say("Ingelogd"),
    Tag.LOGIN_FAILED: say("Inloggen mislukt"),
    Tag.LOGGED_OUT: say("Uitgelogd"),
    Tag.ACCOUNT_CREATED: say("Account gemaakt"),
    Tag.ACCOUNT_CHANGED: say("Account gewijzigd"),
    Tag.PROGRAM_ADMITTED: say("API-token gemaakt"),
    Tag.PROGRAM_DISMISSED: say("API-token ingetrokken"),
}


#: Short names that lower floors store and pages show: of roles, ranks, states and kinds.
NAMED: Mapping[str, Spoken] = {
    str(name): name
    for name in (
        # Role of an account.
        say("meldkamer"),
        say("handhaving"),
        say("groepsbeheer"),
        say("onderzoek"),
        say("toezicht"),
        say("beheer"),
        say("wandbord"),
        # An admin of a group: rank and state.
        say("hoofd"),
        say("vervanger"),
        say("uitgenodigd"),
        say("actief"),
        say("verlopen"),
        say("vertrokken"),
        # A line in the ledger, and by whom.
        say("aangevraagd"),
        say("toegestaan"),
        say("ingetrokken"),
        say("eigen-melding"),
        say("beheerder"),
        say("lid"),
        # A monitoring order, a dossier and its notes.
        say("afgewezen"),
        say("vervallen"),
        say("gepland"),
        say("loopt"),
        say("afgelopen"),
        # A questionnaire, a question of it, and a token.
        say("open"),
        say("voorbij"),
        say("Ja"),
        say("Nee"),
        say("werkt"),
        say("feit"),
        say("oordeel"),
    )
}


def named(name: str) -> str:
    """Return a stored short name in words; what nobody knows is shown as it is."""
    return NAMED.get(name, name)


def reason(slug: str | None) -> str:
    """Say why something was no signal; empty when nobody said why."""
    return next((said for known, said in REASON.items() if known == slug), "")


def certainty(probability: float) -> str:
    """Say how sure the model is."""
    steps = (
        (0.95, say("vrijwel zeker")),
        (0.8, say("zeer waarschijnlijk")),
        (0.6, say("waarschijnlijk")),
        (0.4, say("misschien")),
    )
    return next((word for floor, word in steps if probability >= floor), say("onzeker"))


def percent(share: float) -> str:
    """Return a share as a whole percentage that never claims to be sure."""
    return f"{min(99, max(1, round(share * 100)))}%"


def number(value: float, digits: int = 2) -> str:
    """Return a number as the reader writes it; the Dutch way has dots between thousands."""
    text = f"{value:,.{digits}f}" if digits else f"{round(value):,}"
    dutch = text.translate(str.maketrans(",.", ".,"))
    return dutch if dutch == text else Spoken(lambda t: dutch if t.lang == "nl" else text)


def age(then: datetime, now: datetime) -> str:
    """Say how long ago ``then`` was."""
    seconds = max(timedelta(0), now - then).total_seconds()
    if seconds < 60:
        return say("zojuist")
    if seconds < 3600:
        return say("%(n)s min geleden", n=int(seconds // 60))
    if seconds < 86400:
        return say("%(n)s uur geleden", n=int(seconds // 3600))
    return count("%(n)s dag geleden", "%(n)s dagen geleden", int(seconds // 86400))


def moment(at: datetime | None) -> str:
    """Return day and time in the Netherlands, ``21 nov 2026 13:00``."""
    if at is None:
        return "–"
    local = at.astimezone(AMSTERDAM)
    return Spoken(lambda tongue: f"{_day(local, tongue)} {local:%H:%M}")


def day(at: datetime | None) -> str:
    """Return the day in the Netherlands, ``21 nov 2026``."""
    if at is None:
        return "–"
    local = at.astimezone(AMSTERDAM)
    return Spoken(lambda tongue: _day(local, tongue))


def clock_time(at: datetime) -> str:
    """Return the time in the Netherlands, ``13:00``."""
    return f"{at.astimezone(AMSTERDAM):%H:%M}"


def calendar(iso: str) -> str:
    """Return a calendar day (``2026-11-21``) as people write it, ``21 nov 2026``."""
    written = date.fromisoformat(iso)
    return Spoken(lambda tongue: _day(written, tongue))


def about(count: int) -> str:
    """Return a sum in fives, so that nobody subtracts the hidden counts out of it."""
    if count < 5:
        return small(count)
    return say("ongeveer %(n)s", n=number(5 * round(count / 5), 0))


def small(count: int) -> str:
    """Return a count, but hide what would point at single people (1 to 4)."""
    return say("minder dan 5") if 0 < count < 5 else number(count, 0)


def _day(at: date, tongue: Tongue) -> str:
    return f"{at.day} {_MONTHS[tongue.lang][at.month - 1]} {at.year}"
