# SPDX-License-Identifier: EUPL-1.2
"""The straight line, on a real database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from buurtsignaal.bootstrap import House
from buurtsignaal.pipeline import Pipeline
from core import errors
from core.clock import FrozenClock
from core.incident import IncidentState
from core.label import Category, Queue
from core.message import Change, Role
from store.signalrow import SignalRow
from tests.buurtsignaal.conftest import TENANT, Chat, PlainClassifier


def queue(house: House, name: Queue = Queue.MELDKAMER) -> list[SignalRow]:
    with house.store.read() as work:
        return work.signals.queue(TENANT, name, with_text=True)


def test_without_consent_the_classifier_is_never_asked(
    pipeline: Pipeline, chat: Chat, classifier: PlainClassifier, house: House
) -> None:
    outcome = pipeline.handle([chat.batch(chat.says("inbraak bij de buren"))])[0]

    assert (outcome.read, outcome.dropped) == (0, 1)
    assert classifier.asked == []
    assert queue(house) == []


def test_a_signal_of_a_consented_group_reaches_the_police_queue(
    pipeline: Pipeline, consented: Chat, house: House
) -> None:
    outcome = pipeline.handle([consented.batch(consented.says("inbraak op nummer 4"))])[0]

    [signal] = queue(house)
    assert outcome.signals == (signal.id,)
    assert signal.category is Category.INBRAAK
    assert signal.text == "inbraak op nummer 4"
    assert signal.route[-1] == "politie"


def test_a_municipal_signal_reaches_the_municipal_queue(
    pipeline: Pipeline, consented: Chat, house: House
) -> None:
    pipeline.handle([consented.batch(consented.says("afval naast de bak"))])

    assert [s.category for s in queue(house, Queue.HANDHAVING)] == [Category.AFVAL]
    assert queue(house) == []


def test_small_talk_leaves_only_a_count(pipeline: Pipeline, consented: Chat, house: House) -> None:
    outcome = pipeline.handle([consented.batch(consented.says("wie heeft er een ladder"))])[0]

    assert (outcome.read, outcome.signals) == (1, ())
    with house.store.read() as work:
        group = work.consent.find(TENANT, "telegram", "-1001")
        assert group is not None
        assert [(r.kind, r.n) for r in work.counters.per_day(group.id, "2026-01-01")] == [
            ("read", 1)
        ]


def test_after_stop_the_classifier_is_never_asked_again(
    pipeline: Pipeline, consented: Chat, classifier: PlainClassifier
) -> None:
    pipeline.handle([consented.batch(consented.commands("stop"))])
    outcome = pipeline.handle([consented.batch(consented.says("inbraak"))])[0]

    assert outcome.dropped == 1
    assert classifier.asked == []


def test_a_stop_in_the_same_commit_also_stops_what_came_just_before_it(
    pipeline: Pipeline, consented: Chat, classifier: PlainClassifier, house: House
) -> None:
    said = consented.batch(consented.says("inbraak"))
    stopped = consented.batch(consented.commands("stop"))

    outcomes = pipeline.handle([said, stopped])

    assert outcomes[0].dropped == 1
    assert classifier.asked == []
    assert queue(house) == []


def test_the_same_message_twice_gives_one_signal(
    pipeline: Pipeline, consented: Chat, house: House
) -> None:
    batch = consented.batch(consented.says("inbraak"))

    first, again = pipeline.handle([batch, batch])
    later = pipeline.handle([batch])[0]

    assert len(queue(house)) == 1
    assert (first.duplicates, again.duplicates, later.duplicates) == (0, 1, 1)


def test_the_cursor_moves_with_the_signals(
    pipeline: Pipeline, consented: Chat, house: House
) -> None:
    pipeline.handle([consented.batch(consented.says("inbraak"), cursor="43")])

    with house.store.read() as work:
        assert work.cursors.get(TENANT, "telegram", "bot") == "43"


def test_a_failed_transaction_keeps_nothing_not_even_the_context(
    pipeline: Pipeline, consented: Chat, classifier: PlainClassifier, house: House
) -> None:
    good = consented.batch(consented.says("wie hoort dat glas"), cursor="43")
    unknown = replace(good, tenant="elders")

    with pytest.raises(errors.NotFound):
        pipeline.handle([good, unknown])

    classifier.asked.clear()
    pipeline.handle([good])
    assert classifier.asked[0].context == ()


def test_the_classifier_sees_the_earlier_messages_of_the_same_chat_only(
    pipeline: Pipeline, consented: Chat, classifier: PlainClassifier, clock: FrozenClock
) -> None:
    other = Chat(clock, chat="-2002")
    pipeline.handle([other.batch(other.commands("toestemming"))])
    consented.later(seconds=1)
    pipeline.handle([consented.batch(consented.says("er staat iemand bij de schuur"))])
    pipeline.handle([other.batch(other.says("lekker weer"))])
    pipeline.handle([consented.batch(consented.says("nu loopt hij weg"))])

    assert classifier.asked[-1].context == ("er staat iemand bij de schuur",)


def test_one_message_that_breaks_the_classifier_does_not_stop_the_others(
    pipeline: Pipeline, consented: Chat, house: House, caplog: pytest.LogCaptureFixture
) -> None:
    batch = consented.batch(
        consented.says("inbraak een"), consented.says("kapot"), consented.says("geweld twee")
    )

    outcome = pipeline.handle([batch])[0]

    assert len(outcome.signals) == 2
    assert outcome.dropped == 1
    assert "kapot" not in caplog.text


def test_on_spoed_the_group_is_told_to_call_112_once_for_each_incident(
    pipeline: Pipeline, consented: Chat, house: House, clock: FrozenClock
) -> None:
    pipeline.handle([consented.batch(consented.says("geweld spoed op het plein"))])
    pipeline.handle([consented.batch(consented.says("geweld spoed nog steeds"))])

    with house.store.write() as work:
        rows = work.outbox.claim(clock.now(), timedelta(seconds=5), 10)
    urgent = [r for r in rows if "112" in (r.payload or {}).get("text", "") and r.signal_id]
    assert len(urgent) == 1
    assert urgent[0].payload is not None
    assert urgent[0].payload["chat"] == "-1001"


def test_two_signals_about_one_event_share_an_incident(
    pipeline: Pipeline, consented: Chat, house: House
) -> None:
    pipeline.handle([consented.batch(consented.says("inbraak hiernaast nu"))])
    consented.later(minutes=2)
    pipeline.handle([consented.batch(consented.says("inbraak ja ik zie het ook"))])

    first, second = queue(house)
    assert first.incident_id == second.incident_id


def test_solved_closes_the_incident_and_is_itself_no_signal(
    pipeline: Pipeline, consented: Chat, house: House
) -> None:
    pipeline.handle([consented.batch(consented.says("inbraak hiernaast"))])
    consented.later(minutes=2)
    outcome = pipeline.handle([consented.batch(consented.says("is opgelost"))])[0]

    assert outcome.signals == ()
    [signal] = queue(house)
    with house.store.read() as work:
        assert work.incidents.get(signal.incident_id).state is IncidentState.CLOSED


def test_an_edit_changes_the_signal_and_keeps_its_place(
    pipeline: Pipeline, consented: Chat, house: House
) -> None:
    message = consented.says("inbraak op 4")
    pipeline.handle([consented.batch(message)])
    edit = replace(message, text="inbraak op 14", change=Change.EDIT, revision="2")

    pipeline.handle([consented.batch(edit)])

    [signal] = queue(house)
    assert signal.text == "inbraak op 14"
    assert signal.edited


def test_an_edit_into_small_talk_is_left_to_a_person(
    pipeline: Pipeline, consented: Chat, house: House
) -> None:
    message = consented.says("inbraak op 4")
    edit = replace(message, text="laat maar", change=Change.EDIT, revision="2")

    pipeline.handle([consented.batch(message, edit)])

    [signal] = queue(house)
    assert signal.category is Category.INBRAAK
    assert signal.review


def test_a_deleted_message_is_erased(pipeline: Pipeline, consented: Chat, house: House) -> None:
    message = consented.says("inbraak op 4")
    pipeline.handle([consented.batch(message)])

    pipeline.handle([consented.batch(replace(message, text="", change=Change.DELETE))])

    assert queue(house) == []


def test_a_pilot_stops_by_itself_at_its_end(
    pipeline: Pipeline, chat: Chat, classifier: PlainClassifier
) -> None:
    pipeline.handle([chat.batch(chat.commands("toestemming", argument="7 dagen"))])
    chat.later(days=6, hours=23)
    pipeline.handle([chat.batch(chat.says("inbraak"))])
    chat.later(hours=2)
    pipeline.handle([chat.batch(chat.says("inbraak alweer"))])

    assert [question.text for question in classifier.asked] == ["inbraak"]


def test_a_member_who_says_no_is_not_read(
    pipeline: Pipeline, consented: Chat, classifier: PlainClassifier
) -> None:
    stop = consented.commands("vergeetmij", sender="cor", role=Role.MEMBER)
    pipeline.handle([consented.batch(stop)])
    consented.later(seconds=1)
    pipeline.handle([consented.batch(consented.says("inbraak", sender="cor"))])
    pipeline.handle([consented.batch(consented.says("inbraak", sender="dina"))])

    assert len(classifier.asked) == 1


def test_after_a_member_is_forgotten_nobodys_earlier_words_serve_as_context(
    pipeline: Pipeline, consented: Chat, classifier: PlainClassifier
) -> None:
    pipeline.handle([consented.batch(consented.says("mijn buurman is raar", sender="cor"))])
    forget = consented.commands("vergeetmij", sender="cor", role=Role.MEMBER)
    pipeline.handle([consented.batch(forget)])
    consented.later(seconds=1)
    pipeline.handle([consented.batch(consented.says("wat is er", sender="dina"))])

    assert classifier.asked[-1].context == ()
