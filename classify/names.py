# SPDX-License-Identifier: EUPL-1.2
"""Finds names of private persons by a list of first names and by how they are used."""

from __future__ import annotations

import re
from collections.abc import Iterator

from classify.lexicon import Lexicon, fold

_PREFIX = (
    r"(?:van|de|der|den|het|'t|ten|ter|te|el|al|la|le|du|da|di|dos|ben|bin|ait|aït|von|in|op"
    r"|Van|De|Der|Den|El|Al|Ben|Ten|Ter|Ait|Aït)"
)
_CAPITAL = (
    r"[A-ZÀ-ÖØ-ÞĀŁŞŠŽÇĞİ][\w'’]*[^\W\d_]"
    r"(?:-(?:(?:van|de|der|den|ter|ten|el|ben) ){0,2}[A-ZÀ-Þ][\w'’]*)*"
)
_SURNAME = rf"(?:(?:{_PREFIX}[ -]){{0,3}}{_CAPITAL})"
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_AFTER = re.compile(rf" {_SURNAME}(?: {_CAPITAL})?")
_TITLED = re.compile(
    r"\b(?P<title>(?i:meneer|mijnheer|mevrouw|mevr\.?|mw\.?|dhr\.?|de heer|heer|juffrouw|juf|"
    r"meester|buurman|buurvrouw|buurjongen|buurmeisje|tante|oom|ome|opa|oma|nonkel|weduwe|familie|"
    r"fam\.?|dr\.?|"
    r"dokter|drs\.?|ing\.?|ir\.?|zuster|broeder|pastoor|dominee|wijkagent|agent|collega|"
    r"pan|pani|hadj|sjeik|abu|ustaz)) "
    rf"(?P<name>(?:[A-Z]\.\s?)*{_SURNAME}(?: {_CAPITAL})?)"
)
_INITIALS = re.compile(rf"(?<!\w)(?:[A-Z]\.\s?){{1,4}}{_SURNAME}")
_LOW_INITIALS = re.compile(r"(?<![\w.])[a-z]\. (?=[a-z]{4,}\b)[a-z]+$")
_SIGNED = re.compile(
    r"(?:(?i:groet(?:en|jes)?|mvg|gr\.?|gr|liefs|hoogachtend|xx{1,9}|xoxo|grtz|kus|"
    r"vriendelijke groet"
    rf"(?:en|jes)?|namens))[,.!:]*\s+(?P<name>{_SURNAME}(?: {_SURNAME})?)\s*(?:$|[\n(,.])"
)
_CALLED = re.compile(
    r"\b(?i:heet|heten|genaamd|naam is|naam:|noemt zich|noemen hem|noemen haar|noemen ze|"
    rf"vraag naar|t\.n\.v\.|tnv|ik ben|contact met|my name is|called|ene) "
    rf"(?P<name>{_SURNAME}(?: {_CAPITAL})?)"
)
_LOW_CALLED = re.compile(
    r"\b(?:hij|ze|zij|die|hond|kat|ik) heet (?P<name>[a-z]{3,12})\b"
    r"|\bnaam is (?P<other>[a-z]{3,12})\b"
)
#: Words that make a name the name of a street or an organisation.
_PUBLIC_AFTER = re.compile(
    r"^[ -]?(?:straat|laan|plein|weg|kade|singel|gracht|dreef|hof|pad|park|plantsoen|steeg|dijk|"
    r"brug|school|college|kerk|huis|zorg|groep|supermarkt|heijn|linders|bv|b\.v\.|foundation)",
    re.IGNORECASE,
)
_STREET = re.compile(
    r"(?:straat|straatje|laan|plein|weg|kade|singel|gracht|dreef|hof|hofje|pad|park|plantsoen|"
    r"steeg|dijk|brug|kerk|school|stein|burg|tunnel|flat|molen|haven|markt|poort|veld|wijk|buurt|"
    r"college|straot|stroat|wal|sluis|bosch|zijl)$",
    re.IGNORECASE,
)
_PUBLIC_BEFORE = re.compile(
    r"(?:caf[eé]|bakkerij|bakker|slagerij|slager|snackbar|cafetaria|garage|kapsalon|kapper|"
    r"basisschool|school|kerk|sint|st\.|st|burgemeester|burg\.?|prins|prinses|koning|koningin|"
    r"restaurant|hotel|firma|praktijk|stichting|verpleeghuis|flat|hoek|boer|eetcafé|bar|drogist|"
    r"autobedrijf|rijwielen|professor|prof\.?|generaal|admiraal|president|minister|wethouder|"
    r"rotonde|station|sportpark|gebouw|basis|salon|team|huize)\s+(?:de |het |'t )?$",
    re.IGNORECASE,
)
#: Famous names on shop fronts and in the news.
_PUBLIC_NAMES = frozenset(
    {
        "albert heijn", "jan linders", "jan modaal", "mark rutte", "max verstappen", "van gogh",
        "geert wilders", "de lijn", "dirk van den broek", "anne frank", "willem-alexander",
        "sinterklaas", "zwarte piet", "peter r de vries", "van der valk", "jan steen",
    }
)  # fmt: skip
_NO_NAMES_TEXT = """
de het een en of in op bij naar ik we wij u je jij hij zij ze er dat dit die deze nu net morgen
vandaag iemand niemand allen allemaal buren buurt beste hallo hoi dank bedankt politie gemeente
brandweer ambulance jumbo lidl aldi plus hema kruidvat action spar coop wat wie waar wanneer hoe
waarom als maar want dus ook nog weer niet geen wel kan kunt moet mag wil mijn onze jullie uw
zijn haar hun let ps xx oh nee ja uit nieuw oud groot klein goed heel zo toen boa boas sint
pasen kerst maandag dinsdag woensdag donderdag vrijdag zaterdag zondag januari februari maart
april juni juli augustus september oktober november december nederland the nederlandse marokkaan
turk pool god allah ring appie
"""
_NO_NAMES = frozenset(_NO_NAMES_TEXT.split())


