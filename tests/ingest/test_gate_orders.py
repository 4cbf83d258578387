# SPDX-License-Identifier: EUPL-1.2
"""A public feed passes the gate inside a monitoring order, and otherwise not at all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.message import Change, Message, Origin
from ingest.admission import Admission, Reason
from tests.ingest.house import TENANT, House, message, order


def post(**changed: Any) -> Message:
    given: dict[str, Any] = {"source": "rss", "chat": "order-1", "origin": Origin.PUBLIC}
    return message("Vuurwerk op de markt", **(given | changed))


def refused(admission: Admission) -> list[Reason]:
    assert admission.admitted == ()
    return [reason for _, reason in admission.dropped]


@pytest.fixture
def open_group(house: House) -> House:
    """A group that consented in every way there is, but for which there is no order."""
    house.allow(house.group("order-1", "rss"))
    return house


def test_consent_alone_does_not_open_a_feed(open_group: House) -> None:
    assert refused(open_group.admit(post())) == [Reason.NO_CONSENT]


def test_an_order_alone_does_not_open_a_feed_without_its_group(house: House) -> None:
    house.order("order-1", "rss")
    assert refused(house.admit(post())) == [Reason.NO_CONSENT]


def test_inside_an_order_a_post_is_read(open_group: House) -> None:
    open_group.order("order-1", "rss")
    (admitted,) = open_group.admit(post()).admitted
    assert admitted.origin is Origin.PUBLIC
    assert "anna" not in repr(admitted)


def test_a_request_opens_nothing(open_group: House) -> None:
    with open_group.store.write() as work:
        work.orders.add(order("order-1", "rss", open_group.clock.now()))
    assert refused(open_group.admit(post())) == [Reason.NO_CONSENT]


def test_another_source_and_another_municipality_are_not_covered(open_group: House) -> None:
    open_group.order("order-1", "mastodon")
    assert refused(open_group.admit(post())) == [Reason.NO_CONSENT]
    open_group.allow(open_group.group("order-1", "mastodon", "gouda"))
    admission = open_group.admit(post(source="mastodon"), tenant="gouda")
    assert refused(admission) == [Reason.NO_CONSENT]


def test_what_was_written_before_the_order_stays_unread(open_group: House) -> None:
    started = open_group.order("order-1", "rss").begins
    early = post(sent_at=started - timedelta(seconds=1))
    assert refused(open_group.admit(early)) == [Reason.NO_CONSENT]


def test_it_stops_by_itself_at_the_end(open_group: House) -> None:
    open_group.order("order-1", "rss")
    open_group.clock.advance(timedelta(days=4))
    # Written in time, but it comes too late.
    assert refused(open_group.admit(post())) == [Reason.NO_CONSENT]


def test_a_stopped_order_is_closed_at_once(open_group: House) -> None:
    open_group.order("order-1", "rss")
    with open_group.store.write() as work:
        work.orders.stop(TENANT.slug, "order-1", by="agnes", at=open_group.clock.now())
    assert refused(open_group.admit(post())) == [Reason.NO_CONSENT]


def test_an_edit_needs_the_order_too(open_group: House) -> None:
    edit = post(change=Change.EDIT, revision="2")
    assert refused(open_group.admit(edit)) == [Reason.NO_CONSENT]


@pytest.mark.parametrize("source", ["webhook", "jsonl"])
def test_public_posts_that_come_another_way_need_an_order_as_well(
    house: House, source: str
) -> None:
    house.allow(house.group("order-1", source))
    assert refused(house.admit(post(source=source))) == [Reason.NO_CONSENT]
    house.order("order-1", source)
    assert house.admit(post(source=source)).admitted
