# SPDX-License-Identifier: EUPL-1.2
"""A conversation is read in its order; nothing later, and no other chat, changes an answer."""

from __future__ import annotations

import pytest

from classify import conversation
from classify.conversation import Conversations
from classify.lines import Line
from classify.pipeline import TrainedClassifier
from core.label import Category
from core.message import Origin


def line(text: str, chat: str | None = "a") -> Line:
    return Line(id=text[:9], text=text, chat=chat, sender=None, sent_at=None, origin=Origin.CHAT)


def conversations(classifier: TrainedClassifier) -> Conversations:
    return Conversations(classifier, classifier.linker)


BREAK_IN = line("Er klimt nu iemand met een koevoet door het raam bij nr 14, bel 112")
ROUTE = line("hij rent nu richting de Lidl, zwarte jas")
LAMP = line("De lantaarnpaal op het Wilgenplein is al weken stuk, levensgevaarlijk donker")
LADDER = line("Heeft iemand een ladder te leen?")


def test_a_message_takes_the_category_of_the_incident_that_it_adds_to(
    classifier: TrainedClassifier,
) -> None:
    answers = conversations(classifier).judge([BREAK_IN, ROUTE])
    assert [v.category for v, _ in answers] == [Category.INBRAAK] * 2
    assert answers[0][1] == answers[1][1] is not None


@pytest.mark.parametrize("follow_up", ["hij loopt nu richting de Lidl", "zwarte jas, capuchon"])
def test_small_talk_in_between_hides_no_follow_up(
    classifier: TrainedClassifier, follow_up: str
) -> None:
    first = line("Vannacht is er ingebroken bij nummer 14, de inbreker is nog binnen")
    answers = conversations(classifier).judge([first, line("Goedemorgen"), line(follow_up)])
    assert answers[2][0].category is Category.INBRAAK
    assert answers[2][1] == answers[0][1] is not None


@pytest.mark.parametrize("follow_up", ["hij loopt nu richting de Lidl", "zwarte jas, capuchon"])
def test_a_follow_up_takes_the_category_of_what_was_said_just_before(
    classifier: TrainedClassifier, follow_up: str
) -> None:
    first = line("Vannacht is er ingebroken bij nummer 14, de inbreker is nog binnen")
    answers = conversations(classifier).judge([line("Goedemorgen"), first, line(follow_up)])
    assert answers[0][1] is None
    assert [verdict.category for verdict, _ in answers[1:]] == [Category.INBRAAK] * 2
    assert answers[2][1] == answers[1][1]


def test_two_incidents_stay_apart(classifier: TrainedClassifier) -> None:
    again = line("Nu breekt hij bij nr 14 ook de achterdeur open met die koevoet!")
    answers = conversations(classifier).judge([BREAK_IN, LAMP, again])
    first, second, third = (incident for _, incident in answers)
    assert first == third != second


def test_false_alarm_belongs_to_the_incident_that_it_ends(classifier: TrainedClassifier) -> None:
    over = line("Loos alarm mensen, het was de glazenzetter van nr 14")
    answers = conversations(classifier).judge([LADDER, BREAK_IN, over])
    assert answers[0][1] is None
    assert answers[2][0].category is Category.GEEN
    assert answers[2][1] == answers[1][1]


def test_other_chats_and_lines_without_a_chat_are_no_context(classifier: TrainedClassifier) -> None:
    elsewhere = [line(ROUTE.text, chat="b"), line(ROUTE.text, chat=None)]
    answers = conversations(classifier).judge([BREAK_IN, *elsewhere])
    alone = conversations(classifier).judge(elsewhere)
    assert [v for v, _ in answers[1:]] == [v for v, _ in alone]
    assert answers[2][1] is None


def test_answers_do_not_depend_on_how_lines_are_batched(classifier: TrainedClassifier) -> None:
    lines = [BREAK_IN, LADDER, LAMP, ROUTE, line("nog steeds donker bij het plein")]
    together = conversations(classifier).judge(lines)
    apart = conversations(classifier)
    assert together == [apart.judge([one])[0] for one in lines]


def test_memory_is_bounded_by_the_number_of_chats(
    classifier: TrainedClassifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversation, "CHATS", 3)
    read = conversations(classifier)
    read.judge([line(BREAK_IN.text, chat=str(number)) for number in range(9)])
    assert len(read._texts) == 3
    assert len(read._follower._chats) == 3
