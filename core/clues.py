# SPDX-License-Identifier: EUPL-1.2
"""What linking needs to know of one signal."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime

from core import place
from core.label import Category
from core.message import Admitted
from core.place import Point
from core.verdict import Verdict, mask
from core.words import links, words

#: Words by which a place is where somebody went, not where it happened.
_HEADING = re.compile(
    r"\b(?:richting|(?:loopt|lopen|rent|rennen|fietst|fietsen|rijdt|rijden|vlucht|vluchten"
    r"|gaat|gaan|reed|reden|liep|rende|fietste|vluchtte)\s+(?:nu\s+|net\s+|zo\s+)?naar)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Clues:
    """What linking needs to know of one signal; no message text."""

    tenant: str
    #: Our own group id.
    group: str
    category: Category
    sent_at: datetime
    #: ``kind:key`` of each place that the text states.
    places: frozenset[str] = frozenset()
    points: tuple[Point, ...] = ()
    #: Salted hashes of content words.
    words: frozenset[int] = frozenset()
    #: Salted hashes of web addresses.
    links: frozenset[int] = frozenset()
    #: The incident of the message that this one answers.
    answers: str | None = None
    #: The places are where somebody went: "richting de Lidl".
    heading: bool = False
    #: The incident that it speaks of, by the course of its chat.
    thread: str | None = None
    #: Incidents of its chat of which, by that course, it does not speak.
    elsewhere: frozenset[str] = frozenset()
    #: The group is no conversation: what one reporter says is no follow-up of another one's words.
    alone: bool = False


def clues_of(
    message: Admitted, verdict: Verdict, salt: bytes, *, answers: str | None = None
) -> Clues:
    """Return the clues of a judged message that passed the gate."""
    own = message.own
    clues = read_clues(
        message.text,
        verdict,
        salt,
        tenant=message.tenant,
        group=message.group,
        # A report of tonight may be about last week.
        sent_at=(own and own.happened_at) or message.sent_at,
        answers=answers,
    )
    return replace(clues, alone=own is not None)


def read_clues(
    text: str,
    verdict: Verdict,
    salt: bytes,
    *,
    tenant: str,
    group: str,
    sent_at: datetime,
    answers: str | None = None,
) -> Clues:
    """Return the clues of a judged text; personal data is masked before words are hashed."""
    return Clues(
        tenant=tenant,
        group=group,
        category=verdict.category,
        sent_at=sent_at,
        places=place.spots(verdict.places),
        points=place.points(verdict.places),
        words=words(mask(text, verdict.personal).text, salt),
        links=links(text, salt),
        answers=answers,
        heading=_HEADING.search(text) is not None,
    )
