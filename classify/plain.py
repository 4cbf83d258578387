# SPDX-License-Identifier: EUPL-1.2
"""The first stage in its plain form: rows of features times weights, with scipy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from classify import subcategory
from classify.explain import word_weights
from classify.head import Floats, softmax
from classify.model import Model
from classify.stage import Judged, Reasons
from core.label import Category

_CATEGORIES = tuple(Category)
_GEEN = _CATEGORIES.index(Category.GEEN)


class PlainStage:
    """Judges with the columns and heads of the model as they were learnt."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._directions = {c: _direction(model, c) for c in _CATEGORIES}
        self._order = [model.category.classes.index(c.value) for c in _CATEGORIES]

    def judge(self, documents: Sequence[Sequence[str]], offsets: Sequence[float]) -> Judged:
        """Return what there is to say of each list of words."""
        model = self._model
        rows = model.columns.rows(documents)

        def reasons(index: int, category: Category) -> Reasons:
            row, direction = rows[[index]], self._directions[category]
            return Reasons(
                weights=word_weights(documents[index], row, model.columns, direction),
                kind=subcategory.choose(model.subcategory, category, row),
            )

        category, urgency, first_hand = (
            head.logits(head.scores(rows))
            for head in (model.category, model.urgency, model.first_hand)
        )
        moved = category[:, self._order]
        moved[:, _GEEN] += offsets
        return Judged(
            category=category,
            urgency=urgency,
            first_hand=first_hand,
            chances=softmax(moved),
            speeds=softmax(urgency),
            hands=softmax(first_hand),
            reasons=reasons,
        )


def _direction(model: Model, category: Category) -> Floats:
    """Return per column how much it speaks for the category, against ``geen``."""
    head = model.category
    mine, other = head.classes.index(category.value), head.classes.index(Category.GEEN.value)
    return np.asarray(head.weights @ (head.mix[:, mine] - head.mix[:, other]))
