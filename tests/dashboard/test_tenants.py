# SPDX-License-Identifier: EUPL-1.2
"""Whoever knows an id of another municipality gets nothing for it and changes nothing with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from core.admin import Admin, Rank, Signup
from core.annotation import Lane, Room
from core.dossier import Dossier, Note, NoteKind
from core.label import Category
from core.signal import Act, Decision, Reason
from dashboard.access import ACCESS, PUBLIC, Role
from dashboard.words import TIP
from store.outbox import OutboxRow
from store.rooms import NewItem
from store.tables import metadata
from tests.dashboard.test_access import routes
from tests.dashboard.visitor import Visitor
from tests.dashboard.world import SLUG, World

SignedIn = Callable[..., Visitor]

#: Stands in every text of the other municipality.
MARK = "Geheimstraat"
#: What whoever looks writes down themselves, or what only says that they are there.
_OWN = {"audit", "heads", "sessions", "looks"}


@dataclass(frozen=True, kw_only=True)
class Elsewhere:
    """Ids of one thing of each kind."""

    signal: str
    decision: str
    incident: str
    dossier: str
    letter: str
    group: str
    room: str
    item: str
    account: str
    admin: str
    signup: str


@pytest.fixture
def elsewhere(world: World) -> Elsewhere:
    """Another municipality with one of everything."""
    now = world.clock.now()
    group = world.group(f"Buurtapp {MARK}", tenant="elders")
    account = world.account("meldkamer", "Els", tenant="elders")
    world.account("onderzoek", "Edo", tenant="elders")
    decided, signal = (
        world.signal(f"Er wordt ingebroken, {MARK} {n}", names=[], group=group) for n in (1, 2)
    )
    with world.store.write() as work:
        work.decisions.decide(
            Decision(
                id="elders-besluit",
                signal=decided.id,
                act=Act.CONFIRM,
                actor="els",
                at=now,
                seen_version=decided.version,
            )
        )
        work.outbox.put(
            [
                OutboxRow(
                    id="elders-brief",
                    tenant="elders",
                    kind="report",
                    target="politie-mail",
                    payload={"text": MARK, "category": "inbraak"},
                    idempotency_key="elders-brief",
                    due_at=now,
                    created_at=now,
                    signal_id=decided.id,
                    group_id=group.id,
                    decision_id="elders-besluit",
                )
            ]
        )
        work.outbox.claim(now, timedelta(minutes=1), 1)
        work.outbox.dead("elders-brief", "geen verbinding", now)
        work.dossiers.add(
            Dossier(
                id="elders-dossier",
                tenant="elders",
                title=f"Inbraken {MARK}",
                purpose="Minder inbraken",
                area="kersenbuurt",
                opened_by="els",
                opened_at=now,
                ends_at=now + timedelta(days=14),
            )
        )
        work.dossiers.gather("elders", "elders-dossier", signal.id, "els", now)
        note = Note(
            id="elders-notitie",
            dossier="elders-dossier",
            kind=NoteKind.FACT,
            text=f"De lamp in de {MARK} is stuk.",
            author="els",
            at=now,
        )
        work.dossiers.note("elders", note)
        work.rooms.open(
            Room(
                id="elders-kamer",
                tenant="elders",
                name=f"Kamer {MARK}",
                purpose="Meten",
                legal_basis="artikel 6",
                people=("edo", "onderzoek"),
                opened_by="els",
                opened_at=now,
                ends_at=now + timedelta(days=14),
            )
        )
        work.rooms.add(
            "elders-kamer",
            [
                NewItem(
                    id="elders-item",
                    lane=Lane.RANDOM,
                    signal=signal.id,
                    said=Category.INBRAAK,
                    probability=0.9,
                )
            ],
        )
        work.admins.add(
            Admin(
                id="elders-beheerder",
                tenant="elders",
                rank=Rank.HEAD,
                name=f"Bea {MARK}",
                contact="bea@elders.nl",
                created_at=now,
            )
        )
        work.admins.confirm("elders-beheerder", now)
        work.signups.add(
            Signup(
                id="elders-aanmelding",
                tenant="elders",
                name=f"Groep {MARK}",
                source="telegram",
                area="",
                days=None,
                admin_id="elders-beheerder",
                code_hash="c" * 64,
                created_at=now,
            )
        )
    return Elsewhere(
        signal=signal.id,
        decision="elders-besluit",
        incident=signal.incident_id,
        dossier="elders-dossier",
        letter="elders-brief",
        group=group.id,
        room="elders-kamer",
        item="elders-item",
        account=account.id,
        admin="elders-beheerder",
        signup="elders-aanmelding",
    )


#: Beginning of an address → what its id names.
_KINDS = {
    "/signaal/": "signal",
    "/kaart/": "signal",
    "/besluit/": "decision",
    "/incident/": "incident",
    "/dossier/": "dossier",
    "/afleveringen/": "letter",
    "/groep/": "group",
    "/onderzoek/kamer/": "room",
    "/beheer/accounts/": "account",
    "/beheer/groepen/aanmelding/": "signup",
    "/beheer/groepen/beheerder/": "admin",
}
#: Fields with which a deed would be carried out at home, by the name of its route.
_FIELDS: Mapping[str, Mapping[str, str]] = {
    "decide": {"besluit": "bevestigd", "versie": "1"},
    "snooze": {"minuten": "5"},
    "incident-merge": {"in": "0"},
    "explain": {"reden": next(iter(Reason)).value},
    "tip": {"tip": next(iter(TIP))},
    "dossier-gather": {"dossier": "elders-dossier"},
    "ask": {"aan": "group", "vraag": "Wie zag dit?"},
    "dossier-note": {"soort": "feit", "notitie": "De lamp is stuk."},
    "group-opt-in": {"gelezen": "ja", "verteld": "ja", "proef": "30"},
    "group-mode": {"wie": "alleen-ja"},
    "deputy-add": {"naam": "Bea", "mail": "bea@voorbeeld.nl"},
    "room-fill": {"hoe": "willekeurig", "aantal": "5"},
    "label": {"categorie": "inbraak"},
    "rule": {"categorie": "inbraak"},
    "account-change": {"doe": "wachtwoord"},
    "signup-decide": {"besluit": "goed"},
    "admin-change": {"doe": "link"},
}
#: Deeds that refuse before they look whose it is: with what, and that they do, is tested elsewhere.
_EARLIER = {"group-upload": 404, "room-upload": 400, "admin-leave": 404}


#: Tried with a stranger's account in the tests of their own pages: test_surveys, test_files,
#: test_practice, api/test_tokens. Their stores find nothing without the municipality's name.
_TRIED = {"survey", "survey-csv", "survey-stop", "file-settle", "explanation", "token-revoke"}


def addresses(elsewhere: Elsewhere) -> list[tuple[str, str, str]]:
    """Return name, method and address of every route with an id that is not for all."""
    found = []
    for route in routes():
        kind = next((k for start, k in _KINDS.items() if route.path.startswith(start)), None)
        if kind is None or ACCESS[route.name] is PUBLIC or "{" not in route.path:
            continue
        path = route.path.replace("{item}", elsewhere.item)
        path = re.sub(r"\{id\}", getattr(elsewhere, kind), path)
        found.append((route.name, next(iter(route.methods or ())), path))
    return found


def stored(world: World) -> dict[str, list[Any]]:
    with world.store.read() as work:
        return {
            table.name: sorted(map(repr, work.transaction.rows(sa.select(table))))
            for table in metadata.sorted_tables
            if table.name not in _OWN
        }


def test_every_route_with_an_id_is_walked(elsewhere: Elsewhere) -> None:
    walked = {name for name, _, _ in addresses(elsewhere)}
    with_id = {route.name for route in routes() if "{id}" in route.path}
    # A comparison names two models, which no municipality owns; only who began it finds it.
    assert with_id - walked == {"comparison"} | _TRIED


@pytest.mark.parametrize("role", list(Role))
def test_an_id_of_another_municipality_opens_and_changes_nothing(
    world: World, signed_in: SignedIn, elsewhere: Elsewhere, role: Role
) -> None:
    person = signed_in(role.value, groups=[elsewhere.group])
    before, wrong = stored(world), []
    for name, method, path in addresses(elsewhere):
        if role not in (ACCESS[name] or ()):
            continue
        query = "?juist=inbraak&model=inbraak" if name == "room-examples" else ""
        fields = dict(_FIELDS.get(name, {}))
        answer = person.get(path + query) if method == "GET" else person.post(path, **fields)
        if answer.status_code != _EARLIER.get(name, 404) or MARK in answer.text:
            wrong.append((name, answer.status_code))
    assert wrong == []
    assert stored(world) == before


@pytest.mark.parametrize("role", list(Role))
def test_no_page_list_or_file_shows_anything_of_another_municipality(
    world: World, signed_in: SignedIn, elsewhere: Elsewhere, role: Role
) -> None:
    assert elsewhere
    world.signal()
    person = signed_in(role.value, groups=[elsewhere.group])
    shown = [
        route.path
        for route in routes()
        if "GET" in (route.methods or ())
        and "{" not in route.path
        and route.name != "stream"
        and MARK in person.get(route.path).text
    ]
    assert shown == []


def test_what_is_named_in_a_field_is_looked_at_as_closely(
    world: World, signed_in: SignedIn, elsewhere: Elsewhere
) -> None:
    mine = world.signal()
    operator, manager = signed_in("meldkamer", "Agnes"), signed_in("beheer", "Karin")
    before = stored(world)
    incident = f"/incident/{mine.incident_id}/samenvoegen"
    newcomer = {"naam": "Bea", "mail": "bea@voorbeeld.nl"}
    answers = [
        operator.post(incident, **{"in": elsewhere.incident}),
        operator.post(f"/signaal/{mine.id}/dossier", dossier=elsewhere.dossier),
        operator.post(f"/dossier/{elsewhere.dossier}/uit", signaal=elsewhere.signal),
        operator.get(f"/kaarten?id={elsewhere.signal}"),
        manager.post("/beheer/groepen/beheerder", groep=elsewhere.group, **newcomer),
        manager.post(
            "/beheer/accounts",
            naam="nieuw",
            weergave="Nieuw",
            rol="groepsbeheer",
            groep=elsewhere.group,
        ),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404, 200, 404, 404]
    assert MARK not in "".join(answer.text for answer in answers)
    assert stored(world) == before
    assert SLUG != "elders"
