# SPDX-License-Identifier: EUPL-1.2
"""Asks groups to answer a researcher's questionnaire: once each, by day, in their own channel."""

from __future__ import annotations

from buurtsignaal import voice
from buurtsignaal.announcing import AWAKE
from buurtsignaal.bootstrap import House, sample_key
from core.audit import AuditEvent, Tag
from core.clock import AMSTERDAM
from core.consent import ConsentState
from core.identity import new_id
from core.openlink import open_token
from core.survey import Survey, SurveyState
from ingest.texts import dutch_date
from store.consent import Group
from store.work import Work


def ask(house: House, speaking: frozenset[str]) -> int:
    """Ask every group that takes part, has a voice and was not asked; return how many."""
    if house.clock.now().astimezone(AMSTERDAM).hour not in AWAKE:
        return 0
    with house.store.read() as work:
        if not any(_waiting(work, house, slug, speaking) for slug in house.tenants):
            return 0

    def say(work: Work) -> int:
        return sum(
            _ask(work, house, survey, group)
            for slug in house.tenants
            for survey, group in _waiting(work, house, slug, speaking)
        )

    return house.store.attempt(say)


def _waiting(
    work: Work, house: House, tenant: str, speaking: frozenset[str]
) -> list[tuple[Survey, Group]]:
    now = house.clock.now()
    found = []
    for survey in work.surveys.of_tenant(tenant):
        if survey.state(now) is SurveyState.OPEN:
            # Held, so that no group stops before this and hears it after that.
            held = work.consent.hold(work.surveys.unsent(survey.id)).values()
            found += [(survey, group) for group in held if group.source in speaking]
    return [(s, g) for s, g in found if g.consent.at(now) is ConsentState.GRANTED]


def _ask(work: Work, house: House, survey: Survey, group: Group) -> int:
    now, tenant = house.clock.now(), house.tenants[survey.tenant]
    if not work.surveys.sent(survey.id, group.id, now):
        return 0
    token = open_token(sample_key(house.settings), "survey", survey.id, group.id)
    text = house.municipalities[tenant.slug].texts.say(
        "vragenlijst",
        tenant,
        titel=survey.title,
        tot=dutch_date(survey.last),
        adres=f"{house.settings.public_url.rstrip('/')}/vragenlijst/{token}",
    )
    key = voice.once_key(house.salt, "vragenlijst", survey.id, group.id)
    work.audit.write(
        AuditEvent(
            tag=Tag.SURVEY_SENT,
            tenant=tenant.slug,
            actor="system",
            object=f"survey/{survey.id}",
            at=now,
            detail={"group": group.id},
        )
    )
    return work.outbox.put([voice.reply(group, text, id=new_id(now), key=key, at=now)])
