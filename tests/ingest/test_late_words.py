# SPDX-License-Identifier: EUPL-1.2
"""Commands that come late, twice, edited or with an odd date never open what was closed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from core.audit import Result, Tag
from core.consent import ConsentState
from core.message import Joined, Moved, Removed, Role
from core.signal import SignalState
from ingest.admission import Reason
from store.consent import Group
from store.retention import Rules, sweep
from tests.ingest.house import CHAT, SOURCE, House, command, message
from tests.ingest.test_deeds import as_signals, audit, group_of, signal, state

NEW_CHAT = "-200"


def ago(house: House, **step: float) -> datetime:
    return house.clock.now() - timedelta(**step)


def test_an_older_toestemming_that_comes_late_does_not_undo_a_stop(house: House) -> None:
    give = command("toestemming", at=ago(house, minutes=2))
    house.admit(command("stop", at=ago(house, minutes=1)))
    admission = house.admit(give, message())
    assert admission.admitted == ()
    assert "uitgezet" in admission.replies[0].text
    assert state(house) is ConsentState.WITHDRAWN
    assert (audit(house)[-1].event.tag, audit(house)[-1].event.result) == (
        Tag.CONSENT_GRANTED,
        Result.REFUSED,
    )


def test_toestemming_said_after_a_late_removal_notice_counts(house: House, group: Group) -> None:
    removed = Removed(source=SOURCE, chat=CHAT, external_id="r", at=ago(house, minutes=9))
    joined = Joined(source=SOURCE, chat=CHAT, name="B", external_id="j", at=ago(house, minutes=8))
    give = command("toestemming", at=ago(house, minutes=7))
    assert house.admit(removed, joined, give, message()).admitted


def test_an_older_weermee_that_comes_late_does_not_undo_a_refusal(
    house: House, group: Group
) -> None:
    house.admit(command("stop", Role.MEMBER, sender="anna", at=ago(house, minutes=1)))
    admission = house.admit(
        command("weermee", Role.MEMBER, sender="anna", at=ago(house, minutes=2))
    )
    assert "niet meer" in admission.replies[0].text
    assert house.admit(message(sender="anna")).admitted == ()


def test_what_was_written_while_refusing_stays_unread_after_weermee(
    house: House, group: Group
) -> None:
    house.admit(command("stop", Role.MEMBER, sender="anna", at=ago(house, minutes=3)))
    house.admit(command("weermee", Role.MEMBER, sender="anna", at=ago(house, minutes=1)))
    during = message(sender="anna", sent_at=ago(house, minutes=2))
    after = message(sender="anna")
    admission = house.admit(during, after)
    assert [a.external_id for a in admission.admitted] == [after.external_id]
    assert admission.dropped == {(group.id, Reason.OPTED_OUT): 1}


def test_in_strict_mode_what_was_written_before_the_yes_stays_unread(
    house: House, group: Group
) -> None:
    with house.store.write() as work:
        work.consent.set_profile(group.id, mode="only-yes")
    house.admit(command("weermee", Role.MEMBER, sender="anna", at=ago(house, minutes=1)))
    admission = house.admit(message(sender="anna", sent_at=ago(house, minutes=2)))
    assert admission.dropped == {(group.id, Reason.NOT_OPTED_IN): 1}


def test_toestemming_with_an_ancient_date_counts_from_two_days_ago(house: House) -> None:
    house.admit(command("toestemming", at=datetime(2001, 1, 1, tzinfo=UTC)))
    assert group_of(house).consent.valid_from == ago(house, hours=48)
    assert house.admit(message(sent_at=ago(house, days=300))).admitted == ()


def test_a_second_toestemming_with_an_ancient_date_reads_nothing_older(
    house: House, group: Group
) -> None:
    house.admit(command("toestemming", at=datetime(2001, 1, 1, tzinfo=UTC)))
    assert group_of(house).consent.valid_from == ago(house, hours=48)


def test_status_that_is_edited_into_stop_stops(house: House, group: Group) -> None:
    asked = command("status", external_id="7")
    house.admit(asked)
    stop = command("stop", external_id="7")
    assert len(house.admit(stop, stop).replies) == 1
    assert state(house) is ConsentState.WITHDRAWN


def test_other_words_for_the_same_command_are_a_repeat(house: House) -> None:
    house.admit(command("toestemming", external_id="7"))
    assert house.admit(command("/start", external_id="7")).replies == ()


def moved() -> Moved:
    return Moved(
        source=SOURCE,
        chat=CHAT,
        new_chat=NEW_CHAT,
        external_id="v",
        at=datetime(2026, 11, 21, 12, 0, tzinfo=UTC),
    )


def test_a_refusal_goes_along_to_a_chat_that_decided_already(house: House, group: Group) -> None:
    house.admit(command("stop", Role.MEMBER, sender="anna", at=ago(house, minutes=1)))
    new = house.allow(house.group(NEW_CHAT), since=ago(house, hours=1))
    house.admit(moved())
    admission = house.admit(
        message(chat=NEW_CHAT, sender="anna"), message(chat=NEW_CHAT, sender="bert")
    )
    assert [a.group for a in admission.admitted] == [new.id]
    assert admission.dropped == {(new.id, Reason.OPTED_OUT): 1}


def test_a_refusal_in_the_new_chat_counts_when_the_old_group_takes_its_place(
    house: House, group: Group
) -> None:
    refuses = command("stop", Role.MEMBER, sender="anna", chat=NEW_CHAT)
    house.admit(refuses)
    admission = house.admit(moved(), message(chat=NEW_CHAT, sender="anna"))
    assert admission.dropped == {(group.id, Reason.OPTED_OUT): 1}


def test_a_group_that_lost_its_chat_is_withdrawn_and_erased(house: House, group: Group) -> None:
    [id] = as_signals(house, house.admit(message()))
    house.allow(house.group(NEW_CHAT), since=ago(house, hours=1))
    asked = command("status")
    admission = house.admit(message(), asked, moved())
    assert admission.admitted == ()
    assert set(admission.groups) >= {reply.group for reply in admission.replies}
    with house.store.read() as work:
        assert work.consent.group(group.id).consent.state is ConsentState.WITHDRAWN
    assert state(house, NEW_CHAT) is ConsentState.GRANTED
    sweep(house.store, house.clock.now(), Rules())
    assert signal(house, id).state is SignalState.ERASED
