# SPDX-License-Identifier: EUPL-1.2
"""Finds what identifies a person in a text, to mask it; rather too much than too little."""

from __future__ import annotations

import re
from collections.abc import Iterable

from classify.apart import Apart
from classify.glance import has_number, may_hold
from classify.lexicon import Lexicon
from classify.names import NameFinder
from core.verdict import Personal, PersonalKind

_EMAIL = re.compile(
    # No more than an address may have before its @, and never less: a long text stays cheap.
    r"[\w.+-]{1,80}+\s?(?:@|\[at\]|\(at\))\s?[\w-]+(?:\.[\w-]+)*\.[a-z]{2,10}\b",
    re.IGNORECASE,
)
#: ``@name@server``, as Mastodon writes it.
_FAR_HANDLE = re.compile(r"(?<!\w)@\w[\w.-]*@[\w-]+(?:\.[\w-]+)+")
_HANDLE = re.compile(
    r"(?<![\w.])@[A-Za-z0-9_](?:[\w.]*\w)?"
    r"|(?:(?<=insta )|(?<=insta: )|(?<=snap )|(?<=snap: )|(?<=tiktok )|(?<=tiktok: ))"
    r"[a-z0-9_.]*[0-9_.][a-z0-9_.]*[a-z0-9_]",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?<![\w.,€-])(?:\+|00)?\(?\d\)?(?:[ ().\-/–]{0,2}\d){7,13}(?!\w|[,.]\d)")
_DATE = re.compile(r"\d{1,2}[-/. ]\d{1,2}[-/. ](?:19|20)\d\d|(?:19|20)\d\d[-/]\d{1,2}[-/]\d{1,2}")
_IBAN = re.compile(
    r"\b[A-Z]{2}\s?\d{2}(?:[ .-]?[A-Z]{4}(?:[ .-]?\d){10}|(?:[ .-]?[A-Z0-9]{4}){3,7}"
    r"(?:[ .-]?[A-Z0-9]{1,3})?)\b",
    re.IGNORECASE,
)
_BSN = re.compile(r"(?<![\w-])\d(?:[ .]?\d){7,8}(?![\w-])")
_BSN_SAID = re.compile(
    r"(?:\bbsn\b|burgerservice-?n(?:umme)?r|sofi-?n(?:umme)?r|geregistreerd onder)"
    r"\D{0,25}(\d(?:[ .-]?\d){5,9})",
    re.IGNORECASE,
)

_SIDECODES_TEXT = """
XX-99-99 99-99-XX 99-XX-99 XX-99-XX XX-XX-99 99-XX-XX 99-XXX-9 9-XXX-99 XX-999-X X-999-XX
XXX-99-X X-99-XXX 9-XX-999 999-XX-9
"""
#: Every Dutch sidecode (1 to 14) as groups of letters (X) and digits (9).
SIDECODES = tuple(_SIDECODES_TEXT.split())


def _sidecode(code: str, separator: str) -> str:
    groups = code.split("-")
    parts = [("[A-Z]" if g[0] == "X" else r"\d") + f"{{{len(g)}}}" for g in groups]
    return separator.join(parts)


_HYPHENED = "|".join(_sidecode(code, r"\s?[-–]\s?") for code in SIDECODES)
_SPACED = "|".join(_sidecode(code, gap) for code in SIDECODES for gap in ("", " "))
#: Belgian, German and Polish plates, which Dutch streets see daily.
_FOREIGN = r"\d-[A-Z]{3}-\d{3}|[A-Z]{1,3}-[A-Z]{1,2}[- ]\d{2,4}"
_PLATE = re.compile(rf"(?<![\w-])(?:{_HYPHENED}|{_FOREIGN})(?![\w]|-\w)", re.IGNORECASE)
_BARE_PLATE = re.compile(rf"(?<![\w.-])(?:{_SPACED})(?![\w-])")
_SAID_PLATE = re.compile(
    r"\b(?i:kenteken\w*|nummerbord\w*|nummerplaat|pla(?:at|ot)|plate)\b[^\w\n]{1,3}"
    r"(?:(?i:is|was|begint|eindigt|met|op|nummer|nr|iets|van|de|het|deels|plate)[^\w\n]{1,3}){0,4}"
    r"(?P<plate>[A-Z0-9](?:[ -]?[A-Z0-9?*]){1,9})(?![\w])"
)
#: Numbers of public services, which identify nobody.
_PUBLIC = re.compile(r"^(?:0900|0800|14\d{2,3}$|112$|116)")


