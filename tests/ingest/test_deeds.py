# SPDX-License-Identifier: EUPL-1.2
"""Commands, joining, leaving and moving change consent in the order of the batch, each once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from core.audit import Result, Tag
from core.clock import FrozenClock
from core.consent import ConsentKind, ConsentState
from core.label import Queue
from core.message import Admitted, Change, Joined, Moved, Removed, Role
from core.signal import NewSignal, SignalState
from ingest.admission import Admission, Reason
from store.audit import AuditLine
from store.consent import Group
from store.database import Store
from store.retention import Rules, sweep
from store.signalrow import SignalRow
from tests.ingest.house import CHAT, SOURCE, TENANT, House, command, message
from tests.store_samples import incident, verdict


def joined(chat: str = CHAT, name: str = "Buurtapp Noord", external_id: str = "j1") -> Joined:
    return Joined(source=SOURCE, chat=chat, name=name, external_id=external_id, at=_moment())


def removed(external_id: str = "r1") -> Removed:
    return Removed(source=SOURCE, chat=CHAT, external_id=external_id, at=_moment())


def moved(new: str = "-200", external_id: str = "v1") -> Moved:
    return Moved(source=SOURCE, chat=CHAT, new_chat=new, external_id=external_id, at=_moment())


def _moment() -> datetime:
    return datetime.fromisoformat("2026-11-21T12:00:00+00:00")


def group_of(house: House, chat: str = CHAT) -> Group:
    with house.store.read() as work:
        group = work.consent.find(TENANT.slug, SOURCE, chat)
        assert group
        return group


def state(house: House, chat: str = CHAT) -> ConsentState:
    return group_of(house, chat).consent.at(house.clock.now())


def audit(house: House) -> list[AuditLine]:
    with house.store.read() as work:
        assert work.audit.verify(TENANT.slug).ok
        return work.audit.lines(TENANT.slug, limit=100)[::-1]


def tags(house: House) -> list[Tag]:
    return [line.event.tag for line in audit(house)]


def as_signals(house: House, admission: Admission, prefix: str = "") -> list[str]:
    """Store everything that came in as a signal, as the pipeline does; return their ids."""
    with house.store.write() as work:
        for admitted in admission.admitted:
            work.incidents.save(incident(id=f"i-{admitted.external_id}", tenant=TENANT.slug))
        signals = [_signal(admitted, prefix) for admitted in admission.admitted]
        keys = {s.id: admission.message_keys[s.message.dedup_key] for s in signals}
        work.signals.add(signals, keys)
    return [signal.id for signal in signals]


def _signal(admitted: Admitted, prefix: str) -> NewSignal:
    return NewSignal(
        id=f"{prefix}s-{admitted.external_id}",
        message=admitted,
        verdict=verdict(personal=(), places=(), evidence=()),
        incident=f"i-{admitted.external_id}",
        queues=(Queue.MELDKAMER,),
        route=("alles",),
    )


def signal(house: House, id: str) -> SignalRow:
    with house.store.read() as work:
        return work.signals.get(id)


def test_joining_asks_for_consent_and_explains_who_reads(house: House) -> None:
    admission = house.admit(joined(), message())
    [reply] = admission.replies
    assert state(house) is ConsentState.REQUESTED
    assert admission.admitted == ()
    assert "gemeente Delft" in reply.text
    assert reply.reply_to is None
    assert group_of(house).name == "Buurtapp Noord"
    assert tags(house) == [Tag.CONSENT_REQUESTED]


def test_joining_a_group_that_allowed_us_weakens_and_says_nothing(
    house: House, group: Group
) -> None:
    assert house.admit(joined()).replies == ()
    assert state(house) is ConsentState.GRANTED


def test_toestemming_lets_in_what_follows_it_only(house: House) -> None:
    before, after = message("voor"), message("na")
    admission = house.admit(joined(), before, command("toestemming"), after)
    assert [a.text for a in admission.admitted] == ["na"]
    assert state(house) is ConsentState.GRANTED


def test_a_message_written_before_toestemming_that_comes_after_it_stays_out(house: House) -> None:
    written = _moment() - timedelta(seconds=1)
    assert house.admit(command("toestemming"), message(sent_at=written)).admitted == ()


def test_toestemming_that_waited_an_hour_counts_from_when_it_was_said(house: House) -> None:
    said = _moment() - timedelta(hours=1)
    half = _moment() - timedelta(minutes=30)
    assert house.admit(command("toestemming", at=said), message(sent_at=half)).admitted


def test_toestemming_with_an_impossible_date_counts_from_now(house: House) -> None:
    house.admit(command("toestemming", at=_moment() + timedelta(days=900)))
    assert group_of(house).consent.valid_from == house.clock.now()


def test_toestemming_of_a_member_is_refused_and_audited(house: House) -> None:
    admission = house.admit(command("toestemming", Role.MEMBER), message())
    assert admission.admitted == ()
    assert "beheerder" in admission.replies[0].text
    [line] = audit(house)
    assert (line.event.tag, line.event.result) == (Tag.CONSENT_GRANTED, Result.REFUSED)


def test_the_ledger_says_who_when_what_for_and_on_which_ground(house: House) -> None:
    house.admit(command("toestemming", sender="bea", argument="30 dagen"))
    with house.store.read() as work:
        [event] = work.consent.ledger(group_of(house).id)
    assert event.kind is ConsentKind.GRANTED
    assert event.actor == house.keys.pseudonym(TENANT.slug, "2026-11", SOURCE, "bea")
    assert event.role is Role.ADMIN
    assert event.text_version
    assert event.purpose == TENANT.purpose
    assert event.legal_basis == TENANT.legal_basis
    assert event.valid_until == _moment() + timedelta(days=30)


def test_stop_in_a_batch_stops_what_follows_and_what_was_not_read_yet(
    house: House, group: Group
) -> None:
    admission = house.admit(message(), command("stop"), message())
    assert admission.admitted == ()
    assert admission.dropped == {(group.id, Reason.NO_CONSENT): 2}
    assert admission.message_keys == {}


def test_stop_and_toestemming_in_one_batch_let_in_what_comes_last(
    house: House, group: Group
) -> None:
    stop, give = command("stop", at=_moment() - timedelta(seconds=1)), command("toestemming")
    batch = (message("1"), stop, message("2"), give, message("3"))
    assert [a.text for a in house.admit(*batch).admitted] == ["3"]


def test_stop_erases_the_signals_of_the_group(house: House, group: Group) -> None:
    [id] = as_signals(house, house.admit(message()))
    house.admit(command("stop"))
    assert sweep(house.store, house.clock.now(), Rules()).erased == 1
    assert signal(house, id).state is SignalState.ERASED
    assert tags(house)[0] is Tag.CONSENT_WITHDRAWN


def test_signals_after_new_consent_survive_the_erasure_of_the_old(
    house: House, group: Group
) -> None:
    house.admit(command("stop"))
    house.clock.advance(timedelta(seconds=5))
    house.admit(command("toestemming", at=house.clock.now()))
    [id] = as_signals(house, house.admit(message(sent_at=house.clock.now())))
    sweep(house.store, house.clock.now(), Rules())
    assert signal(house, id).state is SignalState.OPEN


def test_stop_of_a_member_leaves_the_group_and_takes_back_their_unread_messages(
    house: House, group: Group
) -> None:
    mine, others = message(sender="anna"), message(sender="bert")
    admission = house.admit(mine, others, command("stop", Role.MEMBER, sender="anna"))
    assert [a.external_id for a in admission.admitted] == [others.external_id]
    assert admission.dropped == {(group.id, Reason.OPTED_OUT): 1}
    assert state(house) is ConsentState.GRANTED


def test_vergeetmij_erases_ones_own_signals_over_all_months_and_nobody_elses(
    house: House, group: Group
) -> None:
    house.allow(group)
    october = message(sender="anna", sent_at=_moment() - timedelta(days=40))
    november, others = message(sender="anna"), message(sender="bert")
    old, new, other = as_signals(house, house.admit(october, november, others))
    house.admit(command("vergeetmij", Role.MEMBER, sender="anna"))
    sweep(house.store, house.clock.now(), Rules())
    assert signal(house, old).state is SignalState.ERASED
    assert signal(house, new).state is SignalState.ERASED
    assert signal(house, other).state is SignalState.OPEN
    assert house.admit(message(sender="anna")).admitted == ()


def test_nietdoorsturen_erases_ones_own_signal_at_once(house: House, group: Group) -> None:
    one = message(sender="anna")
    [id] = as_signals(house, house.admit(one))
    house.admit(command("nietdoorsturen", Role.MEMBER, sender="anna", reply_to=one.external_id))
    assert signal(house, id).state is SignalState.ERASED
    assert Tag.DATA_ERASED in tags(house)


def test_nietdoorsturen_on_a_message_of_somebody_else_is_for_admins(
    house: House, group: Group
) -> None:
    one = message(sender="anna")
    [id] = as_signals(house, house.admit(one))
    order = {"sender": "bert", "reply_to": one.external_id}
    refused = house.admit(command("nietdoorsturen", Role.MEMBER, **order))
    assert "alleen uw eigen bericht" in refused.replies[0].text
    assert signal(house, id).state is SignalState.OPEN
    house.admit(command("nietdoorsturen", Role.ADMIN, **order))
    assert signal(house, id).state is SignalState.ERASED


def test_nietdoorsturen_on_an_erased_signal_says_that_nothing_is_kept(
    house: House, group: Group
) -> None:
    one = message(sender="anna")
    as_signals(house, house.admit(one))
    order = {"sender": "anna", "reply_to": one.external_id}
    house.admit(command("nietdoorsturen", Role.MEMBER, **order))
    again = house.admit(command("nietdoorsturen", Role.MEMBER, **order))
    assert "niets bewaard" in again.replies[0].text


def test_nietdoorsturen_right_behind_a_message_keeps_it_from_being_read(
    house: House, group: Group
) -> None:
    one = message(sender="anna")
    order = command("nietdoorsturen", Role.MEMBER, sender="anna", reply_to=one.external_id)
    admission = house.admit(one, order)
    assert admission.admitted == ()
    assert "gewist" in admission.replies[0].text


def test_a_deletion_in_the_source_erases_the_signal(house: House, group: Group) -> None:
    one = message()
    [id] = as_signals(house, house.admit(one))
    house.admit(message("", external_id=one.external_id, change=Change.DELETE))
    assert signal(house, id).state is SignalState.ERASED


def test_a_deletion_is_followed_even_without_consent(house: House, group: Group) -> None:
    one = message()
    [id] = as_signals(house, house.admit(one))
    house.withdraw(group)
    house.admit(message("", external_id=one.external_id, change=Change.DELETE))
    assert signal(house, id).state is SignalState.ERASED


@pytest.mark.parametrize("text", ["Toch liever #nietdoorsturen", "  "])
def test_an_edit_that_takes_the_words_back_erases_the_signal(
    house: House, group: Group, text: str
) -> None:
    one = message()
    [id] = as_signals(house, house.admit(one))
    house.admit(message(text, external_id=one.external_id, change=Change.EDIT, revision="2"))
    assert signal(house, id).state is SignalState.ERASED


def test_removal_of_the_bot_is_a_withdrawal(house: House, group: Group) -> None:
    [id] = as_signals(house, house.admit(message()))
    admission = house.admit(message(), removed(), message())
    assert admission.admitted == ()
    assert admission.replies == ()
    assert state(house) is ConsentState.WITHDRAWN
    sweep(house.store, house.clock.now(), Rules())
    assert signal(house, id).state is SignalState.ERASED


def test_joining_after_a_removal_asks_anew(house: House, group: Group) -> None:
    house.admit(removed(), joined(), message())
    assert state(house) is ConsentState.REQUESTED


def test_a_move_takes_consent_and_choices_along(house: House, group: Group) -> None:
    house.admit(command("stop", Role.MEMBER, sender="anna"))
    admission = house.admit(
        moved("-200"), message(chat="-200", sender="bert"), message(chat="-200", sender="anna")
    )
    assert [a.group for a in admission.admitted] == [group.id]
    assert admission.dropped == {(group.id, Reason.OPTED_OUT): 1}
    later = house.admit(message(chat="-200", sender="anna"), message(chat=CHAT))
    assert later.admitted == ()


def test_a_withdrawn_group_does_not_come_back_by_moving(house: House, group: Group) -> None:
    house.withdraw(group)
    assert house.admit(moved("-200"), message(chat="-200")).admitted == ()


def test_both_notices_of_one_move_are_harmless(house: House, group: Group) -> None:
    house.admit(moved("-200", "v1"), moved("-200", "v2"))
    assert group_of(house, "-200").id == group.id


def test_a_repeated_deed_changes_and_says_nothing(house: House) -> None:
    give = command("toestemming")
    first = house.admit(give)
    house.admit(command("stop"))
    again = house.admit(give, message())
    assert len(first.replies) == 1
    assert again.replies == ()
    assert again.admitted == ()
    assert state(house) is ConsentState.WITHDRAWN


def test_a_deed_of_a_transaction_that_failed_counts_as_not_done(house: House) -> None:
    give = command("toestemming")

    def fail() -> None:
        from core.message import Batch

        with house.store.write() as work:
            house.gate.admit(work, Batch(tenant=TENANT.slug, source=SOURCE, items=(give,)))
            raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        fail()
    assert house.admit(give, message()).admitted


def test_a_reply_names_its_command_and_never_comes_twice(house: House) -> None:
    one, two = command("status"), command("status")
    replies = house.admit(one, two).replies
    assert [reply.reply_to for reply in replies] == [one.external_id, two.external_id]
    assert len({reply.idempotency_key for reply in replies}) == 2
    assert all(len(reply.idempotency_key) == 64 for reply in replies)


def test_commands_of_other_bots_are_not_answered(house: House) -> None:
    assert house.admit(command("weer")).replies == ()


@pytest.mark.parametrize("bad", ["", "a\x00b", "x" * 201])
def test_a_deed_with_an_impossible_id_is_ignored(house: House, bad: str) -> None:
    admission = house.admit(
        command("toestemming", chat=bad),
        command("toestemming", external_id=bad),
        joined(chat=bad),
        moved(new=bad),
    )
    assert admission.replies == ()
    assert admission.groups == {}


def test_screens_hear_that_a_group_changed(house: House) -> None:
    house.admit(command("toestemming"))
    with house.store.read() as work:
        events = work.events.after(TENANT.slug, 0)
    assert [(e.channel, e.kind, e.ref) for e in events] == [
        ("groep", "group.changed", group_of(house).id)
    ]


def test_no_name_of_a_member_is_written_down(house: House, group: Group) -> None:
    house.admit(command("stop", Role.MEMBER, sender="+31 6 55512345"), message())
    house.admit(command("stop", sender="+31 6 55512345"))
    with house.store.read() as work:
        written = [str(line) for line in audit(house)]
        written += [str(event) for event in work.consent.ledger(group.id)]
    assert not [line for line in written if "55512345" in line]


def test_a_whole_life_of_a_group_on_either_database(store: Store, clock: FrozenClock) -> None:
    house = House(store=store, clock=clock)
    house.admit(joined(), command("toestemming"))
    one = message(sender="anna")
    [id] = as_signals(house, house.admit(one, message(sender="bert", external_id="zz")))[:1]
    order = command("nietdoorsturen", Role.MEMBER, sender="anna", reply_to=one.external_id)
    house.admit(order, moved("-200"), command("stop", chat="-200"))
    assert signal(house, id).state is SignalState.ERASED
    assert state(house, "-200") is ConsentState.WITHDRAWN
    assert house.admit(message(chat="-200")).admitted == ()
    assert sweep(store, clock.now(), Rules()).erased == 1
