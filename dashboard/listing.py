# SPDX-License-Identifier: EUPL-1.2
"""A list of signals: what its address asks for, what may be searched, and its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from core import errors
from core.audit import Result, Tag
from core.dossier import names_person
from core.label import Category, Urgency
from core.message import Origin
from core.selection import LONGEST_SEARCH, MOST_WORDS, Selection, Standing, words_of
from core.signal import SignalState
from core.verdict import Place
from dashboard import words
from dashboard.marking import Quote, plain, quote
from dashboard.shown import SCORES_OFF, ScoresOff, Shown
from dashboard.spoken import say
from dashboard.visit import Visit
from store.overview import Item
from store.work import Work

#: Key in the address → how long ago at most, and how people call it.
AGES = {
    "1u": (timedelta(hours=1), say("laatste uur")),
    "8u": (timedelta(hours=8), say("laatste 8 uur")),
    "24u": (timedelta(hours=24), say("laatste 24 uur")),
    "7d": (timedelta(days=7), say("laatste 7 dagen")),
    "30d": (timedelta(days=30), say("laatste 30 dagen")),
}
#: What makes the words before it the name of a street.
_STREETS = ("straat", "laan", "plein", "weg", "kade", "pad", "hof", "dijk", "gracht", "singel")
#: Rows on one page.
PAGE = 100

REFUSED = say(
    "Hier kunt u niet op zoeken. Uw zoektekst lijkt een naam, nummer of account van een persoon. "
    "Zoek op wat er gebeurt of waar, bijvoorbeeld ‘bankstel’ of ‘Stationsplein’."
)


class SearchRefused(errors.BadInput):
    """The search text points at a person."""


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Asked:
    """What the address of a list says."""

    selection: Selection
    #: As it was typed.
    search: str
    age: str
    #: Page number, from 1.
    page: int

    def query(self, **other: str | int) -> str:
        """Return the address's query for the same list; ``other`` replaces single parts."""
        chosen = self.selection
        pairs: list[tuple[str, str]] = [
            *(("categorie", c.value) for c in sorted(chosen.categories)),
            *(("urgentie", u.value) for u in sorted(chosen.urgencies)),
            *(("wijk", area) for area in sorted(chosen.areas)),
            *(("bron", o.value) for o in sorted(chosen.origins)),
        ]
        single = {
            "stand": "" if chosen.standing is Standing.OPEN else chosen.standing.value,
            "leeftijd": self.age,
            "q": self.search,
        }
        single |= {name: str(value) for name, value in other.items()}
        return urlencode([*pairs, *((n, v) for n, v in single.items() if v)])

    @property
    def filters(self) -> int:
        """How many filters are on, the search text included."""
        chosen = self.selection
        sets = (chosen.categories, chosen.urgencies, chosen.areas, chosen.origins)
        return sum(map(bool, (*sets, self.age, self.search)))


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Row:
    """A signal on a list, ready to show; personal data is replaced."""

    item: Item
    #: False: category and all that follows from it stay hidden, as on the card.
    labelled: bool
    #: Urgency by its key; ``geen`` while scores are off.
    hurry: str
    quote: Quote
    category: str
    urgency: str
    area: str
    group: str
    source: str
    #: Where, in words, and whether the text says so itself.
    place: str
    stated: bool
    #: The place with a point on the map, when there is one.
    spot: Place | None
    state: str


def asked(here: Visit) -> Asked:
    """Return what the address asks for; raise ``BadInput`` for what no form of ours sends."""
    params = here.request.query_params
    search = " ".join(params.get("q", "").split())
    if len(search) > LONGEST_SEARCH:
        raise errors.BadInput(
            say(
                "Een zoektekst heeft hoogstens %(longest_search)s tekens.",
                longest_search=LONGEST_SEARCH,
            )
        )
    age = params.get("leeftijd", "")
    try:
        selection = Selection(
            standing=Standing(params.get("stand") or Standing.OPEN),
            categories=frozenset(map(Category, _all(params, "categorie"))),
            urgencies=frozenset(map(Urgency, _all(params, "urgentie"))),
            areas=frozenset(_all(params, "wijk")),
            origins=frozenset(map(Origin, _all(params, "bron"))),
            since=here.services.clock.now() - AGES[age][0] if age else None,
            words=words_of(search)[:MOST_WORDS],
        )
        page = int(params.get("blad") or 1)
    except (KeyError, ValueError):
        raise errors.BadInput(say("Dit filter kennen wij niet.")) from None
    if search and not selection.words:
        raise errors.BadInput(say("Zoek op letters of cijfers."))
    return Asked(selection=selection, search=search, age=age, page=min(max(page, 1), 10_000))