#: Media after whose name a handle may follow without its sign.
_MEDIA = ("insta", "snap", "tiktok")


class PersonalFinder:
    """Finds personal data; a span of one kind never overlaps one of another."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._names = NameFinder(lexicon)

    def find(self, text: str) -> tuple[Personal, ...]:
        """Return all spans that identify a person, in order."""
        taken, apart = list[Personal](), Apart()

        def add(kind: PersonalKind, spans: Iterable[tuple[int, int]]) -> None:
            for start, end in spans:
                if apart.take(start, end):
                    taken.append(Personal(start=start, end=end, kind=kind))

        lower = text.lower()
        if "@" in text:
            add(PersonalKind.HANDLE, _spans(_FAR_HANDLE, text))
        if "@" in text or "[at]" in lower or "(at)" in lower:
            add(PersonalKind.EMAIL, _spans(_EMAIL, text))
        if has_number(text) or "kenteken" in lower:
            add(PersonalKind.IBAN, _ibans(text))
            add(PersonalKind.BSN, _said_bsns(text))
            add(PersonalKind.PLATE, _plates(text))
            add(PersonalKind.PHONE, _phones(text))
            add(PersonalKind.BSN, _bsns(text))
        if "@" in text or may_hold(text, lower, _MEDIA):
            add(PersonalKind.HANDLE, _spans(_HANDLE, text))
        add(PersonalKind.NAME, self._names.find(text))
        return tuple(sorted(taken, key=lambda p: p.start))


def is_iban(text: str) -> bool:
    """Whether the check digits hold (ISO 7064, mod 97)."""
    plain = re.sub(r"[^A-Z0-9]", "", text.upper())
    if not 15 <= len(plain) <= 34:
        return False
    return int("".join(str(int(c, 36)) for c in plain[4:] + plain[:4])) % 97 == 1


def is_bsn(text: str) -> bool:
    """Whether the number passes the eleven test of a citizen service number."""
    digits = [int(c) for c in text if c.isdigit()]
    if len(digits) == 8:
        digits.insert(0, 0)
    if len(digits) != 9 or not any(digits):
        return False
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return sum(d * w for d, w in zip(digits, weights, strict=True)) % 11 == 0


def _ibans(text: str) -> Iterable[tuple[int, int]]:
    for start, end in _spans(_IBAN, text):
        found = text[start:end]
        # A Dutch number with a typing error still points at somebody.
        if is_iban(found) or re.match(r"NL\s?\d\d[ .-]?[A-Z]{4}[\d .-]+$", found, re.IGNORECASE):
            yield start, end


def _phones(text: str) -> Iterable[tuple[int, int]]:
    for start, end in _spans(_PHONE, text):
        found = text[start:end]
        digits = re.sub(r"\D", "", found)
        if _DATE.search(found) or _PUBLIC.match(digits):
            continue
        local = digits.startswith("0") and not digits.startswith("00") and 9 <= len(digits) <= 11
        abroad = found.startswith(("+", "00")) and 10 <= len(digits) <= 15
        mobile = re.match(r"06|6[1-5]", digits) is not None and 8 <= len(digits) <= 11
        if local or abroad or mobile or (len(digits) == 11 and digits.startswith("31")):
            yield start, end


def _bsns(text: str) -> Iterable[tuple[int, int]]:
    return ((a, b) for a, b in _spans(_BSN, text) if is_bsn(text[a:b]))


def _said_bsns(text: str) -> Iterable[tuple[int, int]]:
    return (match.span(1) for match in _BSN_SAID.finditer(text))


def _plates(text: str) -> Iterable[tuple[int, int]]:
    yield from _spans(_PLATE, text)
    yield from _spans(_BARE_PLATE, text)
    for match in _SAID_PLATE.finditer(text):
        plate = match["plate"]
        if any(c.isalpha() for c in plate):
            yield match.span("plate")


def _spans(pattern: re.Pattern[str], text: str) -> Iterable[tuple[int, int]]:
    return (match.span() for match in pattern.finditer(text))
