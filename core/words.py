# SPDX-License-Identifier: EUPL-1.2
"""Content words as salted hashes: two texts can be compared without keeping either."""

from __future__ import annotations

import hashlib
import re
import unicodedata

#: More words than this say nothing new about what a message is about.
MOST = 64

#: Replacements of personal data such as ``[naam]``; links name no event either.
_NOISE = re.compile(r"\[[a-z-]+\]|https?://\S+")
_LINK = re.compile(r"https?://[^\s<>\"']{4,300}", re.IGNORECASE)
_WORD = re.compile(r"[a-z0-9]{3,}")

_STOP_TEXT = """
aan achter alle alleen alles als ander andere anders altijd bent ben bij blijft daar daarna
dan dat deze die dit doe doen doet door dus een eens eerst elkaar even ergens gaan gaat
gedaan geen gehad gewoon geweest had hadden haar hallo hebben hebt heb heeft heel hem hen
het hier hij hoe hun iemand iedereen iets inmiddels jij jou jouw jullie kan kon kun kunnen
kwam laat later maar mag mee meer men mensen met mij mijn misschien moet moeten naar net
niemand niet niets nog nogal nou nooit omdat ons onze ook opnieuw over pas precies
sinds snel soms staan staat stond straks tegen toch toen tot tussen uit van vandaag vanaf
vanavond vanmiddag vanmorgen vannacht vanochtend veel voor vooral waar waarom wanneer want
waren was wat weer weet wel welke werd wie wij wil worden wordt zal zegt zei zeer zelf
zich zien ziet zijn zitten zit zoals zojuist zou zouden
"""
_STOP_WORDS = frozenset(_STOP_TEXT.split())


def words(text: str, salt: bytes) -> frozenset[int]:
    """Return hashes of the content words of ``text``; useless without ``salt``."""
    if not salt:
        raise ValueError("hashing words needs a salt")
    key = hashlib.blake2b(salt, digest_size=32).digest()
    found: dict[str, None] = {}
    for word in _WORD.findall(_plain(text)):
        if word not in _STOP_WORDS:
            found[_stem(word)] = None
    return frozenset(_hash(word, key) for word in list(found)[:MOST])


def links(text: str, salt: bytes) -> frozenset[int]:
    """Return hashes of the web addresses in ``text``, without what only counts visitors."""
    if not salt:
        raise ValueError("hashing links needs a salt")
    key = hashlib.blake2b(salt, digest_size=32).digest()
    found = (_address(link) for link in _LINK.findall(text))
    # A front page tells of no event.
    return frozenset(_hash(address, key) for address in found if "/" in address)


def _address(link: str) -> str:
    bare = re.split(r"[?#]", link.casefold().partition("://")[2])[0]
    return bare.removeprefix("www.").rstrip("/.,;:!)")


def _plain(text: str) -> str:
    """Lower case, without accents: ``Één`` and ``een`` are one word."""
    letters = unicodedata.normalize("NFKD", _NOISE.sub(" ", text.casefold()))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _stem(word: str) -> str:
    """Make most plurals equal to their singular; linking needs no better Dutch than this."""
    if len(word) > 5:
        word = word.removesuffix("en")
    return word.removesuffix("s") if len(word) > 4 else word


def _hash(word: str, key: bytes) -> int:
    # 48 bits: an exact number in JSON and in both databases.
    return int.from_bytes(hashlib.blake2b(word.encode(), key=key, digest_size=6).digest(), "big")
