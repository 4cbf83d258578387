# SPDX-License-Identifier: EUPL-1.2
"""What each command means, as a table of who says it where."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.audit import Result, Tag
from core.consent import Consent, ConsentKind, ConsentState
from core.message import Role
from ingest.commands import COMMANDS, MOST_DAYS, Answered, Asking, Erase, answer, pilot_days
from ingest.texts import NEEDED
from store.consent import Group, Mode
from tests.ingest.house import TENANT, command

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
GOVERNING = (Role.OWNER, Role.ADMIN, Role.PLATFORM)
GRANTED = Consent(state=ConsentState.GRANTED, valid_from=NOW - timedelta(days=9))


def asking(
    consent: Consent | None = None,
    mode: Mode = "everybody",
    answered: Answered = Answered.NOTHING,
    at: datetime = NOW,
) -> Asking:
    group = Group(
        id="g",
        tenant=TENANT.slug,
        source="telegram",
        chat="-1",
        name="Buurt",
        area="",
        mode=mode,
        consent=consent or Consent(),
        created_at=NOW,
    )
    return Asking(
        group=group,
        tenant=TENANT,
        now=NOW,
        at=at,
        actor="p",
        text_version="v1",
        answered=answered,
    )


@pytest.mark.parametrize("role", GOVERNING)
@pytest.mark.parametrize("name", ["toestemming", "start", "consent", "/toestemming", "TOESTEMMING"])
def test_who_governs_the_group_gives_consent_from_that_moment(role: Role, name: str) -> None:
    outcome = answer(command(name, role), asking())
    assert outcome
    assert outcome.consent
    assert outcome.consent.kind is ConsentKind.GRANTED
    assert outcome.consent.valid_from == NOW
    assert outcome.consent.valid_until is None
    assert outcome.consent.role is role
    assert outcome.consent.actor == "p"
    assert outcome.consent.text_version == "v1"
    assert outcome.consent.purpose == TENANT.purpose
    assert outcome.consent.legal_basis == TENANT.legal_basis
    assert outcome.reply == ("toestemming",)
    assert outcome.tag is Tag.CONSENT_GRANTED


def test_a_member_cannot_give_consent_and_hears_who_can() -> None:
    outcome = answer(command("toestemming", Role.MEMBER), asking())
    assert outcome
    assert outcome.consent is None
    assert outcome.reply == ("toestemming_beheerder",)
    assert outcome.result is Result.REFUSED


@pytest.mark.parametrize(
    ("argument", "days"),
    [
        ("30 dagen", 30),
        ("30", 30),
        ("1 dag", 1),
        ("6 weken", 42),
        ("2 maanden.", 60),
        (" 30  Dagen ", 30),
        ("366", 366),
    ],
)
def test_a_pilot_ends_by_itself(argument: str, days: int) -> None:
    outcome = answer(command("toestemming", argument=argument), asking())
    assert outcome
    assert outcome.consent
    assert outcome.consent.valid_until == NOW + timedelta(days=days)
    assert outcome.reply == ("toestemming_proef",)
    assert outcome.fields["tot"]


@pytest.mark.parametrize(
    "argument", ["0", "0 dagen", "367", "altijd", "-3", "30 jaar", "dagen", "9999999", "1.5"]
)
def test_an_unclear_duration_changes_nothing_and_says_what_is_accepted(argument: str) -> None:
    outcome = answer(command("toestemming", argument=argument), asking())
    assert outcome
    assert outcome.consent is None
    assert outcome.reply == ("toestemming_duur",)
    assert outcome.fields == {"dagen_meest": str(MOST_DAYS)}


def test_pilot_days_of_nothing_is_unclear() -> None:
    assert pilot_days("") is None


def test_consent_given_twice_keeps_its_start() -> None:
    outcome = answer(command("toestemming", argument="10"), asking(GRANTED))
    assert outcome
    assert outcome.consent
    assert outcome.consent.valid_from == GRANTED.valid_from
    assert outcome.consent.valid_until == NOW + timedelta(days=10)


@pytest.mark.parametrize(
    "consent",
    [
        Consent(state=ConsentState.WITHDRAWN),
        replace(GRANTED, valid_until=NOW - timedelta(seconds=1)),
    ],
)
def test_consent_after_withdrawal_or_end_starts_anew(consent: Consent) -> None:
    outcome = answer(command("toestemming"), asking(consent))
    assert outcome
    assert outcome.consent
    assert outcome.consent.valid_from == NOW


def test_in_strict_mode_everybody_hears_how_to_say_yes() -> None:
    outcome = answer(command("toestemming"), asking(mode="only-yes"))
    assert outcome
    assert outcome.reply == ("toestemming", "streng")


@pytest.mark.parametrize("role", GOVERNING)
def test_stop_of_who_governs_withdraws_and_erases_the_group(role: Role) -> None:
    outcome = answer(command("stop", role), asking(GRANTED))
    assert outcome
    assert outcome.consent
    assert outcome.consent.kind is ConsentKind.WITHDRAWN
    assert outcome.consent.valid_from is None
    assert outcome.erase is Erase.GROUP
    assert outcome.choice is None


def test_stop_twice_writes_one_line() -> None:
    outcome = answer(command("stop"), asking(Consent(state=ConsentState.WITHDRAWN)))
    assert outcome
    assert outcome.consent is None
    assert outcome.erase is Erase.NOTHING
    assert outcome.reply == ("stop",)


def test_stop_of_a_member_is_about_their_own_messages_only() -> None:
    outcome = answer(command("stop", Role.MEMBER), asking(GRANTED))
    assert outcome
    assert outcome.consent is None
    assert outcome.choice == "nee"
    assert outcome.erase is Erase.NOTHING


@pytest.mark.parametrize("role", Role)
def test_vergeetmij_is_about_oneself_whatever_the_role(role: Role) -> None:
    outcome = answer(command("vergeetmij", role), asking(GRANTED))
    assert outcome
    assert outcome.choice == "nee"
    assert outcome.erase is Erase.MEMBER
    assert outcome.consent is None


def test_weermee_is_a_yes() -> None:
    outcome = answer(command("weermee", Role.MEMBER), asking(GRANTED))
    assert outcome
    assert outcome.choice == "ja"
    assert outcome.tag is Tag.MEMBER_OPTED_IN


@pytest.mark.parametrize(
    ("consent", "reply"),
    [
        (Consent(), "status_onbekend"),
        (Consent(state=ConsentState.REQUESTED), "status_aangevraagd"),
        (GRANTED, "status_toegestaan"),
        (replace(GRANTED, valid_until=NOW + timedelta(days=1)), "status_proef"),
        (replace(GRANTED, valid_until=NOW), "status_verlopen"),
        (Consent(state=ConsentState.WITHDRAWN), "status_ingetrokken"),
    ],
)
def test_status_tells_where_the_group_stands(consent: Consent, reply: str) -> None:
    outcome = answer(command("status", Role.MEMBER), asking(consent))
    assert outcome
    assert outcome.reply == (reply,)
    assert outcome.tag is None


@pytest.mark.parametrize(
    ("role", "answered", "erase", "reply"),
    [
        (Role.MEMBER, Answered.NOTHING, Erase.NOTHING, "nietdoorsturen_antwoord"),
        (Role.MEMBER, Answered.UNKNOWN, Erase.NOTHING, "nietdoorsturen_niets"),
        (Role.MEMBER, Answered.OWN, Erase.MESSAGE, "nietdoorsturen"),
        (Role.MEMBER, Answered.OTHERS, Erase.NOTHING, "nietdoorsturen_ander"),
        (Role.ADMIN, Answered.UNKNOWN, Erase.MESSAGE, "nietdoorsturen_niets"),
        (Role.ADMIN, Answered.OTHERS, Erase.MESSAGE, "nietdoorsturen"),
    ],
)
def test_nietdoorsturen_erases_ones_own_message_and_any_message_for_an_admin(
    role: Role, answered: Answered, erase: Erase, reply: str
) -> None:
    outcome = answer(command("nietdoorsturen", role), asking(GRANTED, answered=answered))
    assert outcome
    assert outcome.erase is erase
    assert outcome.reply == (reply,)


@pytest.mark.parametrize("name", ["", "weer", "stopt", "kick"])
def test_commands_of_other_bots_are_not_answered(name: str) -> None:
    assert answer(command(name), asking()) is None


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("state", ConsentState)
def test_every_answer_has_texts(name: str, role: Role, state: ConsentState) -> None:
    outcome = answer(command(name, role), asking(Consent(state=state)))
    assert outcome
    assert outcome.reply
    assert set(outcome.reply) <= set(NEEDED)
