# SPDX-License-Identifier: EUPL-1.2
"""Pseudonyms say the same of one writer within a tenant and period, and nothing beyond it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import errors
from ingest.pseudonym import Keys, period, periods

KEYS = Keys(b"k" * 32)
words = st.text(max_size=20)
months = st.integers(0, 36_000).map(lambda day: datetime(2001, 1, 1, tzinfo=UTC) + timedelta(day))


@given(words, words, words, words)
def test_a_writer_has_one_pseudonym_within_tenant_period_and_source(
    tenant: str, month: str, source: str, sender: str
) -> None:
    first = KEYS.pseudonym(tenant, month, source, sender)
    assert first == Keys(b"k" * 32).pseudonym(tenant, month, source, sender)
    assert len(first) == 32
    assert int(first, 16) >= 0


@given(st.lists(st.tuples(words, words, words, words), unique=True, min_size=2, max_size=6))
def test_another_tenant_period_source_or_writer_gives_another_pseudonym(
    people: list[tuple[str, str, str, str]],
) -> None:
    assert len({KEYS.pseudonym(*person) for person in people}) == len(people)


@given(words, words, words, words)
def test_pseudonym_member_dedup_and_message_key_never_coincide(
    tenant: str, a: str, b: str, c: str
) -> None:
    keys = {
        KEYS.pseudonym(tenant, a, b, c),
        KEYS.member(tenant, a, b, c)[:32],
        KEYS.dedup(tenant, a, b, c, "")[:32],
        KEYS.message_key(tenant, a, b, c)[:32],
    }
    assert len(keys) == 4


@given(st.lists(st.tuples(words, words, words, words, words), unique=True, max_size=6))
def test_dedup_keys_are_equal_only_for_the_same_revision_of_the_same_message(
    messages: list[tuple[str, str, str, str, str]],
) -> None:
    assert len({KEYS.dedup(*message) for message in messages}) == len(messages)


def test_parts_that_only_join_to_the_same_text_differ() -> None:
    assert KEYS.message_key("t", "ab", "c", "1") != KEYS.message_key("t", "a", "bc", "1")


def test_another_secret_gives_other_names() -> None:
    assert KEYS.member("t", "s", "g", "anna") != Keys(b"l" * 32).member("t", "s", "g", "anna")


def test_half_a_surrogate_pair_in_a_name_is_no_obstacle() -> None:
    assert KEYS.pseudonym("t", "2026-11", "s", "\ud800")


def test_a_short_secret_is_refused_without_showing_it() -> None:
    with pytest.raises(errors.ConfigurationError) as caught:
        Keys(b"te-kort")
    assert "te-kort" not in str(caught.value)
    assert "32" in str(caught.value)


def test_the_secret_is_not_in_the_representation() -> None:
    assert repr(Keys(b"geheim" * 6)) == "<Keys>"


def test_a_period_is_the_month_in_the_netherlands() -> None:
    assert period(datetime(2026, 10, 31, 22, 59, tzinfo=UTC)) == "2026-10"
    assert period(datetime(2026, 10, 31, 23, 0, tzinfo=UTC)) == "2026-11"


@given(months, months)
def test_periods_run_without_gaps_from_first_to_last(a: datetime, b: datetime) -> None:
    since, until = sorted((a, b))
    found = periods(since, until)
    assert found[0] == period(since)
    assert found[-1] == period(until)
    assert found == sorted(set(found))
    years, month = divmod(len(found) - 1, 12)
    first, last = found[0].split("-"), found[-1].split("-")
    assert (int(last[0]) - int(first[0])) * 12 + int(last[1]) - int(first[1]) == years * 12 + month
