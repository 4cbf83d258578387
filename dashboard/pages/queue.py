# SPDX-License-Identifier: EUPL-1.2
"""The live queue of an operator: cards, and what one key does to them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Query
from starlette.responses import HTMLResponse, JSONResponse, Response

from core import errors
from core.audit import Tag
from core.label import SIGNAL_CATEGORIES, Category, Queue
from core.signal import Act, Reason
from dashboard import words
from dashboard.attending import SNOOZES, URGENT_SNOOZE
from dashboard.card import Card
from dashboard.cards import Cards
from dashboard.desk import Decided, Desk
from dashboard.errors import wants_json
from dashboard.lookout import calm
from dashboard.render import markup
from dashboard.sources import away
from dashboard.spoken import say
from dashboard.visit import Here, Visit
from store.signalrow import SignalRow
from store.switches import SCORES, Switch
from store.work import Work

router = APIRouter(include_in_schema=False)

#: Cards on one page; the rest is on the next.
PAGE = 100
#: Cards that a script may fetch at once.
BATCH = 50


@router.get("/meldkamer", name="queue-meldkamer")
def meldkamer(here: Here, na: str | None = None, alles: bool = False) -> Response:
    """The control room's queue; ``alles`` shows all of it during a flood."""
    return _queue(here, Queue.MELDKAMER, na, everything=alles)


@router.get("/handhaving", name="queue-handhaving")
def handhaving(here: Here, na: str | None = None, alles: bool = False) -> Response:
    """The enforcement officers' queue; ``alles`` shows all of it during a flood."""
    return _queue(here, Queue.HANDHAVING, na, everything=alles)


@router.get("/kaart/{id}", name="card")
def card(here: Here, id: str) -> Response:
    """One card, also after it was decided."""
    cards, _ = consult(here, lambda work: [_visible(here, work, id)], f"signal/{id}")
    return _fragment(here, cards)


@router.get("/kaarten", name="cards")
def cards(here: Here, id: list[str] = Query(default=[])) -> Response:
    """Several cards at once; the ones that are not this operator's are left out."""
    if len(id) > BATCH:
        raise errors.BadInput(say("Hoogstens %(batch)s kaarten tegelijk.", batch=BATCH))
    found, _ = consult(here, lambda work: _all_visible(here, work, id), f"queue/{here.queue}")
    return _fragment(here, found)


@router.post("/signaal/{id}/besluit", name="decide")
def decide(here: Here, id: str) -> Response:
    """Carry out a decision."""
    form = here.form
    try:
        act = Act(form.text("besluit"))
        category = Category(slug) if (slug := form.text("categorie")) else None
    except ValueError:
        raise errors.BadInput(say("Kies wat u besluit.")) from None
    desk = Desk(here.services)
    seen = form.number("versie")
    decided = desk.decide(here.visitor, id, act, seen_version=seen, category=category)
    return _decided(here, decided)


@router.post("/besluit/{id}/ongedaan", name="undo")
def undo(here: Here, id: str) -> Response:
    """Take a decision back."""
    row = Desk(here.services).undo(here.visitor, id)
    if wants_json(here.request):
        return JSONResponse({"signal": row.id})
    return here.back(f"/{here.queue.value}")


@router.post("/besluit/{id}/intrekken", name="retract")
def retract(here: Here, id: str) -> Response:
    """Take a decision back after the report left, and let its receivers know."""
    row = Desk(here.services).retract(here.visitor, id)
    if wants_json(here.request):
        return JSONResponse({"signal": row.id})
    return here.back(f"/incident/{row.incident_id}")


def consult(
    here: Visit, read: Callable[[Work], Sequence[SignalRow]], what: str
) -> tuple[list[Card], int]:
    """Return cards and the newest event's id; writes down which signals were looked at."""
    with here.services.store.read() as work:
        latest = work.events.last_id()
        maker = Cards(here.services, here.visitor, work)
        cards = [maker.card(row) for row in read(work)]
    seen = {card.row.id for card in cards} | {o.id for card in cards for o in card.others}
    looked_at(here, what, seen)
    return cards, latest


