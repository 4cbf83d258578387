# SPDX-License-Identifier: EUPL-1.2
"""What is changed beside the line is forgotten in the line: pages, commands, other processes."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np
import pytest

from buurtsignaal.bootstrap import House, build_pipeline
from buurtsignaal.changed import ChangedGroups
from buurtsignaal.grouping import change, withdraw
from buurtsignaal.pipeline import Pipeline
from buurtsignaal.shadow import Shadow
from classify.linker import Linker
from classify.thread import FEATURES
from core.clock import FrozenClock
from core.consent import ConsentEvent, ConsentKind
from core.message import Role
from core.verdict import Question, Verdict
from tests.buurtsignaal.conftest import TENANT, Chat, PlainClassifier


@pytest.fixture
def pipeline(house: House, classifier: PlainClassifier) -> Pipeline:
    weights = {"points back": 8.0, "newest thread": 1.0}
    linker = Linker(weights=np.array([weights.get(f, 0.0) for f in FEATURES]), intercept=-6.0)
    return build_pipeline(house, classifier, linker=linker)


@pytest.fixture
def changed(house: House, pipeline: Pipeline, consented: Chat) -> ChangedGroups:
    assert consented
    found = ChangedGroups(house.store, pipeline.forget)
    found.look()
    return found


def group_of(house: House) -> str:
    with house.store.read() as work:
        return work.consent.groups(TENANT)[0].id


def grant(house: House, clock: FrozenClock) -> None:
    now = clock.now()
    with house.store.write() as work:
        event = ConsentEvent(
            kind=ConsentKind.GRANTED, at=now, actor="bea", role=Role.ADMIN, valid_from=now
        )
        work.consent.append(group_of(house), event)


def test_in_strict_mode_nobody_elses_earlier_words_are_context(
    house: House,
    pipeline: Pipeline,
    changed: ChangedGroups,
    consented: Chat,
    classifier: PlainClassifier,
) -> None:
    pipeline.handle([consented.batch(consented.says("bij mij thuis", sender="chris"))])
    change(house, group_of(house), area=None, name=None, mode="only-yes")
    changed.look()
    consented.later(seconds=1)
    yes = consented.commands("weermee", sender="anna", role=Role.MEMBER)
    pipeline.handle([consented.batch(yes)])
    consented.later(seconds=1)
    pipeline.handle([consented.batch(consented.says("inbraak", sender="anna"))])
    assert [question.context for question in classifier.asked] == [(), ()]


def test_without_a_message_in_between_a_stop_on_a_page_is_heard_too(
    house: House,
    pipeline: Pipeline,
    changed: ChangedGroups,
    consented: Chat,
    clock: FrozenClock,
) -> None:
    pipeline.handle([consented.batch(consented.says("inbraak bij de buren"))])
    consented.later(minutes=1)
    withdraw(house, group_of(house), "brief 1")
    consented.later(minutes=1)
    grant(house, clock)
    changed.look()
    consented.later(minutes=1)
    pipeline.handle([consented.batch(consented.says("hij is terug, weer inbraak", sender="b"))])
    with house.store.read() as work:
        assert len({row.incident_id for row in work.signals.recent(TENANT, 10)}) == 2


class Slow(PlainClassifier):
    """Judges only when it may."""

    def __init__(self) -> None:
        super().__init__()
        self.busy, self.may = threading.Event(), threading.Event()

    def judge(self, questions: Sequence[Question]) -> list[Verdict]:
        self.busy.set()
        assert self.may.wait(timeout=10)
        return super().judge(questions)


def test_what_is_forgotten_while_the_line_is_busy_is_not_remembered_after_all(
    house: House, consented: Chat
) -> None:
    slow = Slow()
    line = build_pipeline(house, slow)
    first = consented.batch(consented.says("bij mij thuis"))
    thread = threading.Thread(target=lambda: line.handle([first]))
    thread.start()
    assert slow.busy.wait(timeout=10)
    line.forget(group_of(house))
    slow.may.set()
    thread.join(timeout=10)
    consented.later(seconds=1)
    line.handle([consented.batch(consented.says("inbraak"))])
    assert slow.asked[-1].context == ()


def test_what_waits_for_a_second_model_is_forgotten_too(house: House, consented: Chat) -> None:
    slow = Slow()
    shadow = Shadow(slow, house.store, house.clock)
    line = build_pipeline(house, PlainClassifier(), shadow=shadow)
    line.handle([consented.batch(consented.says("inbraak"))])
    assert slow.busy.wait(timeout=10)
    line.handle([consented.batch(consented.says("wij zijn weg"))])
    line.forget(group_of(house))
    slow.may.set()
    shadow.close()
    assert [question.text for question in slow.asked] == ["inbraak"]


def test_a_mode_that_a_command_changes_is_in_the_audit_log(house: House, consented: Chat) -> None:
    assert consented
    change(house, group_of(house), area=None, name=None, mode="only-yes")
    change(house, group_of(house), area=None, name="Andere naam", mode="only-yes")
    with house.store.read() as work:
        tags = [line.event.tag.value for line in work.audit.lines(TENANT, limit=50)]
    assert sum(tag == "group:mode:change" for tag in tags) == 1, tags
