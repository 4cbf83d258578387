# SPDX-License-Identifier: EUPL-1.2
"""Questionnaires and what was answered: sums and masked words, never a person's set of answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core import errors
from core.survey import KEPT, Answered, Question, Survey
from store.tables import survey_answers, survey_counts, survey_groups, survey_words, surveys
from store.text import open_text, seal_text, storable
from store.transaction import Transaction


class Surveys:
    """One questionnaire has one link for each group."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def add(self, survey: Survey, hashes: Mapping[str, str]) -> None:
        """Store a new one, with the hash of the link of each group."""
        survey.check()
        asked = [
            {"answered": q.answered.value, "text": storable(q.text), "choices": list(q.choices)}
            for q in survey.questions
        ]
        row = {
            "id": survey.id,
            "tenant": survey.tenant,
            "title": storable(survey.title),
            "purpose": storable(survey.purpose),
            "questions": asked,
            "made_by": survey.made_by,
            "made_at": survey.made_at,
            "starts_at": survey.starts_at,
            "ends_at": survey.ends_at,
        }
        self._tx.insert(surveys, [row])
        links = [
            {"survey_id": survey.id, "group_id": group, "token_hash": hashes[group]}
            for group in survey.groups
        ]
        self._tx.insert(survey_groups, links)

    def get(self, tenant: str, survey_id: str) -> Survey:
        """Return the questionnaire; raise ``NotFound``."""
        found = self._many(surveys.c.tenant == tenant, surveys.c.id == survey_id)
        if not found:
            raise errors.NotFound("no such questionnaire")
        return found[0]

    def of_tenant(self, tenant: str) -> Sequence[Survey]:
        """Return all of a tenant, newest first."""
        return self._many(surveys.c.tenant == tenant)

    def of_group(self, group_id: str) -> Sequence[Survey]:
        """Return all that a group was chosen for, newest first."""
        theirs = sa.select(survey_groups.c.survey_id).where(survey_groups.c.group_id == group_id)
        return self._many(surveys.c.id.in_(theirs))

    def by_link(self, token_hash: str) -> Survey | None:
        """Return the questionnaire that a link leads to, over or not."""
        theirs = sa.select(survey_groups.c.survey_id)
        found = self._many(surveys.c.id.in_(theirs.where(survey_groups.c.token_hash == token_hash)))
        return found[0] if found else None

    def stop(self, survey_id: str, at: datetime) -> bool:
        """End it now; False when somebody did before."""
        where = (surveys.c.id == survey_id, surveys.c.stopped_at.is_(None))
        return self._tx.run(sa.update(surveys).where(*where).values(stopped_at=at)).rowcount == 1

    def unsent(self, survey_id: str) -> Sequence[str]:
        """Return the groups that the bot did not ask yet."""
        waiting = (survey_groups.c.survey_id == survey_id, survey_groups.c.sent_at.is_(None))
        query = sa.select(survey_groups.c.group_id).where(*waiting)
        return [row.group_id for row in self._tx.rows(query.order_by(survey_groups.c.group_id))]

    def sent(self, survey_id: str, group_id: str, at: datetime) -> bool:
        """Write down that a group is asked now; False when it was before."""
        where = (
            survey_groups.c.survey_id == survey_id,
            survey_groups.c.group_id == group_id,
            survey_groups.c.sent_at.is_(None),
        )
        return self._tx.run(sa.update(survey_groups).where(*where).values(sent_at=at)).rowcount == 1

    def answer(
        self,
        survey_id: str,
        page: str,
        *,
        picks: Mapping[int, int],
        words: Mapping[int, tuple[str, str]],
    ) -> bool:
        """Add one page of answers to the sums; False when this page was sent in before.

        ``picks``: option by question. ``words``: by question a random id and the masked text.
        """
        row = {"id": page, "survey_id": survey_id}
        if not self._tx.insert_new(survey_answers, [row], survey_answers.c.id):
            return False
        # In one order for everybody, so that two who answer at once never wait for each other.
        for question, option in sorted(picks.items()):
            self._count(survey_id, question, option)
        self._tx.insert(
            survey_words,
            [
                {
                    "id": id,
                    "survey_id": survey_id,
                    "question": question,
                    "sealed": seal_text(self._tx.sealer, storable(text), words_context(id)),
                }
                for question, (id, text) in words.items()
            ],
        )
        return True

    def answers(self, survey_id: str) -> int:
        """Return how many pages were sent in."""
        query = sa.select(sa.func.count()).where(survey_answers.c.survey_id == survey_id)
        return int(self._tx.scalar(query))

    def counts(self, survey_id: str) -> Mapping[int, Mapping[int, int]]:
        """Return by question how often each option was chosen."""
        table = survey_counts.c
        query = sa.select(table.question, table.option, table.n).where(table.survey_id == survey_id)
        found: defaultdict[int, dict[int, int]] = defaultdict(dict)
        for row in self._tx.rows(query):
            found[row.question][row.option] = row.n
        return found

    def words(self, survey_id: str, question: int) -> Sequence[str]:
        """Return the masked open answers to a question, in no order of time."""
        table = survey_words.c
        query = sa.select(survey_words).where(
            table.survey_id == survey_id, table.question == question
        )
        return [
            open_text(self._tx.sealer, row.sealed, words_context(row.id))
            for row in self._tx.rows(query.order_by(table.id))
        ]

    def expire(self, now: datetime) -> int:
        """Erase the open answers of what ended long enough ago; return how many."""
        ended = sa.func.coalesce(surveys.c.stopped_at, surveys.c.ends_at)
        over = sa.select(surveys.c.id).where(ended <= now - KEPT)
        gone = sa.delete(survey_words).where(survey_words.c.survey_id.in_(over))
        return self._tx.run(gone).rowcount

    def _count(self, survey_id: str, question: int, option: int) -> None:
        row = {"survey_id": survey_id, "question": question, "option": option, "n": 1}
        keys = ["survey_id", "question", "option"]
        insert = self._tx.upsert(survey_counts).values(row)
        more = {"n": survey_counts.c.n + 1}
        self._tx.run(insert.on_conflict_do_update(index_elements=keys, set_=more))

    def _many(self, *where: sa.ColumnElement[bool]) -> Sequence[Survey]:
        query = sa.select(surveys).where(*where)
        rows = self._tx.rows(query.order_by(surveys.c.made_at.desc(), surveys.c.id.desc()))
        groups: defaultdict[str, list[str]] = defaultdict(list)
        chosen = sa.select(survey_groups.c.survey_id, survey_groups.c.group_id).where(
            survey_groups.c.survey_id.in_([row.id for row in rows])
        )
        for row in self._tx.rows(chosen.order_by(survey_groups.c.group_id)):
            groups[row.survey_id].append(row.group_id)
        return [_survey(row, tuple(groups[row.id])) for row in rows]


def words_context(words_id: str) -> str:
    """Return what an open answer is sealed for."""
    return f"survey-words/{words_id}"


def _survey(row: sa.Row[Any], groups: tuple[str, ...]) -> Survey:
    return Survey(
        id=row.id,
        tenant=row.tenant,
        title=row.title,
        purpose=row.purpose,
        questions=tuple(
            Question(answered=Answered(q["answered"]), text=q["text"], choices=tuple(q["choices"]))
            for q in row.questions
        ),
        groups=groups,
        made_by=row.made_by,
        made_at=row.made_at,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        stopped_at=row.stopped_at,
    )
