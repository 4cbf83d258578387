# SPDX-License-Identifier: EUPL-1.2
"""Joining, taking apart and asking: what people do with an incident."""

from __future__ import annotations

from datetime import timedelta

from core.clock import FrozenClock
from core.signal import Act, SignalState
from dashboard.access import Role
from dashboard.auth import Visitor as SignedIn
from dashboard.desk import Desk
from store.database import Store
from store.outbox import OutboxRow
from store.signalrow import SignalRow
from tests.dashboard.visitor import Visitor
from tests.dashboard.world import World


def letters(world: World, signal: SignalRow) -> dict[str, OutboxRow]:
    with world.store.read() as work:
        return {row.target: row for row in work.outbox.of_signal(signal.id)}


def now_is(world: World, signal: SignalRow) -> SignalRow:
    with world.store.read() as work:
        return work.signals.get(signal.id)


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
