# SPDX-License-Identifier: EUPL-1.2
"""No consent, no reading: what the gate lets through and what it drops."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import errors
from core.choice import Wish
from core.message import Batch, Change, Command, Item, Message, Role
from ingest.admission import Admission, Reason
from ingest.limits import MOST_BYTES
from store.consent import Group
from tests.ingest.house import CHAT, OTHER, SOURCE, TENANT, House, command, message


def reasons(admission: Admission) -> dict[Reason, int]:
    return {reason: n for (_, reason), n in admission.dropped.items()}


def sent(house: House, **ago: float) -> datetime:
    return house.clock.now() - timedelta(**ago)


class Unread(str):
    """A text that complains when anybody looks at it."""

    __slots__ = ()

    def _complain(self, *_: object) -> None:
        raise AssertionError("the text was looked at")

    __len__ = __getitem__ = __iter__ = __contains__ = _complain  # type: ignore[assignment]
    encode = strip = lower = casefold = startswith = endswith = _complain  # type: ignore[assignment]


def test_with_consent_a_message_comes_in_under_a_pseudonym(house: House, group: Group) -> None:
    [admitted] = house.admit(message("Bank op straat", sender="Anna de Vries")).admitted
    assert admitted.text == "Bank op straat"
    assert admitted.group == group.id
    assert admitted.tenant == TENANT.slug
    assert admitted.pseudonym == house.keys.pseudonym(
        TENANT.slug, "2026-11", SOURCE, "Anna de Vries"
    )
    assert "Anna" not in repr(admitted)
    assert admitted.received_at == house.clock.now()


def test_messages_of_an_unknown_group_are_dropped_and_make_no_group(house: House) -> None:
    admission = house.admit(message(Unread("x")))
    assert admission.admitted == ()
    assert admission.dropped == {("", Reason.NO_CONSENT): 1}
    with house.store.read() as work:
        assert work.consent.groups(TENANT.slug) == []


def test_without_consent_no_text_is_looked_at(house: House) -> None:
    group = house.group()
    admission = house.admit(message(Unread("x")))
    assert admission.dropped == {(group.id, Reason.NO_CONSENT): 1}


def test_messages_from_before_the_consent_are_not_read(house: House) -> None:
    house.allow(house.group(), since=sent(house, minutes=10))
    early = message(Unread("x"), sent_at=sent(house, minutes=10, microseconds=1))
    late = message("y", sent_at=sent(house, minutes=10))
    admission = house.admit(early, late)
    assert [a.external_id for a in admission.admitted] == [late.external_id]


def test_an_edit_of_a_message_from_before_the_consent_is_not_read(house: House) -> None:
    house.allow(house.group(), since=sent(house, minutes=10))
    edit = message(Unread("x"), sent_at=sent(house, minutes=20), change=Change.EDIT, revision="2")
    assert house.admit(edit).admitted == ()


def test_a_pilot_stops_by_itself_at_its_end(house: House) -> None:
    end = house.clock.now() + timedelta(minutes=1)
    house.allow(house.group(), since=sent(house, minutes=10), valid_until=end)
    assert house.admit(message()).admitted
    house.clock.advance(timedelta(minutes=1))
    assert reasons(house.admit(message(Unread("x")))) == {Reason.NO_CONSENT: 1}


def test_a_withdrawal_holds_for_the_very_next_batch(house: House, group: Group) -> None:
    house.withdraw(group)
    assert reasons(house.admit(message(Unread("x")))) == {Reason.NO_CONSENT: 1}


def test_consent_of_one_municipality_or_source_says_nothing_of_another(
    house: House, group: Group
) -> None:
    house.group(tenant=OTHER.slug)
    assert house.admit(message(Unread("x")), tenant=OTHER.slug).admitted == ()
    assert house.admit(message(Unread("x"), source="webhook")).admitted == ()
    assert house.admit(message(Unread("x"), chat="-9")).admitted == ()


def test_who_said_no_is_not_read_and_others_are(house: House, group: Group) -> None:
    house.admit(command("stop", Role.MEMBER, sender="anna"))
    admission = house.admit(message(Unread("x"), sender="anna"), message(sender="bert"))
    assert len(admission.admitted) == 1
    assert admission.dropped == {(group.id, Reason.OPTED_OUT): 1}


def test_who_said_no_can_say_yes_again(house: House, group: Group) -> None:
    house.admit(command("stop", Role.MEMBER, sender="anna", at=sent(house, seconds=1)))
    house.admit(command("weermee", Role.MEMBER, sender="anna"))
    assert house.admit(message(sender="anna")).admitted


def test_in_strict_mode_only_those_who_said_yes_are_read(house: House, group: Group) -> None:
    with house.store.write() as work:
        work.consent.set_profile(group.id, mode="only-yes")
    house.admit(command("weermee", Role.MEMBER, sender="anna"))
    admission = house.admit(message(sender="anna"), message(Unread("x"), sender="bert"))
    assert len(admission.admitted) == 1
    assert reasons(admission) == {Reason.NOT_OPTED_IN: 1}


def test_a_message_that_the_source_calls_private_is_not_looked_at(
    house: House, group: Group
) -> None:
    assert reasons(house.admit(message(Unread("x"), keep_private=True))) == {Reason.PRIVATE: 1}


def test_a_marker_in_the_text_drops_the_message(house: House, group: Group) -> None:
    admission = house.admit(message("Mijn zoon is weg #nietdoorsturen"), message("niet doorsturen"))
    assert reasons(admission) == {Reason.PRIVATE: 2}


@pytest.mark.parametrize("text", ["", "  \n\t", "\u00a0"])
def test_a_message_without_words_is_dropped(house: House, group: Group, text: str) -> None:
    assert reasons(house.admit(message(text))) == {Reason.EMPTY: 1}


@pytest.mark.parametrize("letter", ["a", "é", "😀"])
def test_a_text_may_have_64_kib_and_not_a_byte_more(
    house: House, group: Group, letter: str
) -> None:
    size = MOST_BYTES // len(letter.encode())
    admission = house.admit(message(letter * size), message(letter * size + "a"))
    assert len(admission.admitted) == 1
    assert reasons(admission) == {Reason.TOO_LARGE: 1}


@pytest.mark.parametrize(
    "moment",
    [
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(1999, 12, 31, 23, 59, 59, tzinfo=UTC),
        datetime(2026, 11, 21, 14, 0, 1, tzinfo=UTC),
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-12))),
        datetime.min.replace(tzinfo=timezone(timedelta(hours=12))),
        datetime(2026, 11, 21, 12, 0),  # noqa: DTZ001 -- the very mistake
    ],
)
def test_an_impossible_date_loses_that_message_only(
    house: House, group: Group, moment: datetime
) -> None:
    admission = house.admit(message(), message(Unread("x"), sent_at=moment), message())
    assert len(admission.admitted) == 2
    assert admission.dropped == {(group.id, Reason.DATE): 1}


def test_a_clock_may_run_ten_minutes_ahead(house: House, group: Group) -> None:
    ahead = house.clock.now() + timedelta(minutes=10)
    assert house.admit(message(sent_at=ahead)).admitted


def test_a_clock_an_hour_ahead_opens_nothing_that_may_be_older_than_the_yes(house: House) -> None:
    now = house.clock.now()
    group = house.allow(house.group(), since=now - timedelta(minutes=59))
    skewed = message(Unread("x"), sent_at=now + timedelta(hours=1))
    assert reasons(house.admit(skewed)) == {Reason.NO_CONSENT: 1}

    house.clock.advance(timedelta(minutes=1))
    later = house.clock.now() + timedelta(hours=1)
    [admitted] = house.admit(message(sent_at=later)).admitted
    assert (admitted.group, admitted.sent_at) == (group.id, house.clock.now())


def test_a_message_older_than_the_dedup_keys_is_not_read(house: House) -> None:
    house.allow(house.group(), since=sent(house, days=1000))
    old = message(Unread("x"), sent_at=sent(house, days=400, seconds=1))
    assert reasons(house.admit(old, message(sent_at=sent(house, days=400)))) == {Reason.TOO_OLD: 1}


@pytest.mark.parametrize("bad", ["", "a\x00b", "a" * 201, "\ud800", "regel\neinde"])
def test_an_id_that_no_source_gives_loses_that_message_only(
    house: House, group: Group, bad: str
) -> None:
    admission = house.admit(message(external_id=bad), message(chat=bad), message())
    assert len(admission.admitted) == 1
    assert reasons(admission) == {Reason.MALFORMED: 2}


def test_what_no_database_takes_is_replaced_and_nothing_moves(house: House, group: Group) -> None:
    [admitted] = house.admit(message("a\x00b\ud800c")).admitted
    assert admitted.text == "a\ufffdb\ufffdc"


def test_the_same_message_twice_in_a_batch_comes_in_once(house: House, group: Group) -> None:
    one = message()
    admission = house.admit(one, one, replace(one, revision="2", change=Change.EDIT))
    assert len(admission.admitted) == 2
    assert admission.duplicates == 1


def test_revisions_share_a_message_key_and_differ_in_dedup_key(house: House, group: Group) -> None:
    one = message()
    admission = house.admit(one, replace(one, revision="2", change=Change.EDIT))
    first, second = admission.admitted
    assert first.dedup_key != second.dedup_key
    assert set(admission.message_keys) == {first.dedup_key, second.dedup_key}
    assert len(set(admission.message_keys.values())) == 1


def test_an_answer_carries_the_key_of_what_it_answers(house: House, group: Group) -> None:
    one = message()
    two = message(reply_to=one.external_id)
    admission = house.admit(one, two)
    first, second = admission.admitted
    assert admission.reply_keys == {second.dedup_key: admission.message_keys[first.dedup_key]}


def test_a_deleted_message_never_reaches_the_classifier_if_it_is_in_the_same_batch(
    house: House, group: Group
) -> None:
    one = message()
    gone = replace(one, change=Change.DELETE, text="")
    admission = house.admit(one, gone)
    assert admission.admitted == ()
    assert reasons(admission) == {Reason.PRIVATE: 1}


def test_a_deletion_that_overtakes_its_message_keeps_it_out(house: House, group: Group) -> None:
    one = message()
    house.admit(replace(one, change=Change.DELETE, text=""))
    [late] = house.admit(one).admitted
    with house.store.write() as work:
        assert work.seen.claim([late.dedup_key], house.clock.now()) == set()


def test_an_unknown_municipality_is_refused(house: House) -> None:
    with pytest.raises(errors.NotFound, match="nergens"):
        house.admit(message(), tenant="nergens")


def test_the_gate_logs_nothing(
    house: House, group: Group, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    house.admit(
        message("KANARIE"), message("KANARIE #nietdoorsturen"), message("KANARIE", chat="-9")
    )
    assert "KANARIE" not in caplog.text


def test_the_same_batch_gives_the_same_admission(house: House, group: Group) -> None:
    items = (message(), message("niet doorsturen"), message(sender="bert"))
    assert house.admit(*items) == house.admit(*items)


def test_an_admission_counts_every_message_once(house: House, group: Group) -> None:
    items = [message(), message(""), message(chat="-9"), message(external_id="")]
    admission = house.admit(*items)
    assert len(admission.admitted) + admission.refused + admission.duplicates == len(items)


texts = st.sampled_from(["Bank op straat", "", "#nietdoorsturen x", "a" * (MOST_BYTES + 1)])
senders = st.sampled_from(["anna", "bert"])
minutes = st.integers(-40, 40)
items = st.one_of(
    st.builds(
        lambda text, sender, minute, chat, name, change: message(
            text,
            sender=sender,
            chat=chat,
            external_id=name,
            change=change,
            revision="" if change is Change.NEW else "2",
            sent_at=datetime(2026, 11, 21, 12, tzinfo=UTC) + timedelta(minutes=minute),
        ),
        texts,
        senders,
        minutes,
        st.sampled_from([CHAT, "-9"]),
        st.sampled_from(["m1", "m2", "m3"]),
        st.sampled_from([Change.NEW, Change.EDIT]),
    ),
    st.builds(
        lambda name, sender, role, minute: command(
            name,
            role,
            sender=sender,
            at=datetime(2026, 11, 21, 12, tzinfo=UTC) + timedelta(minutes=minute),
        ),
        st.sampled_from(["toestemming", "stop", "weermee", "vergeetmij", "status"]),
        senders,
        st.sampled_from([Role.ADMIN, Role.MEMBER]),
        minutes,
    ),
)
rounds = count(1)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(items, max_size=12))
def test_whatever_a_batch_holds_nothing_comes_in_against_anybodys_will(
    house: House, sequence: list[Item]
) -> None:
    # Every example has chats of its own: a no of the one before would hold for this one too.
    place = f"/{next(rounds)}"
    batch = Batch(
        tenant=TENANT.slug,
        source=SOURCE,
        items=tuple(replace(item, chat=item.chat + place) for item in sequence),
    )
    with house.store.write() as work:
        admission = house.gate.admit(work, batch)
        now = house.clock.now()
        for admitted in admission.admitted:
            group = work.consent.group(admitted.group)
            assert group.consent.allows(sent_at=admitted.sent_at, now=now)
            assert "nietdoorsturen" not in admitted.text
            assert admitted.text.strip()
            writer = next(
                m.sender
                for m in sequence
                if isinstance(m, Message)
                and m.external_id == admitted.external_id
                and house.keys.pseudonym(TENANT.slug, "2026-11", SOURCE, m.sender)
                == admitted.pseudonym
            )
            member = house.keys.member(TENANT.slug, SOURCE, group.id, writer)
            wish = work.consent.wishes([group.id], {member: member}).get(member, Wish())
            assert not wish.refuses(admitted.sent_at)
        keys = [a.dedup_key for a in admission.admitted]
        assert len(set(keys)) == len(keys)
        messages = [item for item in sequence if not isinstance(item, Command)]
        assert len(messages) == len(keys) + admission.refused + admission.duplicates
