# SPDX-License-Identifier: EUPL-1.2
"""Sealing everything anew with the first key, after which older keys can be thrown away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from store.admins import admin_context
from store.database import Store
from store.dossiers import note_context
from store.handovers import handover_context
from store.outbox import payload_context
from store.questions import answer_context, question_context
from store.reports import contact_context, photo_context
from store.rooms import item_context
from store.signalrow import external_context, text_context
from store.surveys import words_context
from store.tables import (
    admins,
    answers,
    dossier_notes,
    handovers,
    outbox,
    questions,
    reports,
    room_items,
    signals,
    survey_words,
)
from store.work import Work

_PORTION = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Sealed:
    """A column that holds sealed values, and what each is sealed for."""

    column: sa.Column[Any]
    context: Callable[[str], str]


#: Every column that is sealed; a test looks whether one is missing.
SEALED = (
    Sealed(column=signals.c.sealed, context=text_context),
    Sealed(column=signals.c.external_sealed, context=external_context),
    Sealed(column=questions.c.sealed, context=question_context),
    Sealed(column=answers.c.sealed, context=answer_context),
    Sealed(column=outbox.c.sealed, context=payload_context),
    Sealed(column=reports.c.contact_sealed, context=contact_context),
    Sealed(column=reports.c.photo_sealed, context=photo_context),
    Sealed(column=handovers.c.sealed, context=handover_context),
    Sealed(column=dossier_notes.c.sealed, context=note_context),
    Sealed(column=admins.c.sealed, context=admin_context),
    Sealed(column=room_items.c.sealed, context=item_context),
    Sealed(column=survey_words.c.sealed, context=words_context),
)


def reseal(store: Store) -> int:
    """Seal with the first key all that was sealed with another; return how many values.

    May run beside everything else. Once it returns, and no process seals with the old key any
    more, only that old key's back-ups still need it.
    """
    return sum(_reseal_column(store, sealed) for sealed in SEALED)


def _reseal_column(store: Store, sealed: Sealed) -> int:
    count = 0
    while done := store.attempt(lambda work: _portion(work, sealed)):
        count += done
    return count


def _portion(work: Work, sealed: Sealed) -> int:
    tx, column = work.transaction, sealed.column
    table = column.table
    header = tx.sealer.header
    rows = tx.rows(
        sa.select(table.c.id, column.label("value"))
        .where(column.is_not(None), sa.func.substr(column, 1, len(header)) != header)
        .order_by(table.c.id)
        .limit(_PORTION)
        .with_for_update()
    )
    for row in rows:
        context = sealed.context(row.id)
        value = tx.sealer.seal(tx.sealer.open(row.value, context), context)
        tx.run(sa.update(table).where(table.c.id == row.id).values({column: value}))
    return len(rows)
