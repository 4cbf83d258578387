# SPDX-License-Identifier: EUPL-1.2
"""Messages that are edited or deleted, in whatever order a source tells it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.message import Change, Message, Role
from core.signal import SignalState
from ingest.admission import Admission, Reason
from store.consent import Group
from tests.ingest.house import House, command, message
from tests.ingest.test_deeds import as_signals, signal


def edited(one: Message, text: str = "Toch een bank", revision: str = "2") -> Message:
    return message(
        text,
        external_id=one.external_id,
        sender=one.sender,
        change=Change.EDIT,
        revision=revision,
        sent_at=one.sent_at,
    )


def deleted(one: Message) -> Message:
    return message("", external_id=one.external_id, sender="", change=Change.DELETE)


def claimed(house: House, admission: Admission) -> list[str]:
    """Claim what came in, as the pipeline does; return the texts that nobody had handled."""
    with house.store.write() as work:
        new = work.seen.claim([a.dedup_key for a in admission.admitted], house.clock.now())
    return [a.text for a in admission.admitted if a.dedup_key in new]


def test_a_deleted_message_does_not_come_back_by_an_edit(house: House, group: Group) -> None:
    one = message()
    [id] = as_signals(house, house.admit(one))
    house.admit(deleted(one))
    admission = house.admit(edited(one))
    assert admission.admitted == ()
    assert admission.dropped == {(group.id, Reason.PRIVATE): 1}
    assert signal(house, id).state is SignalState.ERASED


def test_an_edit_that_follows_its_deletion_in_one_batch_stays_out(
    house: House, group: Group
) -> None:
    one = message()
    assert house.admit(one, deleted(one), edited(one)).admitted == ()


def test_a_message_taken_back_with_nietdoorsturen_does_not_come_back_by_an_edit(
    house: House, group: Group
) -> None:
    one = message(sender="anna")
    as_signals(house, house.admit(one))
    house.admit(command("nietdoorsturen", Role.MEMBER, sender="anna", reply_to=one.external_id))
    assert house.admit(edited(one)).admitted == ()


def test_other_messages_can_be_edited_after_a_deletion(house: House, group: Group) -> None:
    one, other = message(), message()
    house.admit(one, other)
    house.admit(deleted(one))
    assert house.admit(edited(other)).admitted


def test_a_message_that_comes_after_its_edit_is_a_repeat(house: House, group: Group) -> None:
    one = message("oud")
    assert claimed(house, house.admit(edited(one, "nieuw"))) == ["nieuw"]
    assert claimed(house, house.admit(one)) == []


def test_a_message_and_its_edit_in_one_batch_are_both_read_in_order(
    house: House, group: Group
) -> None:
    one = message("oud")
    assert claimed(house, house.admit(one, edited(one, "nieuw"))) == ["oud", "nieuw"]


def test_a_deletion_erases_all_signals_of_a_message(house: House, group: Group) -> None:
    one = message()
    [id] = as_signals(house, house.admit(one))
    # A person decided about the first; an edit made the message graver and it waits again.
    with house.store.write() as work:
        work.transaction.connection.exec_driver_sql("UPDATE signals SET state = 'decided'")
    again = house.admit(edited(one))
    [other] = as_signals(house, again, prefix="again-")
    house.admit(deleted(one))
    assert signal(house, id).state is SignalState.ERASED
    assert signal(house, other).state is SignalState.ERASED


@pytest.mark.parametrize("strict", [False, True])
def test_who_does_not_take_part_and_edits_words_away_leaves_none_with_us(
    house: House, group: Group, strict: bool
) -> None:
    one = message(sender="anna")
    [id] = as_signals(house, house.admit(one))
    if strict:
        with house.store.write() as work:
            work.consent.set_profile(group.id, mode="only-yes")
    else:
        house.admit(command("stop", Role.MEMBER, sender="anna"))
    assert signal(house, id).state is SignalState.OPEN
    house.admit(edited(one, "laat maar"))
    assert signal(house, id).state is SignalState.ERASED


def test_a_message_written_ahead_of_our_clock_is_kept_as_written_now(
    house: House, group: Group
) -> None:
    ahead = house.clock.now() + timedelta(minutes=5)
    [admitted] = house.admit(message(sent_at=ahead)).admitted
    assert admitted.sent_at == house.clock.now()