def looked_at(here: Visit, what: str, signals: Collection[str]) -> None:
    """Write down, before the answer leaves, which signals an operator gets to see."""
    if not signals:
        return
    ids = ",".join(sorted(signals))
    with here.services.store.write() as work:
        here.audit(work, Tag.SIGNAL_CONSULTED, what, count=len(signals), signals=ids)


def _queue(here: Visit, queue: Queue, after: str | None, *, everything: bool) -> Response:
    slug, now = here.tenant.slug, here.services.clock.now()
    with here.services.store.read() as work:
        state = _state(work, slug, queue, now)

    def read(work: Work) -> Sequence[SignalRow]:
        by_age = not work.switches.is_on(slug, SCORES)
        return work.signals.queue(
            slug, queue, limit=PAGE, after=after, with_text=True, at=now, by_age=by_age
        )

    cards, latest = consult(here, read, f"queue/{queue.value}")
    return here.page(
        "rij.html",
        queue=queue.value,
        title=words.QUEUE[queue],
        cards=cards,
        latest=latest,
        after=after,
        more=cards[-1].row.id if len(cards) == PAGE else None,
        categories=categories(here),
        session=here.visitor.session[:16],
        undo_seconds=here.tenant.undo_seconds,
        done=_last_decision(here),
        state=state,
        everything=everything,
        doubles=_doubles(cards),
        flood_signals=here.tenant.flood_signals,
        reasons=list(zip("123456", Reason, strict=True)),
        snoozes=list(zip("1234", SNOOZES, strict=True)),
        urgent_snooze=URGENT_SNOOZE,
        away=away(here.services.connectors(slug), here.services.clock.now()),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _State:
    """What a queue page says above its cards."""

    total: int
    snoozed: int
    #: False: somebody pressed the stop button.
    scores: bool
    stopped: Switch | None
    flood: bool


def _state(work: Work, tenant: str, queue: Queue, now: datetime) -> _State:
    stopped = work.switches.get(tenant, SCORES)
    scores = stopped is None or stopped.on
    total = work.signals.counts(tenant, now)[queue]
    return _State(
        total=total,
        snoozed=work.signals.counts(tenant)[queue] - total,
        scores=scores,
        stopped=stopped,
        # Without scores nobody knows what is urgent, so nothing may be hidden.
        flood=scores and not work.switches.is_on(tenant, calm(queue)),
    )


def _doubles(cards: Sequence[Card]) -> set[str]:
    """Return the cards of which the incident has a card above; a flood leaves them out."""
    seen: set[str] = set()
    doubles = set()
    for card in cards:
        if card.row.incident_id in seen:
            doubles.add(card.row.id)
        seen.add(card.row.incident_id)
    return doubles


def categories(here: Visit) -> list[tuple[str, str, str]]:
    """Return key, slug and name of each category that an operator can choose."""
    keys = "1234567890abd"
    names = [(c.value, here.services.taxonomy[c].name) for c in SIGNAL_CATEGORIES]
    return [(key, slug, name) for key, (slug, name) in zip(keys, names, strict=True)]


def _last_decision(here: Visit) -> str | None:
    """Without a script, the decision that can still be undone comes along in the address."""
    id = here.request.query_params.get("besluit", "")
    return id if len(id) == 36 and id.replace("-", "").isalnum() else None


def _decided(here: Visit, decided: Decided) -> Response:
    if wants_json(here.request):
        return JSONResponse({"decision": decided.decision, "undo_seconds": decided.undo_seconds})
    return here.back(f"/{here.queue.value}?besluit={decided.decision}")


def _visible(here: Visit, work: Work, id: str) -> SignalRow:
    row = work.signals.get(id, with_text=True)
    if row.tenant != here.tenant.slug or here.queue not in row.queues:
        raise errors.NotFound
    return row


def _all_visible(here: Visit, work: Work, ids: Sequence[str]) -> list[SignalRow]:
    rows = []
    for id in dict.fromkeys(ids):
        try:
            rows.append(_visible(here, work, id))
        except errors.NotFound:
            continue
    return rows


def _fragment(here: Visit, cards: Sequence[Card]) -> Response:
    pieces = markup(here.request, "kaarten.html", cards=cards, categories=categories(here))
    return HTMLResponse(pieces)
