# SPDX-License-Identifier: EUPL-1.2
"""A researcher's questionnaires: made, ended, answered; each deed one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from uuid import uuid4

from core import errors
from core.admin import link_hash
from core.audit import AuditEvent, Tag
from core.clock import AMSTERDAM
from core.consent import ConsentState
from core.identity import MakeId, new_id
from core.openlink import open_token
from core.survey import (
    LONGEST,
    MOST_ANSWERS,
    MOST_QUESTIONS,
    QUESTION,
    WORDS,
    Answered,
    Question,
    Survey,
    SurveyState,
)
from core.tenant import Tenant
from dashboard.auth import Visitor
from dashboard.forms import Form
from dashboard.services import Services
from dashboard.spoken import say
from ingest.texts import ALONE
from store.consent import Group
from store.work import Work


class Surveying:
    """Nothing is kept of who answered; an open answer is masked before it is stored."""

    def __init__(self, services: Services, make_id: MakeId = new_id) -> None:
        self._services = services
        self._make_id = make_id

    def groups(self, work: Work, tenant: Tenant) -> list[Group]:
        """Return the groups that can be asked: those that take part now."""
        now = self._services.clock.now()
        found = work.consent.groups(tenant.slug)
        return [
            group
            for group in found
            if group.source not in ALONE and group.consent.at(now) is ConsentState.GRANTED
        ]

    def make(self, who: Visitor, form: Form) -> Survey:
        """Schedule a questionnaire as it was filled in; ``BadInput`` says what to mend."""
        now = self._services.clock.now()
        starts_at, ends_at = _span(form, now)
        survey = Survey(
            id=self._make_id(now),
            tenant=who.tenant.slug,
            title=form.text("titel", longest=100),
            purpose=form.text("doel", longest=300),
            questions=_questions(form),
            groups=tuple(
                name.removeprefix("groep-") for name in form.fields if name.startswith("groep-")
            ),
            made_by=who.username,
            made_at=now,
            starts_at=starts_at,
            ends_at=ends_at,
        )
        survey.check()
        with self._services.store.write() as work:
            known = {group.id for group in self.groups(work, who.tenant)}
            if not known.issuperset(survey.groups):
                raise errors.BadInput(say("Kies groepen die nu meedoen."))
            hashes = {g: link_hash(self.token(survey.id, g)) for g in survey.groups}
            work.surveys.add(survey, hashes)
            self._audit(work, who, Tag.SURVEY_MADE, survey.id, now, groups=len(survey.groups))
        return survey

    def stop(self, who: Visitor, survey_id: str) -> None:
        """End a questionnaire before its day; its results stay."""
        now = self._services.clock.now()
        with self._services.store.write() as work:
            survey = work.surveys.get(who.tenant.slug, survey_id)
            if survey.state(now) is not SurveyState.OVER and work.surveys.stop(survey.id, now):
                self._audit(work, who, Tag.SURVEY_STOPPED, survey.id, now)

    def consulted(self, who: Visitor, survey_id: str) -> None:
        """Write down that somebody reads the answers."""
        now = self._services.clock.now()
        with self._services.store.write() as work:
            self._audit(work, who, Tag.SURVEY_CONSULTED, survey_id, now)

    def token(self, survey_id: str, group_id: str) -> str:
        """Return what stands in the link that a group shares."""
        return open_token(self._services.sample_key, "survey", survey_id, group_id)

    def link(self, survey_id: str, group_id: str) -> str:
        """Return the address that a group shares."""
        base = self._services.settings.public_url.rstrip("/")
        return f"{base}/vragenlijst/{self.token(survey_id, group_id)}"

    def answer(self, survey: Survey, seed: str, form: Form) -> bool:
        """Take one page of answers in, once; False when nothing was filled in.

        ``seed`` names the page. Raises ``BadInput`` when the questionnaire is over.
        """
        picks = _picks(survey, form)
        words = {n: (str(uuid4()), self._services.hides(t)) for n, t in _words(survey, form)}
        if not (picks or words):
            return False
        page = hashlib.sha256(f"{survey.id}|{seed}".encode()).hexdigest()
        with self._services.store.write() as work:
            # Read again: it may have ended while somebody was writing.
            now = self._services.clock.now()
            if work.surveys.get(survey.tenant, survey.id).state(now) is not SurveyState.OPEN:
                raise errors.BadInput(say("Deze vragenlijst is voorbij."))
            if work.surveys.answers(survey.id) >= MOST_ANSWERS:
                raise errors.Overloaded(
                    say("Er zijn al heel veel antwoorden. Wij sluiten de lijst.")
                )
            work.surveys.answer(survey.id, page, picks=picks, words=words)
        return True

    def _audit(
        self, work: Work, who: Visitor, tag: Tag, survey: str, now: datetime, **detail: int
    ) -> None:
        event = AuditEvent(
            tag=tag,
            tenant=who.tenant.slug,
            actor=who.username,
            object=f"survey/{survey}",
            at=now,
            origin="web",
            detail=detail,
        )
        work.audit.write(event)


def field_of(question: int) -> str:
    """Return the name of the field of a question, which is counted from 0."""
    return f"antwoord{question + 1}"


def _questions(form: Form) -> tuple[Question, ...]:
    found = []
    for n in range(1, MOST_QUESTIONS + 1):
        text = form.text(f"vraag{n}", longest=QUESTION)
        kind = form.text(f"soort{n}") or Answered.SCALE.value
        if kind not in set(Answered):
            raise errors.BadInput(say("Kies hoe de vraag wordt beantwoord."))
        lines = form.text(f"keuzes{n}", longest=1_000).splitlines()
        choices = tuple(line.strip() for line in lines if line.strip())
        chosen = choices if kind == Answered.CHOICE.value else ()
        if text:
            found.append(Question(answered=Answered(kind), text=text, choices=chosen))
    return tuple(found)


def _span(form: Form, now: datetime) -> tuple[datetime, datetime]:
    """Return begin and end: both days count, and today begins now."""
    today = now.astimezone(AMSTERDAM).date()
    try:
        first = date.fromisoformat(form.text("van"))
        last = date.fromisoformat(form.text("tot"))
    except ValueError:
        raise errors.BadInput(say("Vul een begin en een einde in.")) from None
    if first < today or last < first or last - first >= LONGEST:
        raise errors.BadInput(
            say(
                "Begin vandaag of later. Het einde is hoogstens %(days)s dagen na het begin.",
                days=LONGEST.days,
            )
        )
    starts_at = now if first == today else datetime.combine(first, time(0), AMSTERDAM)
    return starts_at, datetime.combine(last + timedelta(days=1), time(0), AMSTERDAM)


def _picks(survey: Survey, form: Form) -> Mapping[int, int]:
    found = {}
    for n, question in enumerate(survey.questions):
        given = form.text(field_of(n), longest=WORDS)
        if question.answered is Answered.OPEN or not given:
            continue
        if not given.isascii() or not given.isdigit() or int(given) >= len(question.options):
            raise errors.BadInput(say("Kies een antwoord uit de lijst."))
        found[n] = int(given)
    return found


def _words(survey: Survey, form: Form) -> Sequence[tuple[int, str]]:
    found = [
        (n, form.text(field_of(n), longest=WORDS))
        for n, question in enumerate(survey.questions)
        if question.answered is Answered.OPEN
    ]
    return [(n, text) for n, text in found if text]
