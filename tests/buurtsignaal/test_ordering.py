# SPDX-License-Identifier: EUPL-1.2
"""From request to register: who may do what with a monitoring order, and what follows from it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from buurtsignaal import ordering
from buurtsignaal.bootstrap import House
from buurtsignaal.people import add_account
from buurtsignaal.pipeline import Pipeline
from core import errors
from core.audit import Result, Tag
from core.clock import FrozenClock
from core.consent import ConsentState
from core.message import Batch, Message, Origin
from core.order import Order, OrderState

TENANT = "demo"
PASSWORD = "een heel lang wachtwoord"


@pytest.fixture(autouse=True)
def people(house: House) -> None:
    for name in ("agnes", "bert"):
        add_account(
            house,
            tenant=TENANT,
            username=name,
            display_name=name,
            role="beheer",
            password=PASSWORD,
        )


@pytest.fixture
def area(house: House) -> str:
    return next(iter(house.tenant(TENANT).areas))


def request(house: House, area: str, **changed: Any) -> Order:
    given: dict[str, Any] = {
        "tenant": TENANT,
        "by": "agnes",
        "purpose": "weten waar vuurwerk wordt afgestoken",
        "legal_basis": "artikel 172 Gemeentewet",
        "terms": ["vuurwerk", "inbraak"],
        "sources": ["rss", "mastodon"],
        "area": area,
        "ends_at": house.clock.now() + timedelta(days=14),
    }
    return ordering.request(house, **(given | changed))


def approve(house: House, order: Order, by: str = "bert", password: str = PASSWORD) -> Order:
    return ordering.approve(house, tenant=TENANT, order_id=order.id, by=by, password=password)


def post(order: Order, clock: FrozenClock, text: str = "Er is een inbraak") -> Batch:
    message = Message(
        source="rss",
        chat=order.id,
        external_id=text,
        sender="redactie",
        sent_at=clock.now(),
        text=text,
        origin=Origin.PUBLIC,
    )
    return Batch(tenant=TENANT, source="rss", items=(message,), stream="feeds")


def test_a_post_is_a_signal_inside_an_order_only(
    house: House, pipeline: Pipeline, clock: FrozenClock, area: str
) -> None:
    order = request(house, area)
    assert pipeline.handle([post(order, clock)])[0].read == 0
    approve(house, order)
    clock.advance(timedelta(minutes=1))
    assert pipeline.handle([post(order, clock, "Weer een inbraak")])[0].signals
    clock.advance(timedelta(days=14))
    assert pipeline.handle([post(order, clock, "Nog een inbraak")])[0].read == 0


def test_a_stop_closes_the_order_and_its_groups(
    house: House, pipeline: Pipeline, clock: FrozenClock, area: str
) -> None:
    order = request(house, area)
    approve(house, order)
    ordering.stop(house, tenant=TENANT, order_id=order.id, by="agnes")
    assert pipeline.handle([post(order, clock)])[0].read == 0
    with house.store.read() as work:
        groups = [work.consent.find(TENANT, source, order.id) for source in order.sources]
        assert {g.consent.at(clock.now()) for g in groups if g} == {ConsentState.WITHDRAWN}
        assert {g.area for g in groups if g} == {area}


@pytest.mark.parametrize(
    ("by", "password", "said"),
    [("agnes", PASSWORD, "another person"), ("bert", "geraden wachtwoord", "not the password")],
)
def test_approval_takes_another_person_who_is_there(
    house: House, area: str, by: str, password: str, said: str
) -> None:
    order = request(house, area)
    with pytest.raises(errors.NotAllowed, match=said):
        approve(house, order, by, password)
    with house.store.read() as work:
        assert work.orders.get(TENANT, order.id).approved_at is None
        lines = [line.event for line in work.audit.lines(TENANT, limit=50)]
    refused = [line for line in lines if line.result is Result.REFUSED]
    assert [(line.tag, line.object) for line in refused] == [
        (Tag.ORDER_APPROVED, f"order/{order.id}")
    ]


@pytest.mark.parametrize("name", ["carla", ""])
def test_who_has_no_account_asks_for_nothing(house: House, area: str, name: str) -> None:
    with pytest.raises(errors.NotFound, match="people with accounts"):
        request(house, area, by=name)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"sources": ["telegram"]}, "no public source"),
        ({"terms": ["@agnes"]}, "never follows a person"),
        ({"purpose": "weten wat Willem de Vries doet"}, "names no person"),
    ],
)
def test_an_odd_request_is_refused_with_what_is_accepted(
    house: House, area: str, changed: dict[str, Any], said: str
) -> None:
    with pytest.raises(errors.BadInput, match=said):
        request(house, area, **changed)
    with pytest.raises(errors.BadInput, match="unknown area"):
        request(house, "atlantis")
    assert ordering.states(house, TENANT) == []


@pytest.mark.parametrize(
    "term",
    [
        *("Jan Jansen", "jan jansen", "#JanJansen", "#jan_jansen", "Willem de Vries", "Mohammed"),
        *("Mark Rutte", "mark rutte", "Geert Wilders", "AB-12-CD", "familie Bakker"),
    ],
)
def test_a_term_that_names_a_person_is_refused(house: House, area: str, term: str) -> None:
    with pytest.raises(errors.BadInput) as caught:
        request(house, area, terms=["vuurwerk", term])
    assert term not in str(caught.value)


@pytest.mark.parametrize(
    "term",
    [
        *("vuurwerk", "#wateroverlast", "storm", "Koningsdag", "omgevallen boom", "woninginbraak"),
        *("Willem de Zwijgerlaan", "Prins Hendrikplein", "Markt", "demonstratie", "112"),
    ],
)
def test_a_term_about_a_matter_or_a_place_is_accepted(house: House, area: str, term: str) -> None:
    if term.isdigit():
        with pytest.raises(errors.BadInput, match="cannot be searched for"):
            request(house, area, terms=[term])
    else:
        assert request(house, area, terms=[term]).topic.terms == (term,)


def test_a_renewal_is_a_new_order_with_a_new_approval(
    house: House, clock: FrozenClock, area: str
) -> None:
    first = approve(house, request(house, area))
    clock.advance(timedelta(days=14))
    second = request(
        house, area, renews=first.id, ends_at=clock.now() + timedelta(days=7), by="bert"
    )
    assert second.at(clock.now()) is OrderState.REQUESTED
    approve(house, second, by="agnes")
    rows = ordering.register(house, TENANT)
    assert [(row.id, row.state) for row in rows] == [
        (second.id, OrderState.RUNNING),
        (first.id, OrderState.ENDED),
    ]


def test_every_step_is_audited_without_words_of_anybody(house: House, area: str) -> None:
    order = approve(house, request(house, area))
    ordering.stop(house, tenant=TENANT, order_id=order.id, by="bert")
    with house.store.read() as work:
        events = [line.event for line in work.audit.lines(TENANT, limit=50)]
    lines = [event for event in events if event.object == f"order/{order.id}"]
    steps = {(line.tag, line.actor) for line in lines}
    assert steps == {
        (Tag.ORDER_REQUESTED, "agnes"),
        (Tag.ORDER_APPROVED, "bert"),
        (Tag.ORDER_STOPPED, "bert"),
    }
    assert {tuple(line.detail) for line in lines} == {()}
