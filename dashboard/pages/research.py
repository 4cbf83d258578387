# SPDX-License-Identifier: EUPL-1.2
"""The active model: its card, its figures, and how people judged it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from core.clock import AMSTERDAM
from core.signal import View
from dashboard import charts
from dashboard.figures import figures
from dashboard.readings import FEW, Count, rough
from dashboard.visit import Here, Visit

router = APIRouter(include_in_schema=False)

#: Days of operators' decisions that are counted.
BACK = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """How operators judged one category."""

    name: str
    confirmed: int
    rejected: int
    recategorised: int


@router.get("/onderzoek", name="research")
def research(here: Here) -> Response:
    """Show the model card and figures; counts of decisions, never a message."""
    found = figures(here.services.research, here.services.taxonomy)
    share = here.tenant.blind_share
    people = {
        "judged": _judged(here),
        "helped": _helped(here),
        "back": BACK,
        "share": share,
        **_people(here),
    }
    if found is None:
        return here.page("onderzoek.html", model=None, **people)
    return here.page(
        "onderzoek.html",
        model=found,
        reliability=charts.reliability(found.reliability) if found.reliability else None,
        bars=charts.bars([(s.name, s.f1) for s in found.scores]) if found.scores else None,
        pairs=charts.pairs(found.both.scores) if found.both and found.both.scores else None,
        ranges=charts.ranges([(p.name, p.f1, p.low, p.high) for p in found.frozen])
        if found.frozen
        else None,
        **people,
    )


def _people(here: Visit) -> dict[str, Any]:
    """Return how operators judged with and without the model's opinion, and why they refused."""
    since = here.services.clock.now() - timedelta(days=BACK)
    with here.services.store.read() as work:
        samples = work.decisions.samples(here.tenant.slug, since)
        reasons = work.decisions.reasons(here.tenant.slug, since)
    return {"samples": [samples[view] for view in View], "reasons": reasons}


@dataclass(frozen=True, kw_only=True, slots=True)
class Helped:
    """What groups answered in one month; the mean is None while too few answered."""

    month: str
    answers: Count
    mean: float | None


def _helped(here: Visit) -> list[Helped]:
    """Return whole months only: who looks after each answer would see that answer."""
    month = f"{here.services.clock.now().astimezone(AMSTERDAM):%Y-%m}"
    with here.services.store.read() as work:
        found = work.ratings.months(here.tenant.slug, month)
    return [
        Helped(
            month=each.month,
            answers=rough(each.answers),
            mean=each.total / each.answers if each.answers >= FEW else None,
        )
        for each in found
    ]


def _judged(here: Visit) -> list[Judged]:
    since = here.services.clock.now() - timedelta(days=BACK)
    with here.services.store.read() as work:
        stats = work.decisions.stats(here.tenant.slug, since)
    return [
        Judged(
            name=here.services.taxonomy[row.category].name,
            confirmed=row.confirmed,
            rejected=row.rejected,
            recategorised=row.recategorised,
        )
        for row in stats
    ]