def found(here: Visit, work: Work, shown: Shown, wanted: Asked) -> list[str]:
    """Return the ids of what is asked for; raise ``SearchRefused`` or ``ScoresOff``.

    What nobody may know the category of is on no list by category. Without scores there is
    neither category nor urgency to choose by, and the oldest come first.
    """
    queue, slug = here.queue, here.tenant.slug
    if wanted.search and (
        names_person(wanted.search, here.services.identifies)
        or work.overview.names(slug, queue, _free(wanted))
    ):
        raise SearchRefused(REFUSED)
    chosen = wanted.selection
    if not shown.scores and (chosen.categories or chosen.urgencies):
        raise ScoresOff(SCORES_OFF)
    ids = work.overview.ids(slug, queue, chosen, by_age=not shown.scores)
    return shown.without_blind(ids) if chosen.categories else ids


def searched(here: Visit, wanted: Asked, hits: int | None) -> None:
    """Write down that somebody searched, never what for; None: it was refused."""
    if not wanted.search:
        return
    result = Result.REFUSED if hits is None else Result.DONE
    count = len(wanted.selection.words)
    with here.services.store.write() as work:
        here.audit(
            work,
            Tag.TEXTS_SEARCHED,
            f"queue/{here.queue.value}",
            result=result,
            words=count,
            hits=hits or 0,
        )


def rows(here: Visit, shown: Shown, items: Sequence[Item]) -> list[Row]:
    """Return the rows of these signals."""
    return [_row(here, shown, item) for item in items]


def chips(here: Visit, wanted: Asked) -> list[tuple[str, str]]:
    """Return each filter that is on: its name, and the query of the list without it."""
    chosen, name = wanted.selection, here.services.taxonomy
    found = [
        *((name[c].name, "categories", c) for c in sorted(chosen.categories)),
        *((words.URGENCY[u], "urgencies", u) for u in sorted(chosen.urgencies)),
        *((here.tenant.areas.get(a, a), "areas", a) for a in sorted(chosen.areas)),
        *((words.ORIGIN[o], "origins", o) for o in sorted(chosen.origins)),
    ]
    left = [(label, _without(wanted, field, value).query()) for label, field, value in found]
    if wanted.age:
        left.append((AGES[wanted.age][1], replace(wanted, age="").query()))
    if wanted.search:
        left.append((f"‘{wanted.search}’", replace(wanted, search="").query()))
    return left


def _without(wanted: Asked, field: str, value: str) -> Asked:
    chosen = wanted.selection
    kept = frozenset(v for v in getattr(chosen, field) if v != value)
    changed: dict[str, Any] = {field: kept}
    return replace(wanted, selection=replace(chosen, **changed))


def _free(wanted: Asked) -> tuple[str, ...]:
    """Return the words that may be a name: in ``Jan Steenstraat`` none of them is."""
    found = wanted.selection.words
    street = bool(found) and found[-1].endswith(_STREETS) and found[-1] not in _STREETS
    return () if street else found


def _all(params: QueryParams, name: str) -> list[str]:
    return [value for value in params.getlist(name) if value]


def _row(here: Visit, shown: Shown, item: Item) -> Row:
    stated = [place for place in item.places if place.stated]
    inferred = [place for place in item.places if not place.stated]
    named = stated or inferred[:1]
    spots = [p for p in (*stated, *inferred) if p.lat is not None and p.lon is not None]
    return Row(
        item=item,
        quote=quote(item.masked or "[gewist]"),
        labelled=shown.labelled(item.id, item.state),
        hurry=item.urgency.value if shown.scores else "geen",
        category=shown.category(item.id, item.state, item.category),
        urgency=shown.urgency(item.urgency),
        area=here.tenant.areas.get(item.area, item.area),
        group=plain(item.group) or say("Groep zonder naam"),
        source=words.SOURCE.get(item.source, item.source),
        place=", ".join(dict.fromkeys(plain(place.key) for place in named)),
        stated=bool(stated),
        spot=spots[0] if spots else None,
        state=_STATE[item.state],
    )


_STATE = {
    SignalState.OPEN: say("open"),
    SignalState.DECIDED: say("afgehandeld"),
    SignalState.ERASED: say("gewist"),
}
