# SPDX-License-Identifier: EUPL-1.2
"""Two classifiers on the same labelled messages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from classify.measure.compare import Comparison, compare
from core.label import Category
from core.message import Origin
from core.verdict import Classifier, Question

_CATEGORIES = tuple(Category)
#: Messages judged between two words about progress.
_PORTION = 50


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Labelled:
    """A message with what people settled on; lives in memory only."""

    text: str
    origin: Origin | None
    category: Category


def duel(
    messages: Sequence[Labelled],
    first: Classifier,
    second: Classifier,
    tell: Callable[[float], None],
) -> Comparison:
    """Return how the first does against the second; ``tell`` hears how far it is, 0 to 1."""
    gold = [_CATEGORIES.index(message.category) for message in messages]
    said: list[list[int]] = []
    for turn, classifier in enumerate((first, second)):
        answers: list[int] = []
        for start in range(0, len(messages), _PORTION):
            portion = messages[start : start + _PORTION]
            questions = [Question(text=m.text, origin=m.origin) for m in portion]
            answers += [_CATEGORIES.index(v.category) for v in classifier.judge(questions)]
            tell((turn + len(answers) / len(messages)) / 2)
        said.append(answers)
    ints = [np.array(row, dtype=np.int64) for row in (gold, *said)]
    return compare(*ints)
