# SPDX-License-Identifier: EUPL-1.2
"""What a route asks of a signal, and what it says when it is answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from core.clock import AMSTERDAM, require_zone
from core.label import Category, Urgency
from core.message import Origin

#: Monday first, as ``datetime.weekday`` counts.
DAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What a route may look at; never the text."""

    category: Category
    subcategory: str | None = None
    urgency: Urgency
    #: Calibrated probability of the category.
    probability: float
    #: Neighbourhood, a key of the tenant's areas; empty when unknown.
    area: str = ""
    #: Connector name.
    source: str = ""
    origin: Origin = Origin.CHAT
    #: When it was written, with a zone; rules look at it in Amsterdam time.
    at: datetime
    #: The writer saw it (True), heard it (False), or nobody knows.
    first_hand: bool | None = None
    #: The model is too unsure; a person looks, whatever is automatic.
    review: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether one condition holds, as a Dutch sentence."""

    holds: bool
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """All of what is given must hold; what is None or empty is not asked."""

    categories: frozenset[Category] = frozenset()
    subcategories: frozenset[str] = frozenset()
    urgencies: frozenset[Urgency] = frozenset()
    #: From this probability on.
    probability_from: float | None = None
    #: Below this probability.
    probability_below: float | None = None
    areas: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    origins: frozenset[Origin] = frozenset()
    first_hand: bool | None = None
    #: Names of DAYS; in the night hours after midnight the day is that of the evening before.
    days: frozenset[str] = frozenset()
    #: From this local time on …
    from_time: time | None = None
    #: … until this one; earlier than ``from_time`` means the next morning.
    until_time: time | None = None

    @property
    def asks_nothing(self) -> bool:
        """Whether every signal meets it."""
        return self == Condition()

    def answers(self, facts: Facts) -> Iterator[Answer]:
        """Give one answer for each thing that is asked."""
        yield from _one_of("categorie", facts.category, self.categories)
        yield from _one_of("subcategorie", facts.subcategory or "", self.subcategories)
        yield from _one_of("urgentie", facts.urgency, self.urgencies)
        yield from self._probability(facts.probability)
        yield from _one_of("wijk", facts.area, self.areas)
        yield from _one_of("bron", facts.source, self.sources)
        yield from _one_of("herkomst", facts.origin, self.origins)
        yield from self._first_hand(facts.first_hand)
        yield from self._moment(facts.at)

    def _probability(self, probability: float) -> Iterator[Answer]:
        found = f"De kans is {_percent(probability)}"
        if (least := self.probability_from) is not None:
            holds = probability >= least
            yield Answer(holds, f"{found}: {_but(holds)} {_percent(least)} of meer.")
        if (most := self.probability_below) is not None:
            holds = probability < most
            yield Answer(holds, f"{found}: {_but(holds)} minder dan {_percent(most)}.")

    def _first_hand(self, first_hand: bool | None) -> Iterator[Answer]:
        if self.first_hand is None:
            return
        told = {
            True: "De schrijver zag het zelf",
            False: "De schrijver hoorde het van een ander",
            None: "Het is niet bekend of de schrijver het zelf zag",
        }[first_hand]
        wanted = "zelf gezien" if self.first_hand else "van een ander gehoord"
        holds = first_hand is self.first_hand
        yield Answer(holds, f"{told}: {_but(holds)} '{wanted}'.")

    def _moment(self, at: datetime) -> Iterator[Answer]:
        local = require_zone(at).astimezone(AMSTERDAM)
        clock = f"{local:%H:%M}"
        if self.from_time is not None and self.until_time is not None:
            holds = _within(local.time(), self.from_time, self.until_time)
            hours = f"tussen {self.from_time:%H:%M} en {self.until_time:%H:%M} uur"
            falls = "dat valt" if holds else "dat valt niet"
            yield Answer(holds, f"Het is {clock} uur: {falls} {hours}.")
        if self.days:
            day = self._day(local)
            holds = day in self.days
            wanted = either(sorted(self.days, key=DAYS.index))
            yield Answer(holds, f"Het telt als {day}: {_but(holds)} {wanted}.")

    def _day(self, local: datetime) -> str:
        """Return the day by name; Friday's night lasts until Saturday morning."""
        night = (
            self.from_time is not None
            and self.until_time is not None
            and self.until_time <= self.from_time
            and local.time() < self.until_time
        )
        return DAYS[(local - timedelta(days=1) if night else local).weekday()]


def _one_of(what: str, found: str, wanted: frozenset[str]) -> Iterator[Answer]:
    if not wanted:
        return
    holds = found in wanted
    told = f"De {what} is '{found}'" if found else f"De {what} is niet bekend"
    yield Answer(holds, f"{told}: {_but(holds)} {either(sorted(wanted))}.")


def _within(moment: time, start: time, end: time) -> bool:
    if start < end:
        return start <= moment < end
    return moment >= start or moment < end


def _but(holds: bool) -> str:
    return "dat past bij" if holds else "de regel vraagt"


def either(names: Sequence[str]) -> str:
    """Return the names as a choice: ``'a', 'b' of 'c'``."""
    *most, last = [f"'{name}'" for name in names]
    return f"{', '.join(most)} of {last}" if most else last


def _percent(probability: float) -> str:
    number = f"{probability * 100:.2f}".rstrip("0").rstrip(".")
    return f"{number.replace('.', ',')}%"
