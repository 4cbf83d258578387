# SPDX-License-Identifier: EUPL-1.2
"""Reminds group admins by mail, and groups by the bot, of what is about to end; each once."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from buurtsignaal import voice
from buurtsignaal.announcing import AWAKE
from buurtsignaal.bootstrap import House, sample_key
from core.admin import LINK, Admin, AdminState, link_hash
from core.audit import AuditEvent, Tag
from core.clock import AMSTERDAM
from core.consent import ConsentState
from core.identity import new_id
from core.openlink import stop_mark
from core.tenant import Tenant
from ingest.texts import ALONE, dutch_date
from store.consent import Group
from store.outbox import OutboxRow
from store.work import Work

#: How long before the end of a term somebody hears of it, first and last.
TERM_ENDS = (timedelta(days=30), timedelta(days=7))
#: How long before the end of a trial admins and group hear of it.
TRIAL_ENDS = timedelta(days=7)
#: What ended longer ago is no news any more.
RECENT = timedelta(days=14)
#: How long somebody who was invited gets before they hear that their group waits.
INVITED = timedelta(days=3)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reminder:
    """One thing to say, to one admin or to the whole group."""

    group: Group
    #: Key of the text.
    text: str
    #: With the text and whom it is for: what makes it happen once.
    about: str
    #: The day that it speaks of.
    day: datetime
    #: None: the group itself.
    admin: Admin | None = None


def remind(house: House, speaking: frozenset[str]) -> int:
    """Put into the outbox what is due; return how much was new.

    The outbox knows each reminder once and for all, so neither a restart nor a second process
    says it again.
    """
    now = house.clock.now()
    if now.astimezone(AMSTERDAM).hour not in AWAKE:
        return 0
    with house.store.read() as work:
        if not any(_new(work, house, tenant, speaking) for tenant in house.tenants.values()):
            return 0

    def say(work: Work) -> int:
        return sum(
            _put(work, house, tenant, each)
            for tenant in house.tenants.values()
            for each in _new(work, house, tenant, speaking)
        )

    return house.store.attempt(say)


def _new(work: Work, house: House, tenant: Tenant, speaking: frozenset[str]) -> list[Reminder]:
    """Return what is due and was not said; its groups are held until the commit."""
    now = house.clock.now()
    held = work.consent.hold([group.id for group in work.consent.groups(tenant.slug)])
    admins = work.admins.list(tenant.slug)
    found: list[Reminder] = []
    for group in held.values():
        mine = [admin for admin in admins if admin.group_id == group.id]
        by_mail = [a for a in mine if tenant.mailer and a.contact and not a.quiet]
        found += [*_of_terms(group, mine, by_mail, now), *_of_trial(group, by_mail, now)]
        if group.source in speaking - ALONE:
            found += _to_group(group, now)
    keys = {_key(house, each): each for each in found}
    known = work.outbox.known(list(keys))
    return [each for key, each in keys.items() if key not in known]


def _of_terms(
    group: Group, admins: Sequence[Admin], by_mail: Sequence[Admin], now: datetime
) -> Iterator[Reminder]:
    alone = not any(admin.at(now) is AdminState.ACTIVE for admin in admins)
    for admin in by_mail:
        state, ends = admin.at(now), admin.expires_at
        if state is AdminState.ACTIVE and ends is not None:
            left = [span for span in TERM_ENDS if ends - now <= span]
            # Who hears of it late hears it once, as the last call.
            if left:
                about = f"{ends.isoformat()}|{min(left).days}"
                yield Reminder(
                    group=group, text="herinner_mail", about=about, day=ends, admin=admin
                )
        elif alone and state in (AdminState.EXPIRED, AdminState.INVITED):
            since = ends or admin.created_at + INVITED
            if since <= now < since + RECENT:
                yield Reminder(
                    group=group,
                    text="zonder_beheerder_mail",
                    about=since.isoformat(),
                    day=since,
                    admin=admin,
                )


def _of_trial(group: Group, by_mail: Sequence[Admin], now: datetime) -> Iterator[Reminder]:
    text, ends = _trial(group, now), group.consent.valid_until
    if not text or ends is None:
        return
    for admin in by_mail:
        if admin.at(now) is AdminState.ACTIVE:
            yield Reminder(
                group=group, text=f"{text}_mail", about=ends.isoformat(), day=ends, admin=admin
            )


def _to_group(group: Group, now: datetime) -> Iterator[Reminder]:
    text, ends = _trial(group, now), group.consent.valid_until
    if text and ends is not None:
        yield Reminder(group=group, text=text, about=ends.isoformat(), day=ends)


def _trial(group: Group, now: datetime) -> str:
    """Return which text a trial asks for now; empty: none."""
    consent = group.consent
    began, ends = consent.valid_from, consent.valid_until
    if consent.state is not ConsentState.GRANTED or began is None or ends is None:
        return ""
    if ends <= now < ends + RECENT:
        return "proef_voorbij"
    # A trial that is shorter than this has only just told when it ends.
    soon = now < ends <= now + TRIAL_ENDS and ends - began > TRIAL_ENDS
    return "proef_eindigt" if soon else ""


def _key(house: House, each: Reminder) -> str:
    whom = each.admin.id if each.admin else "-"
    return voice.once_key(house.salt, "herinnering", each.text, each.group.id, whom, each.about)


def _put(work: Work, house: House, tenant: Tenant, each: Reminder) -> int:
    now, key = house.clock.now(), _key(house, each)
    texts = house.municipalities[tenant.slug].texts
    day = dutch_date(each.day)
    if each.admin is None:
        said = texts.say(each.text, tenant, tot=day)
        return work.outbox.put([voice.reply(each.group, said, id=new_id(now), key=key, at=now)])
    admin, token = each.admin, secrets.token_urlsafe(32)
    mark = stop_mark(sample_key(house.settings), admin.id)
    base = house.settings.public_url.rstrip("/")
    text = texts.say(
        each.text,
        tenant,
        groep=each.group.name or "uw groep",
        tot=day,
        adres=f"{base}/beheerder/{token}",
        stopadres=f"{base}/herinneringen/{admin.id}/{mark}",
    )
    letter = OutboxRow(
        id=new_id(now),
        tenant=tenant.slug,
        kind="invite",
        target=tenant.mailer,
        payload={"source": "mail", "chat": admin.contact, "text": text, "reply_to": None},
        idempotency_key=key,
        created_at=now,
        due_at=now,
    )
    if work.outbox.put([letter]) == 0:
        return 0
    work.admins.invite(admin.id, link_hash(token), now, now + LINK)
    work.audit.write(
        AuditEvent(
            tag=Tag.ADMIN_REMINDED,
            tenant=tenant.slug,
            actor="system",
            object=f"admin/{admin.id}",
            at=now,
            detail={"about": each.text},
        )
    )
    return 1