#: Words between a first name and a surname.
_PARTICLES = frozenset({"van", "de", "der", "den", "ter", "ten", "te", "el", "ben", "von"})
#: Pieces of text remembered at most, and the longest that is.
REMEMBERED, LONGEST = 100_000, 40
#: Characters before a word in which it is looked for where its sentence starts.
_BACK = 100
#: A title, a greeting or "heet" with a name behind it: a capital after a space or a hyphen.
_INNER_CAPITAL = re.compile(r"[\s-][A-ZÀ-ÖØ-ÞĀŁŞŠŽÇĞİ]")
_INITIAL = re.compile(r"[A-Z]\.")


class NameFinder:
    """Finds names; knows first names, learns nothing."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._names = lexicon.names
        self._ambiguous = lexicon.ambiguous
        self._memory: dict[str, bool] = {}

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where a private person's name stands; spans may overlap."""
        found = [*self._by_use(text)]
        if self._may_list(text):
            listed = self._by_list(text)
            found += [s for s in listed if not _STREET.search(text[s[0] : s[1]])]
        found.sort(key=lambda span: (span[0] - span[1], span[0]))
        for start, end in found:
            if not _is_public(text, start, end):
                yield start, end

    def _by_use(self, text: str) -> Iterator[tuple[int, int]]:
        # Each pattern is slow on a text without what it cannot do without, which most texts are.
        for pattern in (_TITLED, _SIGNED, _CALLED) if _INNER_CAPITAL.search(text) else ():
            for match in pattern.finditer(text):
                if fold(match["name"].split()[-1]) not in _NO_NAMES:
                    yield match.span("name")
        for match in _INITIALS.finditer(text) if _INITIAL.search(text) else ():
            yield match.span()
        for match in _LOW_INITIALS.finditer(text) if ". " in text else ():
            yield match.span()
        said = " heet " in text or "naam is " in text
        for match in _LOW_CALLED.finditer(text) if said else ():
            name = "name" if match["name"] else "other"
            if fold(match[name]) in self._names | self._ambiguous:
                yield match.span(name)

    def _may_list(self, text: str) -> bool:
        """Whether any word can be a listed name; a word never goes on behind white space."""
        if len(self._memory) > REMEMBERED:
            self._memory = {}
        memory = self._memory
        for piece in text.split():
            known = memory.get(piece)
            if known is None:
                known = any(self._listed(w, starts=False) for w in _WORD.findall(piece))
                if len(piece) <= LONGEST:
                    memory[piece] = known
            if known:
                return True
        return False

    def _by_list(self, text: str) -> Iterator[tuple[int, int]]:
        for match in _WORD.finditer(text):
            word = match.group()
            stem = self._listed(word, starts=_starts(text, match.start()))
            if stem:
                yield match.start(), self._through_surname(text, match.end(), word)

    def _listed(self, word: str, *, starts: bool) -> bool:
        form = fold(word.replace("’", "'"))
        bare = form.removesuffix("'s")
        short = form[:-1] if form.endswith("s") and len(form) > 4 else bare
        capital = word[0].isupper()
        if (
            bare in self._names
            or bare.split("-")[0] in self._names
            or (short in self._names and (capital or len(short) > 3))
        ):
            return True
        if not capital or (word.isupper() and len(word) < 4):
            return False
        return bare in self._ambiguous and (not starts or len(bare) > 3)

    def _through_surname(self, text: str, end: int, word: str) -> int:
        match = _AFTER.match(text, end) if word[0].isupper() else None
        if match is None:
            return self._lower_surname(text, end, word)
        first = fold(_WORD.search(match.group()).group())  # type: ignore[union-attr]
        last = fold(match.group().split()[-1])
        if last in _NO_NAMES or (first in _NO_NAMES and first not in {"de", "in", "op", "het"}):
            return end
        # "Corrie van Dijk" is somebody, "Anna Dijkstraat" a street.
        street = first not in _PARTICLES and _STREET.search(match.group())
        return end if street else match.end()

    def _lower_surname(self, text: str, end: int, word: str) -> int:
        """Follow "sara el idrissi" and "lotte de waal" in texts without capitals."""
        match = re.compile(r" (?:el|al|van|van der|van den|van de|ben|ait) [a-z]{4,}").match(
            text, end
        )
        follows = match is not None and word.islower() and text.islower()
        return match.end() if match and follows and _after_el(match.group()) else end


def _after_el(words: str) -> bool:
    return words.startswith((" el ", " al ", " ben ", " ait "))


def _starts(text: str, position: int) -> bool:
    before = text[max(0, position - _BACK) : position].rstrip(" \"'“‘(*_-")
    return not before or before[-1] in ".!?\n:…" or not before[-1].isascii()


def _is_public(text: str, start: int, end: int) -> bool:
    name = text[start:end]
    if fold(name) in _PUBLIC_NAMES:
        return True
    if _PUBLIC_AFTER.match(text[end : end + 14]):
        return True
    following = re.match(r"[ -](\w+)", text[end : end + 30])
    if following and _STREET.search(following.group(1)) and following.group(1)[0].isupper():
        return True
    return _PUBLIC_BEFORE.search(text[max(0, start - 24) : start]) is not None
