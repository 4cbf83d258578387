# SPDX-License-Identifier: EUPL-1.2
"""What people report on a form: into the line, or by mail to a municipality elsewhere."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from buurtsignaal.bootstrap import House
from buurtsignaal.connections import Connection
from buurtsignaal.elsewhere import Elsewhere
from buurtsignaal.settings import Environment
from core import errors
from core.clock import AMSTERDAM
from core.identity import new_id
from core.label import Category
from core.message import Batch
from core.outcome import Outcome
from dashboard.letters import GROUP, deed_key
from dashboard.report.form import Form, NotTaken, Sent, Taken, Way, kinds_of
from dashboard.report.house import load_house
from dashboard.report.wording import Wording, load_wordings
from ingest.connector import Submit
from ingest.connectors.report_form import ReportForm
from ingest.report_form import filed
from ingest.report_form.code import make_code, read_code, reference
from routing.handover import TARGET
from store.outbox import OutboxRow

#: What is asked for a municipality elsewhere, where nobody opened themes.
_ELSEWHERE = (Category.STRAATINTIMIDATIE,)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reporting:
    """The way in that the public pages use."""

    house: House
    submit: Submit
    forms: Mapping[str, Form]
    elsewhere: Mapping[str, Elsewhere]
    #: Signs tickets and makes follow codes; derived, so that there is one secret.
    secret: bytes

    def __repr__(self) -> str:
        return f"<Reporting {len(self.forms)} forms>"

    async def send(self, form: Form, sent: Sent) -> Taken:
        """Return after the commit; raise ``NotTaken`` when nothing was stored."""
        if form.way is Way.MAIL:
            await asyncio.to_thread(self._mail, form, sent)
            return Taken()
        code = make_code(self.secret, sent.seed)
        kinds = ", ".join(sent.wording.kind(kind) for kind in sent.own.kinds)
        report = filed.Filed(
            tenant=form.slug,
            reference=reference(code),
            text=filed.compose(sent.words, sent.place, kinds),
            own=sent.own,
            text_version=sent.wording.version,
        )
        outcome = await self._hand_in(filed.report(report, self._now()))
        return Taken(code=code, signal=next(iter(outcome.signals), ""))

    def find(self, code: str) -> tuple[Form, str] | None:
        """Return the form and the key of the message that a follow code belongs to."""
        known = read_code(code)
        if known is None:
            return None
        with self.house.store.read() as work:
            for form in self.forms.values():
                key = self._message_key(form, reference(known))
                if form.way is Way.LINE and work.signals.by_message(key) is not None:
                    return form, key
        return None

    def asked_as(self, question: str) -> str:
        """Return the key that an answer to this question names: under it, it was said."""
        return deed_key(question, GROUP)

    async def answer(self, form: Form, code: str, question: str, seed: str, text: str) -> None:
        """Hand an answer to the line."""
        batch = filed.answer(
            form.slug,
            reference=reference(read_code(code) or ""),
            question=self.asked_as(question),
            id=reference(seed),
            text=text,
            at=self._now(),
        )
        await self._hand_in(batch)

    async def withdraw(self, form: Form, code: str) -> None:
        """Erase all that was made of a report."""
        found = reference(read_code(code) or "")
        await self._pass_on(filed.withdrawal(form.slug, reference=found, at=self._now()))

    async def _hand_in(self, batch: Batch) -> Outcome:
        outcome = await self._pass_on(batch)
        if not (outcome.read or outcome.duplicates):
            # The form was closed, or the words cannot be read; nothing of it is stored.
            raise NotTaken
        return outcome

    async def _pass_on(self, batch: Batch) -> Outcome:
        failed: type[Exception]
        try:
            return await self.submit(batch)
        except Exception as error:  # noqa: BLE001 - its words could quote what was being stored
            failed = type(error)
        raise NotTaken(f"nothing was stored: {failed.__name__}")

    def _message_key(self, form: Form, found: str) -> str:
        return self.house.keys.message_key(form.slug, filed.SOURCE, filed.CHAT, found)

    def _mail(self, form: Form, sent: Sent) -> None:
        """Put the report, or a link to it, where the deliverer finds it; once for a ticket."""
        now = self._now()
        mailbox = self.elsewhere[form.slug].mailbox
        content = {
            "text": _letter(form, sent, now),
            "photo": base64.b64encode(sent.own.photo).decode(),
        }
        named = hmac.digest(self.secret, b"handover" + sent.seed.encode(), "sha256").hex()
        with self.house.store.write() as work:
            payload: Mapping[str, Any] = content
            if mailbox is None or not mailbox.encrypts:
                token = hmac.digest(self.secret, b"link" + sent.seed.encode(), "sha256").hex()
                id = hashlib.sha256(token.encode()).hexdigest()[:36]
                work.handovers.put(id, form.slug, token, content, now)
                base = self.house.settings.public_url.rstrip("/")
                payload = {"link": f"{base}/overdracht/{token}"}
            row = OutboxRow(
                id=new_id(now),
                tenant=form.slug,
                kind="handover",
                target=TARGET,
                payload=payload,
                idempotency_key=named,
                created_at=now,
                due_at=now,
            )
            work.outbox.put([row])

    def _now(self) -> datetime:
        return self.house.clock.now()


def build_reporting(
    house: House,
    submit: Submit,
    connections: list[Connection],
    elsewhere: Mapping[str, Elsewhere],
) -> Reporting:
    """Return the way in; ``ConfigurationError`` names what is odd in a ``form.toml``."""
    wordings = load_wordings()
    forms = {
        c.tenant: _form(house, c.tenant, c.connector, wordings)
        for c in connections
        if isinstance(c.connector, ReportForm)
    }
    forms |= {slug: _form_elsewhere(found, wordings) for slug, found in elsewhere.items()}
    secret = house.settings.pseudonym_secret.get_secret_value().encode()
    return Reporting(
        house=house,
        submit=submit,
        forms=forms,
        elsewhere=elsewhere,
        secret=hmac.digest(secret, b"buurtsignaal report form", "sha256"),
    )


def _form(house: House, slug: str, connector: ReportForm, wordings: Mapping[str, Wording]) -> Form:
    path = house.settings.tenants_dir / slug / "form.toml"
    look = load_house(path)
    today = house.clock.now().astimezone(AMSTERDAM).date()
    production = house.settings.environment is Environment.PRODUCTION
    if production and not look.knows_numbers(today):
        raise errors.ConfigurationError(
            f"{path}: check every telephone number that the form shows (data/help/help.toml and "
            "your own places), and write the day down as 'help_checked = 2026-11-21'; it counts "
            "for a year. Until then the form does not open"
        )
    own = {lang: w.of(look.texts.get(lang, {}), str(path)) for lang, w in wordings.items()}
    tenant = house.tenants[slug]
    return Form(
        slug=slug,
        name=tenant.name,
        way=Way.LINE,
        kinds=kinds_of(connector.themes, wordings["nl"]),
        wordings=own,
        house=look,
        tenant=tenant,
    )


def _form_elsewhere(found: Elsewhere, wordings: Mapping[str, Wording]) -> Form:
    return Form(
        slug=found.slug,
        name=found.name,
        way=Way.NOWHERE if found.mailbox is None else Way.MAIL,
        kinds=kinds_of(_ELSEWHERE, wordings["nl"]),
        wordings=wordings,
    )


_SAFE = {True: "ja", False: "NEE", None: "niet gezegd"}


def _letter(form: Form, sent: Sent, now: datetime) -> str:
    """Return the whole report as lines of Dutch, for people who do not know our screens."""
    own, dutch = sent.own, form.wordings["nl"]
    happened = own.happened_at
    lines = (
        f"Melding van een inwoner voor {form.name}",
        "",
        f"Wat gebeurde er: {', '.join(dutch.kind(kind) for kind in own.kinds)}",
        f"Waar: {sent.place or 'niet gezegd'}",
        f"Wanneer: {f'rond {_moment(happened)}' if happened else 'niet gezegd'}",
        f"Gemeld op: {_moment(now)}",
        f"De melder is: {own.part.value if own.part else 'niet gezegd'}",
        f"Was de melder veilig bij het melden: {_SAFE[own.safe]}",
        f"Contact: {own.contact or 'de melder blijft anoniem'}",
        "",
        "In eigen woorden:",
        sent.words or "niets opgeschreven",
    )
    return "\n".join(lines)


def _moment(at: datetime) -> str:
    return f"{at.astimezone(AMSTERDAM):%d-%m-%Y %H:%M}"
