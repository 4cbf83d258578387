# SPDX-License-Identifier: EUPL-1.2
"""A room in which named people label items for research, until a set day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core import errors
from core.label import Category, Urgency

#: People who label each item, apart from each other.
LABELLERS = 2
#: Adjudication asks for a third.
FEWEST_PEOPLE = 2


class Lane(StrEnum):
    """Why an item is in the room; it decides what the labels may be used for."""

    #: The model was least sure of these: for learning, not for measuring.
    DOUBT = "twijfel"
    #: Drawn by lot: for measuring.
    RANDOM = "willekeurig"
    #: The same number of every category that the model chose: for looking at rare ones.
    SLICE = "deel"


class AnswerKind(StrEnum):
    """Who gives an answer."""

    #: One of the two who label.
    LABEL = "label"
    #: The third, who sees both answers.
    RULING = "oordeel"


@dataclass(frozen=True, kw_only=True, slots=True)
class Room:
    """What is labelled, what for, by whom and until when."""

    id: str
    tenant: str
    name: str
    purpose: str
    legal_basis: str
    #: Account names; nobody else sees an item.
    people: tuple[str, ...]
    opened_by: str
    opened_at: datetime
    #: From here on nobody sees an item, and uploaded texts are erased.
    ends_at: datetime
    closed_at: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        """Whether people may look and label now."""
        return self.closed_at is None and now < self.ends_at

    def check(self) -> None:
        """Raise ``BadInput`` for a room that must not be."""
        if not (self.name and self.purpose and self.legal_basis):
            raise errors.BadInput("Vul een naam, een doel en een grondslag in.")
        if self.ends_at <= self.opened_at:
            raise errors.BadInput("De einddatum moet na vandaag zijn.")
        if len(set(self.people)) < FEWEST_PEOPLE:
            raise errors.BadInput(
                "Kies ten minste twee mensen. Voor een oordeel is een derde nodig."
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What one person says of one item."""

    id: str
    item: str
    kind: AnswerKind
    #: Account name.
    by: str
    at: datetime
    category: Category
    #: None for ``geen``.
    urgency: Urgency | None = None

    def check(self) -> None:
        """Raise ``BadInput`` unless a signal has an urgency, and ``geen`` has none."""
        if (self.category is Category.GEEN) != (self.urgency is None):
            raise errors.BadInput("Kies bij een signaal ook hoe snel iemand moet kijken.")


def settled(answers: tuple[Answer, ...]) -> Answer | None:
    """Return the answer that counts: the third's, or else the one that the two share.

    Equal categories settle an item; the graver of two urgencies then counts, because to be late
    is worse than to come for nothing. None while an answer lacks, or the two differ.
    """
    ruling = next((a for a in answers if a.kind is AnswerKind.RULING), None)
    if ruling is not None:
        return ruling
    labels = [a for a in answers if a.kind is AnswerKind.LABEL]
    if len(labels) < LABELLERS or len({a.category for a in labels}) > 1:
        return None
    return min(labels, key=lambda a: a.urgency.rank if a.urgency else 0)
