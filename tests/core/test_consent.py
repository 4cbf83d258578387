# SPDX-License-Identifier: EUPL-1.2
"""A no holds at once and for good; a yes only counts from when it was said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.choice import Choice, Wish
from core.consent import ConsentEvent, ConsentKind, ConsentState, consent_after
from core.message import Command, Joined, Role

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def at(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


def event(kind: ConsentKind, minutes: int, since: int | None = None) -> ConsentEvent:
    return ConsentEvent(
        kind=kind,
        at=at(minutes),
        actor="beheerder",
        role=Role.ADMIN,
        valid_from=None if since is None else at(since),
    )


@pytest.mark.parametrize("said", [-60, 0])
def test_a_yes_that_is_not_later_than_the_withdrawal_changes_nothing(said: int) -> None:
    withdrawn = [event(ConsentKind.GRANTED, -90), event(ConsentKind.WITHDRAWN, 0)]
    late = event(ConsentKind.GRANTED, said)
    assert consent_after([*withdrawn, late]) == consent_after(withdrawn)
    assert consent_after([*withdrawn, late]).state is ConsentState.WITHDRAWN


def test_asking_anew_does_not_make_an_old_yes_count_again() -> None:
    ledger = [event(ConsentKind.WITHDRAWN, 0), event(ConsentKind.REQUESTED, 1)]
    late = event(ConsentKind.GRANTED, -1)
    assert consent_after([*ledger, late]).state is ConsentState.REQUESTED


def test_a_new_yes_opens_nothing_from_before_the_withdrawal() -> None:
    ledger = [event(ConsentKind.WITHDRAWN, 0), event(ConsentKind.GRANTED, 60, since=-600)]
    consent = consent_after(ledger)
    assert consent.valid_from == at(0)
    assert not consent.allows(sent_at=at(-1), now=at(61))
    assert consent.allows(sent_at=at(1), now=at(61))


def test_a_withdrawal_counts_whenever_it_comes_in() -> None:
    ledger = [event(ConsentKind.GRANTED, 0), event(ConsentKind.WITHDRAWN, -5)]
    assert consent_after(ledger).state is ConsentState.WITHDRAWN


def wish(*words: tuple[Choice, int]) -> Wish:
    found = Wish()
    for choice, minutes in words:
        found = found.then(choice, at(minutes))
    return found


@pytest.mark.parametrize(
    ("words", "written", "refuses"),
    [
        ((), 0, False),
        ((("nee", 0),), 5, True),
        ((("nee", 0), ("ja", 10)), 5, True),
        ((("nee", 0), ("ja", 10)), 10, False),
        ((("nee", 0), ("ja", 10), ("ja", 20)), 15, False),
        ((("nee", 10), ("ja", 0)), 15, True),
        ((("nee", 10), ("ja", 10)), 15, True),
        ((("ja", 10), ("nee", 0)), 15, True),
        ((("ja", 10),), 5, False),
    ],
)
def test_a_member_who_said_no_is_read_from_the_next_yes_on(
    words: tuple[tuple[Choice, int], ...], written: int, refuses: bool
) -> None:
    assert wish(*words).refuses(at(written)) is refuses


def test_in_strict_mode_a_yes_counts_from_when_it_was_said() -> None:
    assert not wish().agrees(at(0))
    assert not wish(("ja", 10)).agrees(at(9))
    assert wish(("ja", 10), ("ja", 20)).agrees(at(10))
    assert not wish(("ja", 10), ("nee", 20)).agrees(at(15))


def test_what_somebody_asked_and_how_a_group_is_called_show_in_no_traceback() -> None:
    command = Command(
        source="telegram",
        chat="-1",
        name="stop",
        sender="Anna de Vries",
        role=Role.MEMBER,
        external_id="1",
        at=NOON,
        argument="want Piet leest mee",
    )
    joined = Joined(source="telegram", chat="-1", name="Familie Smit", external_id="2", at=NOON)
    assert (repr(command), repr(joined)) == ("<Command telegram>", "<Joined telegram>")
