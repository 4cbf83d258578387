# SPDX-License-Identifier: EUPL-1.2
"""What every store promises about questionnaires, ratings by link and files, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from core import errors
from core.survey import KEPT, Answered, Question, Survey
from store.database import Store
from store.erasing import erase_signals
from store.exports import Export
from store.rotation import reseal
from store.tables import survey_words
from tests.store_samples import NOW, TENANT, add, later, new_signal, prepare

SURVEY = Survey(
    id="s1",
    tenant=TENANT,
    title="De proef",
    purpose="weten of het helpt",
    questions=(
        Question(answered=Answered.CHOICE, text="Wat?", choices=("Dit", "Dat")),
        Question(answered=Answered.OPEN, text="Nog iets?"),
    ),
    groups=("g1", "g2"),
    made_by="noor",
    made_at=NOW,
    starts_at=NOW,
    ends_at=later(days=7),
)
HASHES = {"g1": "a" * 64, "g2": "b" * 64}


@pytest.fixture
def asked(store: Store) -> Store:
    with store.write() as work:
        for n in (1, 2):
            work.consent.ensure(TENANT, "telegram", f"-{n}", id=f"g{n}", at=NOW)
        work.surveys.add(SURVEY, HASHES)
    return store


def test_a_questionnaire_comes_back_as_stored(asked: Store) -> None:
    with asked.read() as work:
        assert work.surveys.get(TENANT, "s1") == SURVEY
        assert work.surveys.of_tenant(TENANT) == work.surveys.of_group("g2") == [SURVEY]
        assert work.surveys.by_link("b" * 64) == SURVEY
        assert work.surveys.by_link("c" * 64) is None
        assert work.surveys.of_tenant("elders") == work.surveys.of_group("g3") == []
        with pytest.raises(errors.NotFound):
            work.surveys.get("elders", "s1")


def test_one_that_must_not_be_is_not_stored(asked: Store) -> None:
    with pytest.raises(errors.BadInput), asked.write() as work:
        work.surveys.add(replace(SURVEY, id="s2", questions=()), HASHES)


def test_it_is_stopped_once_and_each_group_is_asked_once(asked: Store) -> None:
    with asked.write() as work:
        assert work.surveys.unsent("s1") == ["g1", "g2"]
        assert work.surveys.sent("s1", "g1", NOW)
        assert not work.surveys.sent("s1", "g1", NOW)
        assert work.surveys.unsent("s1") == ["g2"]
        assert work.surveys.stop("s1", later(hours=1))
        assert not work.surveys.stop("s1", later(hours=2))
        assert work.surveys.get(TENANT, "s1").stopped_at == later(hours=1)


def test_answers_become_sums_and_a_page_counts_once(asked: Store) -> None:
    with asked.write() as work:
        for page, option in (("p1", 0), ("p2", 1), ("p3", 1), ("p3", 0)):
            new = work.surveys.answer(
                "s1", page, picks={0: option}, words={1: (f"w-{page}-{option}", "goed")}
            )
            assert new is not (page == "p3" and option == 0)
    with asked.read() as work:
        assert work.surveys.answers("s1") == 3
        assert work.surveys.counts("s1") == {0: {0: 1, 1: 2}}
        assert work.surveys.words("s1", 1) == ["goed"] * 3
        assert work.surveys.words("s1", 0) == []
        assert b"goed" not in work.transaction.scalar(sa.select(survey_words.c.sealed))
    assert reseal(asked) == 0


def test_open_answers_are_erased_in_time_and_sums_stay(asked: Store) -> None:
    end = SURVEY.ends_at + KEPT
    with asked.write() as work:
        work.surveys.answer("s1", "p1", picks={0: 0}, words={1: ("w1", "goed")})
        assert work.surveys.expire(end - timedelta(seconds=1)) == 0
        assert work.surveys.expire(end) == 1
        assert work.surveys.words("s1", 1) == []
        assert work.surveys.counts("s1") == {0: {0: 1}}


def test_a_rating_link_leads_to_its_group_until_it_ends(asked: Store) -> None:
    with asked.write() as work:
        for _ in range(2):
            work.ratings.invite("g1", "d" * 64, later(days=14))
        work.ratings.give(TENANT, "g1", "2026-11", "p", 4)
        assert work.ratings.invited("d" * 64, later(days=13)) == "g1"
        assert work.ratings.invited("d" * 64, later(days=14)) is None
        assert work.ratings.invited("e" * 64, NOW) is None
        assert (work.ratings.given("g1", "2026-11"), work.ratings.given("g1", "2026-12")) == (1, 0)
        assert work.ratings.prune(later(days=14)) == 1


def test_a_file_knows_what_of_it_was_erased_and_what_is_still_to_do(store: Store) -> None:
    with store.write() as work:
        prepare(work)
        both = [new_signal(), new_signal()]
        add(work, *both)
        one, two = (signal.id for signal in both)
        for n, inside in enumerate(([one, two, one], [two])):
            export = Export(
                id=f"e{n}", tenant=TENANT, file="lijst.csv", made_by="agnes", made_at=later(hours=n)
            )
            work.exports.add(export, inside)
        erase_signals(work.transaction, [one], later(days=1))
        # What is to be done comes first, although the other file is newer.
        found = work.exports.of_tenant(TENANT, made_by="agnes")
        assert [(e.id, e.signals, e.erased, e.unsettled) for e in found] == [
            ("e0", 2, 1, 1),
            ("e1", 1, 0, 0),
        ]
        assert work.exports.of_tenant(TENANT, made_by="bert") == []
        assert work.exports.of_tenant("elders") == []
        assert work.exports.unsettled("e0") == [one]
        # What is not erased cannot be settled.
        assert work.exports.settle("e0", [one, two], later(days=2)) == 1
        assert work.exports.settle("e0", [one, two], later(days=2)) == 0
        assert work.exports.get(TENANT, "e0").unsettled == 0
        with pytest.raises(errors.NotFound):
            work.exports.get("elders", "e0")
