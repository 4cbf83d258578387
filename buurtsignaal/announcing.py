# SPDX-License-Identifier: EUPL-1.2
"""The bot says once a month that it reads, so that who came later knows it too."""

from __future__ import annotations

from datetime import datetime

from buurtsignaal import voice
from buurtsignaal.bootstrap import House
from core.clock import AMSTERDAM
from core.consent import ConsentState
from core.identity import new_id
from ingest.pseudonym import period
from ingest.texts import ALONE, dutch_date
from store.consent import Group
from store.outbox import OutboxRow
from store.work import Work

#: Hours of the day (Dutch time) in which it may be said.
AWAKE = range(10, 20)


def announce(house: House, speaking: frozenset[str]) -> int:
    """Say it in every group in which it was not said this month; return in how many.

    The outbox knows each month of each group once and for all, so neither a restart nor a
    second process says it again.
    """
    now = house.clock.now()
    if now.astimezone(AMSTERDAM).hour not in AWAKE:
        return 0
    with house.store.read() as work:
        if not any(_due(work, slug, speaking, now) for slug in house.tenants):
            return 0

    def say(work: Work) -> int:
        rows = [
            _row(house, group, now)
            for slug in house.tenants
            for group in _due(work, slug, speaking, now)
        ]
        return work.outbox.put(rows)

    return house.store.attempt(say)


def _due(work: Work, tenant: str, speaking: frozenset[str], now: datetime) -> list[Group]:
    """Return the groups that are read since an earlier month: this month they were just told.

    They are held, so that none of them stops before this and hears it after that.
    """
    groups = [g for g in work.consent.groups(tenant) if g.source in speaking - ALONE]
    held = work.consent.hold([group.id for group in groups])
    return [group for group in held.values() if _is_read(group, now)]


def _is_read(group: Group, now: datetime) -> bool:
    since = group.consent.valid_from
    granted = group.consent.at(now) is ConsentState.GRANTED
    return granted and since is not None and period(since) < period(now)


def _row(house: House, group: Group, now: datetime) -> OutboxRow:
    tenant = house.tenants[group.tenant]
    texts = house.municipalities[group.tenant].texts
    since = dutch_date(group.consent.valid_from or now)
    strict = ("streng",) if group.mode == "only-yes" else ()
    said = [texts.say(key, tenant, sinds=since) for key in ("maandelijks", *strict)]
    return voice.reply(
        group,
        "\n\n".join(said),
        id=new_id(now),
        key=voice.once_key(house.salt, "maandelijks", group.id, period(now)),
        at=now,
    )
