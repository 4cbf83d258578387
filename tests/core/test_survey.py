# SPDX-License-Identifier: EUPL-1.2
"""A questionnaire is short, ends by itself and can be answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core import errors
from core.survey import LONGEST, Answered, Question, Survey, SurveyState
from tests.store_samples import NOW, TENANT

YES_NO = Question(answered=Answered.YES_NO, text="Helpt het?")
SURVEY = Survey(
    id="s1",
    tenant=TENANT,
    title="De proef",
    purpose="weten of het helpt",
    questions=(YES_NO,),
    groups=("g1",),
    made_by="noor",
    made_at=NOW,
    starts_at=NOW + timedelta(days=1),
    ends_at=NOW + timedelta(days=8),
)


def test_it_begins_and_ends_by_the_clock_and_can_be_stopped() -> None:
    for days, state in ((0, "gepland"), (1, "open"), (7, "open"), (8, "voorbij")):
        assert SURVEY.state(NOW + timedelta(days=days)) == SurveyState(state)
    stopped = replace(SURVEY, stopped_at=NOW + timedelta(days=2))
    assert stopped.state(NOW + timedelta(days=3)) is SurveyState.OVER


@pytest.mark.parametrize(
    "changed",
    [
        {"title": ""},
        {"purpose": ""},
        {"questions": ()},
        {"questions": (YES_NO,) * 9},
        {"groups": ()},
        {"ends_at": NOW + timedelta(days=1)},
        {"ends_at": NOW + timedelta(days=1) + LONGEST + timedelta(seconds=1)},
        {"starts_at": NOW - timedelta(days=9), "ends_at": NOW},
        {"questions": (replace(YES_NO, text="x" * 201),)},
        {"questions": (Question(answered=Answered.CHOICE, text="Wat?", choices=("a",)),)},
        {"questions": (Question(answered=Answered.CHOICE, text="Wat?", choices=("a", "a")),)},
        {"questions": (Question(answered=Answered.CHOICE, text="Wat?", choices=("a", "b" * 81)),)},
    ],
)
def test_one_that_must_not_be_is_refused(changed: dict[str, Any]) -> None:
    SURVEY.check()
    with pytest.raises(errors.BadInput):
        replace(SURVEY, **changed).check()
