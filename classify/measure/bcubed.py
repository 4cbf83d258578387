# SPDX-License-Identifier: EUPL-1.2
"""Whether messages about one event end up together: B-cubed precision, recall and F1.

Definition: Bagga and Baldwin, "Entity-based cross-document coreferencing using the vector space
model" (1998). A message that one side puts in no incident is alone on that side; messages that
neither side puts in one do not count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class BCubed:
    """Means over messages, 0 to 1."""

    precision: float
    recall: float
    messages: int

    @property
    def f1(self) -> float:
        """Return the harmonic mean."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def b_cubed(gold: Sequence[str | None], said: Sequence[str | None]) -> BCubed:
    """Compare two ways to put the same messages into incidents; ids only name groups."""
    if len(gold) != len(said):
        raise ValueError(f"{len(gold)} labels and {len(said)} answers")
    rows = [i for i in range(len(gold)) if gold[i] is not None or said[i] is not None]
    if not rows:
        return BCubed(precision=1.0, recall=1.0, messages=0)
    truth, found = _groups(gold, rows), _groups(said, rows)
    precision = recall = 0.0
    for row in rows:
        shared = len(truth[row] & found[row])
        precision += shared / len(found[row])
        recall += shared / len(truth[row])
    return BCubed(precision=precision / len(rows), recall=recall / len(rows), messages=len(rows))


def _groups(ids: Sequence[str | None], rows: Sequence[int]) -> dict[int, frozenset[int]]:
    """Return for each row the rows of its group."""
    members: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        name = ids[row]
        if name is not None:
            members[name].add(row)
    whole = {name: frozenset(group) for name, group in members.items()}
    return {row: frozenset((row,)) if (name := ids[row]) is None else whole[name] for row in rows}
