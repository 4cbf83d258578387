# SPDX-License-Identifier: EUPL-1.2
"""Joining, taking apart and asking: what people do with an incident."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from core.clock import FrozenClock
from core.label import Category
from core.signal import Act, SignalState
from dashboard.access import Role
from dashboard.auth import Visitor as SignedIn
from dashboard.desk import Desk
from store.database import Store
from store.outbox import OutboxRow
from store.questions import Answer, Question
from store.signalrow import SignalRow
from store.work import Work
from tests.dashboard.visitor import Visitor
from tests.dashboard.world import World


def letters(world: World, signal: SignalRow) -> dict[str, OutboxRow]:
    with world.store.read() as work:
        rows = work.outbox.of_signal(signal.id)
    rows.sort(key=lambda row: (row.state == "cancelled", row.due_at), reverse=True)
    return {row.target: row for row in rows}


def now_is(world: World, signal: SignalRow) -> SignalRow:
    with world.store.read() as work:
        return work.signals.get(signal.id)


def ask_and_answer(work: Work, number: str, about: SignalRow) -> None:
    """Let the reporter of a signal answer with a name in it."""
    work.questions.ask(
        Question(
            id=f"q{number}",
            tenant=about.tenant,
            signal_id=about.id,
            group_id=about.group_id,
            asked_by="agnes",
            asked_at=about.received_at,
            to="reporter",
            text="Wie zag u?",
        )
    )
    work.questions.answer(
        Answer(
            id=f"a{number}",
            question_id=f"q{number}",
            dedup_key=f"d{number}",
            message_key=f"m{number}",
            pseudonym="p",
            at=about.received_at,
            received_at=about.received_at,
            text=f"Dat was Piet{number}",
            masked="Dat was [naam]",
        )
    )


def test_merging_puts_all_messages_in_one_incident(world: World, operator: Visitor) -> None:
    one, two = world.signal("Inbraak!"), world.signal("Hier ook")
    answer = operator.post(f"/incident/{one.incident_id}/samenvoegen", **{"in": two.incident_id})
    assert answer.headers["location"] == f"/incident/{two.incident_id}"
    page = operator.get(answer.headers["location"]).text
    assert "Inbraak!" in page
    assert (
        operator.get(f"/incident/{one.incident_id}").headers["location"].endswith(two.incident_id)
    )
    assert world.audited("account:incident:merge") == 1


def test_splitting_gives_a_message_its_own_incident(world: World, operator: Visitor) -> None:
    incident = world.incident()
    one, two = world.signal("Een", incident=incident), world.signal("Twee", incident=incident)
    operator.post(f"/signaal/{two.id}/losmaken")
    assert now_is(world, two).incident_id != now_is(world, one).incident_id == incident
    assert operator.post(f"/signaal/{one.id}/losmaken").status_code == 400


def test_an_incident_cannot_be_merged_into_itself_or_into_nothing(
    world: World, operator: Visitor
) -> None:
    signal = world.signal()
    path = f"/incident/{signal.incident_id}/samenvoegen"
    assert operator.post(path, **{"in": signal.incident_id}).status_code == 400
    assert operator.post(path, **{"in": ""}).status_code == 400
    assert operator.post(path, **{"in": "weg"}).status_code == 404


def test_a_question_goes_to_the_reporter_and_shows_at_the_incident(
    world: World, operator: Visitor
) -> None:
    signal = world.signal()
    operator.post(f"/signaal/{signal.id}/vraag", aan="reporter", vraag="Staan ze er nog?")
    row = letters(world, signal)["group"]
    assert row.kind == "question"
    assert row.payload is not None
    assert "vraagt: Staan ze er nog?" in row.payload["text"]
    assert row.payload["reply_to"] is not None
    page = operator.get(f"/incident/{signal.incident_id}").text
    assert "Staan ze er nog?" in page
    assert "Nog geen antwoord." in page


def test_answers_are_full_only_for_whoever_has_the_signal_they_are_about(
    world: World, signed_in: Callable[..., Visitor]
) -> None:
    incident = world.incident()
    police = world.signal("Inbraak!", incident=incident)
    waste = world.signal("Afval", category=Category.AFVAL, incident=incident)
    with world.store.write() as work:
        for number, about in enumerate((police, waste)):
            ask_and_answer(work, f"{number}", about)
    answers = {"Piet0", "Piet1"}
    for role, seen in (("meldkamer", {"Piet0"}), ("handhaving", {"Piet1"})):
        own = police if role == "meldkamer" else waste
        person = signed_in(role)
        for path in (f"/incident/{incident}", f"/kaart/{own.id}"):
            page = person.get(path).text
            assert {name for name in answers if name in page} == seen
            assert "Dat was [naam]" in page


def test_a_new_incident_knows_where_its_message_was(world: World, operator: Visitor) -> None:
    incident = world.incident()
    world.signal("Een", incident=incident)
    two = world.signal("Inbraak op de Parallelweg 14", incident=incident)
    operator.post(f"/signaal/{two.id}/losmaken")
    with world.store.read() as work:
        new = work.incidents.get(now_is(world, two).incident_id)
    assert new.places == {"street:parallelweg 14"}


def test_a_group_without_a_voice_cannot_be_asked(world: World, operator: Visitor) -> None:
    signal = world.signal(group=world.group(source="whatsapp_export"))
    answer = operator.post(f"/signaal/{signal.id}/vraag", aan="group", vraag="Hallo?")
    assert answer.status_code == 409
    assert (
        "In deze groep kan de bot niets zeggen"
        in operator.get(f"/incident/{signal.incident_id}").text
    )


def test_an_empty_or_endless_question_is_refused(world: World, operator: Visitor) -> None:
    signal = world.signal()
    path = f"/signaal/{signal.id}/vraag"
    assert operator.post(path, aan="group", vraag=" ").status_code == 400
    assert operator.post(path, aan="group", vraag="x" * 301).status_code == 400
    assert operator.post(path, aan="iedereen", vraag="x").status_code == 400


def test_everything_works_on_postgresql_too(postgres_store: Store, clock: FrozenClock) -> None:
    world = World(postgres_store, clock)
    one, two = world.signal("Een"), world.signal("Twee")
    account = world.account("meldkamer", "Agnes")
    who = SignedIn(account=account, role=Role.MELDKAMER, tenant=world.tenant, csrf="", session="")
    desk = Desk(world.services)
    desk.merge(who, one.incident_id, two.incident_id)
    desk.split(who, one.id)
    desk.ask(who, two.id, "reporter", "Waar precies?")
    first = desk.decide(who, two.id, Act.CONFIRM, seen_version=now_is(world, two).version)
    clock.advance(timedelta(seconds=5))
    again = desk.undo(who, first.decision)
    done = desk.decide(who, two.id, Act.CONFIRM, seen_version=again.version).signal
    assert done.state is SignalState.DECIDED
    assert letters(world, two)["politie-mail"].state == "pending"
