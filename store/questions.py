# SPDX-License-Identifier: EUPL-1.2
"""What operators ask reporters or groups, and what they answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, cast

import sqlalchemy as sa

from core import errors
from core.signal import SignalState
from store.tables import answers, questions, signals
from store.text import open_text, seal_text, storable
from store.transaction import Transaction, Values

Addressee = Literal["reporter", "group"]


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Answer:
    """What somebody answered."""

    id: str
    question_id: str
    dedup_key: str
    #: HMAC of (source, chat, external id): finds it when its message is edited or deleted.
    message_key: str
    #: HMAC of the writer; empty after erasure.
    pseudonym: str
    #: When it was written, by the sender's clock.
    at: datetime
    #: When we got it, by our own clock.
    received_at: datetime
    #: The full text; None after erasure, or when it was not asked for.
    text: str | None
    #: The text without personal data; None after erasure.
    masked: str | None

    def __repr__(self) -> str:
        return f"<Answer {self.id}>"


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Question:
    """What an operator wants to know about a signal."""

    id: str
    tenant: str
    signal_id: str
    group_id: str
    asked_by: str
    asked_at: datetime
    to: Addressee
    #: The operator's own words; empty after erasure of the signal.
    text: str
    #: HMAC of the bot's message that carried it, once it was sent.
    message_key: str | None = None
    answers: tuple[Answer, ...] = ()

    def __repr__(self) -> str:
        return f"<Question {self.id} to {self.to}>"


class Questions:
    """Questions, found back by the message that an answer replies to."""

    def __init__(self, transaction: Transaction) -> None:
        self._tx = transaction

    def ask(self, question: Question) -> None:
        """Store a question; sending it goes through the outbox."""
        values = {field: getattr(question, field) for field in _COLUMNS}
        words = storable(question.text)[:_LONGEST]
        sealed = seal_text(self._tx.sealer, words, question_context(question.id))
        self._tx.insert(questions, [values | {"sealed": sealed}])

    def sent(self, question_id: str, message_key: str) -> None:
        """Write down which message carried the question."""
        self._tx.run(
            sa.update(questions)
            .where(questions.c.id == question_id)
            .values(message_key=message_key)
        )

    def get(self, question_id: str, *, with_text: bool = False) -> Question:
        """Return the question with its answers; raise ``NotFound``."""
        query = sa.select(questions).where(questions.c.id == question_id)
        found = self._many(query, with_text=with_text)
        if not found:
            raise errors.NotFound("no such question")
        return found[0]

    def by_message(self, message_key: str) -> Question | None:
        """Return the question that this message of the bot carried, or None."""
        query = sa.select(questions).where(questions.c.message_key == message_key)
        found = self._many(query.limit(1), with_text=False)
        return found[0] if found else None

    def awaiting(self, message_key: str) -> Question | None:
        """Return the question that this message carried, as long as its signal is there.

        Keeps the signal from being erased meanwhile: an answer would stay behind alone.
        """
        question = self.by_message(message_key)
        if question is None:
            return None
        lock = sa.select(signals.c.state).where(signals.c.id == question.signal_id)
        gone = self._tx.scalar(lock.with_for_update(read=True)) == SignalState.ERASED.value
        return None if gone else question

    def answer(self, answer: Answer) -> bool:
        """Store an answer; False when one of that message was there already."""
        row = {
            "id": answer.id,
            "question_id": answer.question_id,
            "message_key": answer.message_key,
            "pseudonym": answer.pseudonym,
            "at": answer.at,
            "received_at": answer.received_at,
            **self._words(answer.id, answer),
        }
        return bool(self._tx.insert_new(answers, [row], answers.c.id))

    def answer_of(self, message_key: str) -> Answer | None:
        """Return the answer that a message became and that was not erased, without its text."""
        query = sa.select(answers).where(*_live(message_key)).with_for_update()
        row = self._tx.row(query)
        return _answer(row, None) if row else None

    def revise(self, known: Answer, new: Answer) -> None:
        """Replace what was answered after an edit in the source; the old words are gone."""
        words = self._words(known.id, new)
        self._tx.run(sa.update(answers).where(answers.c.id == known.id).values(**words))

    def erase_message(self, message_key: str) -> str | None:
        """Remove what a message answered; return the id of the signal that it was about.

        None when there is nothing (any more).
        """
        known = self.answer_of(message_key)
        if known is None:
            return None
        self._tx.run(sa.update(answers).where(answers.c.id == known.id).values(**_EMPTY))
        return self.get(known.question_id).signal_id

    def of_incident(self, incident_id: str, *, with_text: bool = False) -> list[Question]:
        """Return an incident's questions with their answers, oldest first."""
        query = (
            sa.select(questions)
            .join(signals, signals.c.id == questions.c.signal_id)
            .where(signals.c.incident_id == incident_id)
            .order_by(questions.c.asked_at, questions.c.id)
        )
        return self._many(query, with_text=with_text)

    def to_group(self, group_id: str, most: int) -> list[Question]:
        """Return what a whole group was asked and is not erased, latest first, without answers."""
        query = sa.select(questions).where(
            questions.c.group_id == group_id,
            questions.c.to == "group",
            questions.c.sealed.is_not(None),
        )
        latest = query.order_by(questions.c.asked_at.desc(), questions.c.id.desc()).limit(most)
        return [_question(row, self._asked(row)) for row in self._tx.rows(latest)]

    def erase_answers(
        self, group_id: str, pseudonyms: Sequence[str] | None, until: datetime
    ) -> int:
        """Remove what members of a group (None: all of them) answered until that moment."""
        asked = sa.select(questions.c.id).where(questions.c.group_id == group_id)
        theirs = [
            answers.c.question_id.in_(asked),
            answers.c.sealed.is_not(None),
            answers.c.received_at <= until,
        ]
        if pseudonyms is not None:
            theirs.append(answers.c.pseudonym.in_(pseudonyms))
        gone = sa.update(answers).where(*theirs).values(**_EMPTY)
        return self._tx.run(gone).rowcount

    def _words(self, answer_id: str, said: Answer) -> Values:
        return {
            "dedup_key": said.dedup_key,
            "sealed": seal_text(self._tx.sealer, said.text or "", answer_context(answer_id)),
            "masked": storable(said.masked or ""),
        }

    def _many(self, query: sa.Select[Any], *, with_text: bool) -> list[Question]:
        rows = self._tx.rows(query)
        given = self._answers([row.id for row in rows], with_text=with_text)
        return [
            replace(_question(row, self._asked(row)), answers=tuple(given.get(row.id, ())))
            for row in rows
        ]

    def _answers(self, ids: Sequence[str], *, with_text: bool) -> dict[str, list[Answer]]:
        query = sa.select(answers).where(answers.c.question_id.in_(ids))
        found: dict[str, list[Answer]] = {}
        for row in self._tx.rows(query.order_by(answers.c.at, answers.c.id)) if ids else ():
            text = self._text(row) if with_text else None
            found.setdefault(row.question_id, []).append(_answer(row, text))
        return found

    def _asked(self, row: sa.Row[Any]) -> str:
        if row.sealed is None:
            return ""
        return open_text(self._tx.sealer, row.sealed, question_context(row.id))

    def _text(self, row: sa.Row[Any]) -> str | None:
        if row.sealed is None:
            return None
        return open_text(self._tx.sealer, row.sealed, answer_context(row.id))


#: An answer that was erased.
_EMPTY: Values = {"sealed": None, "masked": None, "pseudonym": ""}
_COLUMNS = tuple(name for name in Question.__slots__ if name not in ("answers", "text"))
#: Longest question that is kept, in characters.
_LONGEST = 500


def _live(message_key: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (answers.c.message_key == message_key, answers.c.sealed.is_not(None))


def question_context(question_id: str) -> str:
    """Return what a question's text is sealed for."""
    return f"question/{question_id}"


def answer_context(answer_id: str) -> str:
    """Return what an answer's text is sealed for."""
    return f"answer/{answer_id}"


def _question(row: sa.Row[Any], text: str) -> Question:
    return Question(
        id=row.id,
        tenant=row.tenant,
        signal_id=row.signal_id,
        group_id=row.group_id,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        to=cast("Addressee", row.to),
        text=text,
        message_key=row.message_key,
    )


def _answer(row: sa.Row[Any], text: str | None) -> Answer:
    return Answer(
        id=row.id,
        question_id=row.question_id,
        dedup_key=row.dedup_key,
        message_key=row.message_key,
        pseudonym=row.pseudonym,
        at=row.at,
        received_at=row.received_at,
        text=text,
        masked=row.masked,
    )
