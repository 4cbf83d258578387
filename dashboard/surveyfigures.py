# SPDX-License-Identifier: EUPL-1.2
"""What a questionnaire brought forth, without a count that points at a few people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.survey import Answered, Question, Survey
from dashboard import words
from dashboard.charts import shares
from dashboard.readings import FEW
from dashboard.spoken import Spoken, say
from store.work import Work

#: What hidden counts add up to at least, so that none of them follows from the others.
_COVER = 2 * FEW - 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """The answers to one question."""

    question: Question
    #: How many answered it; None: fewer than five, and then nothing else is told.
    answers: int | None
    #: By option, in order; None: too few, or it would tell of another one that is.
    counts: tuple[tuple[str, int | None], ...] = ()
    #: Of a scale, when no count is hidden.
    mean: float | None = None
    #: Masked open answers.
    words: tuple[str, ...] = ()
    picture: Spoken | None = None


def told(work: Work, survey: Survey) -> list[Told]:
    """Return what can be told about each question; call it only once a questionnaire is over."""
    counts = work.surveys.counts(survey.id)
    found = []
    for n, question in enumerate(survey.questions):
        if question.answered is Answered.OPEN:
            said = tuple(work.surveys.words(survey.id, n))
            enough = len(said) >= FEW
            found.append(
                Told(
                    question=question,
                    answers=len(said) if enough else None,
                    words=said if enough else (),
                )
            )
        else:
            mine = counts.get(n, {})
            found.append(_chosen(question, [mine.get(o, 0) for o in range(len(question.options))]))
    return found


def tellable(counts: Sequence[int]) -> list[int | None]:
    """Return the counts, without the small ones and without those that would give them away.

    The sum is known. One hidden count would follow from it, and so would several very small
    ones; then the next smallest is hidden as well.
    """
    shown: list[int | None] = [None if 0 < n < FEW else n for n in counts]
    while None in shown:
        hidden = [n for n, told in zip(counts, shown, strict=True) if told is None]
        left = [n for n in shown if n]
        if (len(hidden) > 1 and sum(hidden) >= _COVER) or not left:
            break
        shown[shown.index(min(left))] = None
    return shown


def _chosen(question: Question, counts: Sequence[int]) -> Told:
    total = sum(counts)
    if total < FEW:
        return Told(question=question, answers=None)
    shown = tellable(counts)
    exact = None not in shown
    scale = question.answered is Answered.SCALE
    options = [
        words.named(o) if question.answered is Answered.YES_NO else o for o in question.options
    ]
    rows = tuple(zip(options, shown, strict=True))
    return Told(
        question=question,
        answers=total,
        counts=rows,
        mean=sum(n * (i + 1) for i, n in enumerate(counts)) / total if exact and scale else None,
        picture=shares(question.text, [(o, (n or 0) / total, _said(n, total)) for o, n in rows]),
    )


def _said(n: int | None, total: int) -> str:
    return say("niet getoond") if n is None else f"{n} (" + words.number(100 * n / total, 0) + "%)"
