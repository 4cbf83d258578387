# SPDX-License-Identifier: EUPL-1.2
"""A short questionnaire for groups in a pilot: no names, few questions, an end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core import errors

#: Questions of one questionnaire; more are not answered well.
MOST_QUESTIONS = 8
#: Longest question, choice and open answer, in characters.
QUESTION, CHOICE, WORDS = 200, 80, 300
MOST_CHOICES = 6
#: Days that a questionnaire may be open.
LONGEST = timedelta(days=60)
#: How long masked open answers stay after its end.
KEPT = timedelta(days=90)
#: Answers that one questionnaire takes; beyond it something else than people answers.
MOST_ANSWERS = 5_000


class Answered(StrEnum):
    """How a question is answered."""

    SCALE = "schaal"
    YES_NO = "ja-nee"
    CHOICE = "keuze"
    OPEN = "open"


class SurveyState(StrEnum):
    """Where a questionnaire stands."""

    PLANNED = "gepland"
    OPEN = "open"
    OVER = "voorbij"


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """One question."""

    answered: Answered
    text: str
    #: For a choice only.
    choices: tuple[str, ...] = ()

    @property
    def options(self) -> tuple[str, ...]:
        """Return what can be chosen, in order; none for an open question."""
        if self.answered is Answered.SCALE:
            return ("1", "2", "3", "4", "5")
        return ("Ja", "Nee") if self.answered is Answered.YES_NO else self.choices

    def check(self) -> None:
        """Raise ``BadInput`` for a question that nobody can answer."""
        if not self.text or len(self.text) > QUESTION:
            raise errors.BadInput(f"Een vraag heeft 1 tot en met {QUESTION} tekens.")
        if self.answered is not Answered.CHOICE:
            return
        if not 2 <= len(self.choices) <= MOST_CHOICES or len(set(self.choices)) < len(self.choices):
            raise errors.BadInput(f"Geef 2 tot en met {MOST_CHOICES} verschillende keuzes.")
        if any(len(choice) > CHOICE for choice in self.choices):
            raise errors.BadInput(f"Een keuze heeft hoogstens {CHOICE} tekens.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Survey:
    """What is asked, of which groups, and from when until when."""

    id: str
    tenant: str
    title: str
    #: What the answers are for; people read it before they answer.
    purpose: str
    questions: tuple[Question, ...]
    #: Our group ids.
    groups: tuple[str, ...]
    #: Account name.
    made_by: str
    made_at: datetime
    starts_at: datetime
    #: From this moment on nobody can answer any more.
    ends_at: datetime
    #: When somebody ended it early.
    stopped_at: datetime | None = None

    def state(self, now: datetime) -> SurveyState:
        """Return the state at ``now``: it begins and ends by the clock alone."""
        if self.stopped_at is not None or now >= self.ends_at:
            return SurveyState.OVER
        return SurveyState.OPEN if now >= self.starts_at else SurveyState.PLANNED

    @property
    def last(self) -> datetime:
        """Return the last moment at which it can be answered; its day is the last day."""
        return self.ends_at - timedelta(seconds=1)

    def check(self) -> None:
        """Raise ``BadInput`` for a questionnaire that must not be."""
        if not (self.title and self.purpose):
            raise errors.BadInput("Vul een titel in, en waar de antwoorden voor zijn.")
        if not 1 <= len(self.questions) <= MOST_QUESTIONS:
            raise errors.BadInput(f"Stel 1 tot en met {MOST_QUESTIONS} vragen.")
        if not self.groups:
            raise errors.BadInput("Kies ten minste één groep.")
        if not timedelta() < self.ends_at - self.starts_at <= LONGEST:
            raise errors.BadInput(
                f"Kies een einde na het begin, hoogstens {LONGEST.days} dagen later."
            )
        if self.ends_at <= self.made_at:
            raise errors.BadInput("Het einde is al geweest.")
        for question in self.questions:
            question.check()
