# SPDX-License-Identifier: EUPL-1.2
"""What WhatsApp itself writes into an export, in Dutch and English.

The Dutch strings come from public parsers, not from every phone: extend the lists when an export
shows another one, and add it to ``tests/ingest/whatsapp``.
"""

from __future__ import annotations

import re

from ingest.whatsapp.header import MARKS

_MARK = f"[{MARKS}]"

#: A part of the sentence that only WhatsApp writes, in a line without a writer or behind a mark.
_SYSTEM = (
    # Dutch
    r"end-to-end[ -]versleuteld",
    r"(?:heeft|hebt|heb) (?:de|deze) groep (?:aan)?gemaakt",
    r"(?:heeft|hebt|heb) .{1,80} toegevoegd\b",
    r"(?:bent|is|werd|zijn) toegevoegd\b",
    r"(?:heeft|hebt|heb) .{1,80} verwijderd(?: uit| van|\.?$)",
    r"(?:heeft|hebt|heb) de groep verlaten",
    r"(?:is|bent|ben) (?:toegetreden|lid geworden|toegelaten)",
    r"(?:heeft|hebt|heb) (?:de groepsafbeelding|het groepspictogram|het onderwerp|de groepsnaam)\b",
    r"(?:heeft|hebt|heb) de (?:groepsbeschrijving|beschrijving|groepsinstellingen|instellingen)\b",
    r"beveiligingscode .{0,80}gewijzigd",
    r"(?:heeft|hebt|heb) (?:berichten met vervaldatum|zelfverwijderende berichten)",
    r"berichten met vervaldatum (?:in|uit)geschakeld",
    r"(?:bent|is) (?:nu )?(?:een |geen )?(?:groeps)?beheerder\b",
    r"(?:nieuw|ander) (?:telefoon)?nummer|is gewijzigd naar \+|nummer .{0,80}gewijzigd",
    r"(?:heeft|hebt) een bericht vastgemaakt",
    r"(?:heeft|hebt) (?:deze persoon|dit contact) (?:ge(?:de)?blokkeerd)",
    r"deze groep (?:heeft|is) .{0,60}(?:leden|community)",
    r"uitnodigingslink",
    # English
    r"end-to-end encrypted",
    r"created (?:this |the )?group",
    r"\badded (?:you|.{1,80})",
    r"(?:were|was) (?:added|removed)",
    r"\bremoved .{1,80}",
    r"\bleft(?: the group)?\.?$",
    r"joined (?:using|from|via) ",
    r"changed (?:the|this) (?:subject|group|settings)",
    r"changed (?:the )?group (?:name|description|icon)",
    r"security code .{0,80}changed",
    r"(?:turned (?:on|off)|updated) (?:the )?(?:disappearing messages|message timer)",
    r"(?:now|no longer) an admin",
    r"changed (?:their|to a new) (?:phone )?number|changed to \+",
    r"pinned a message",
    r"(?:blocked|unblocked) this contact",
    r"invite link",
)
_SYSTEM_LINE = re.compile("|".join(_SYSTEM), re.IGNORECASE)

#: A notice that quotes what somebody typed, and with it perhaps a colon.
_QUOTING = re.compile(
    r"\b(?:heeft|hebt|heb|changed|created)\b[^\"“‘']{1,60}[\"“‘']"
    r"|^(?:Je|Uw|Your) (?:beveiligingscode met|security code with) ",
    re.IGNORECASE,
)

#: Opens nearly every export; some versions leave the mark out here.
_ENCRYPTED = re.compile(
    r"(?:Berichten|Messages)\b.{0,60}\bend-to-end[ -](?:versleuteld|encrypted)\b", re.IGNORECASE
)

#: Whole bodies that stand for something that is not text.
_NOTHING = re.compile(
    rf"{_MARK}*(?:"
    r"(?:Dit bericht is|Je hebt dit bericht|U hebt dit bericht|Jij hebt dit bericht) verwijderd"
    r"(?: door (?:een )?beheerder.*)?"
    r"|(?:This message was deleted|You deleted this message)(?: by (?:an )?admin.*)?"
    r"|Wachten op dit bericht.*|Waiting for this message.*"
    r"|(?:Gemiste|Gemist) (?:spraakoproep|video-?oproep|groepsoproep|groepsgesprek|oproep).*"
    r"|Missed (?:group )?(?:voice |video )?call.*"
    r"|null"
    rf")\.?{_MARK}*",
    re.IGNORECASE,
)

_KINDS = "afbeelding|foto|video|audio|gif|sticker|document|videonotitie|spraakbericht|contactkaart"
_KINDS_EN = "image|photo|video|audio|gif|sticker|document|video note|voice message|contact card"
_OMITTED = rf"(?:(?:{_KINDS}) weggelaten|(?:{_KINDS_EN}) omitted)"
_ATTACHED = r"<(?:bijgevoegd|attached): [^>\n]*>"
_LEFT_OUT = r"<(?:Media weggelaten|Media omitted)>"
#: A picture, sound or file, alone on its line or behind its caption.
_MEDIA = re.compile(
    rf"^{_MARK}*[^\n]*\((?:bestand bijgevoegd|file attached)\){_MARK}*$"
    rf"|^{_MARK}*[^\n]{{1,200}}?\.\w{{2,5}}(?: • [^\n]{{1,40}}?)? ?{_MARK}(?:{_OMITTED}){_MARK}*$"
    rf"|^{_MARK}*{_OMITTED}{_MARK}*$"
    rf"| ?{_MARK}+{_OMITTED}{_MARK}*$"
    rf"| ?{_MARK}*(?:{_ATTACHED}|{_LEFT_OUT}){_MARK}*$",
    re.IGNORECASE | re.MULTILINE,
)

_EDITED = re.compile(
    rf"\s*{_MARK}*<(?:Dit bericht is bewerkt|Bericht bewerkt|This message was edited"
    rf"|Message edited)\.?>{_MARK}*\s*\Z",
    re.IGNORECASE,
)
_ANY_MARK = re.compile(_MARK)
#: Names in mentions stand between these.
_ISOLATES = re.compile("[\u2066-\u2069]")


def is_notice(words: str) -> bool:
    """Whether WhatsApp itself says this, as in ``Jan heeft de groep verlaten``."""
    return bool(_SYSTEM_LINE.search(words))


def quotes_somebody(words: str) -> bool:
    """Whether these words begin a notice like ``Jan heeft het onderwerp gewijzigd van "A``."""
    return bool(_QUOTING.search(words))


def is_system(body: str) -> bool:
    """Whether a body behind a writer is WhatsApp's own: iOS marks it and names the group."""
    marked = bool(_ANY_MARK.match(body))
    first = body.partition("\n")[0]
    if marked:
        return is_notice(first)
    return bool(_ENCRYPTED.match(first))


def is_nothing(body: str) -> bool:
    """Whether the body stands for a deleted message, a missed call and the like."""
    return bool(_NOTHING.fullmatch(body.strip()))


def written(body: str) -> str:
    """Return what the writer wrote: without files, marks and WhatsApp's own remarks."""
    body = _EDITED.sub("", body)
    body = _MEDIA.sub("", body)
    return _ANY_MARK.sub("", _ISOLATES.sub("", body)).strip()


def unmarked(text: str) -> str:
    """Return ``text`` without marks of direction, with ordinary blanks."""
    return " ".join(_ANY_MARK.sub("", text).split())
