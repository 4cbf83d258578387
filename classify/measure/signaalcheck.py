# SPDX-License-Identifier: EUPL-1.2
"""SignaalCheck: does a classifier of Dutch neighbourhood messages have the abilities it needs?

A group of two or three messages tests one thing: a negation, a joke, a typing error. A group
counts only when all its messages are right, so that always saying the same does not pay. The idea
of testing abilities in small groups is that of Ribeiro et al., "Beyond accuracy" (2020).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core import errors
from core.label import Category, Urgency
from core.verdict import Classifier, Question, Verdict

#: Abilities in which more than the category must be right.
_URGENCY, _HEARSAY = "urgentie", "horen-zeggen"


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """One message of the suite and what must be said of it."""

    id: str
    ability: str
    group: str
    text: str
    category: Category
    also: tuple[Category, ...] = ()
    urgency: Urgency | None = None
    first_hand: bool | None = None

    def passed_by(self, verdict: Verdict) -> bool:
        """Whether the answer is right; a category that can be defended is."""
        if verdict.category is not self.category and verdict.category not in self.also:
            return False
        if self.ability == _URGENCY and self.category is not Category.GEEN:
            return verdict.urgency is self.urgency
        if self.ability == _HEARSAY and self.category is not Category.GEEN:
            return verdict.first_hand is self.first_hand
        return True


@dataclass(frozen=True, kw_only=True, slots=True)
class Score:
    """How much of one ability, or of all, is there."""

    messages: int
    right: int
    groups: int
    groups_right: int

    @property
    def share(self) -> float:
        """Share of messages that are right."""
        return self.right / max(1, self.messages)

    @property
    def group_share(self) -> float:
        """Share of groups that are wholly right."""
        return self.groups_right / max(1, self.groups)


def load_suite(path: Path) -> list[Check]:
    """Read the suite: one ``<ability>.jsonl`` per ability."""
    files = sorted(path.glob("*.jsonl"))
    if not files:
        raise errors.BadInput(f"no *.jsonl files in {path}")
    return [_check(line) for file in files for line in file.read_text("utf-8").splitlines()]


def run_suite(suite: Sequence[Check], classifier: Classifier) -> dict[str, Score]:
    """Return the score of each ability, and of all under ``alles``; no kind of source is told."""
    verdicts = classifier.judge([Question(text=check.text, origin=None) for check in suite])
    return score_suite(suite, verdicts)


def score_suite(suite: Sequence[Check], verdicts: Sequence[Verdict]) -> dict[str, Score]:
    """Return the scores of answers that were given already."""
    passed = [check.passed_by(verdict) for check, verdict in zip(suite, verdicts, strict=True)]
    rows: dict[str, list[int]] = defaultdict(list)
    for index, check in enumerate(suite):
        rows[check.ability].append(index)
    scores = {name: _score(suite, passed, mine) for name, mine in sorted(rows.items())}
    return scores | {"alles": _score(suite, passed, range(len(suite)))}


def _score(suite: Sequence[Check], passed: Sequence[bool], rows: Sequence[int]) -> Score:
    groups: dict[str, list[bool]] = defaultdict(list)
    for row in rows:
        groups[suite[row].group].append(passed[row])
    return Score(
        messages=len(rows),
        right=sum(passed[row] for row in rows),
        groups=len(groups),
        groups_right=sum(all(group) for group in groups.values()),
    )


def _check(line: str) -> Check:
    row = json.loads(line)
    urgency = row.get("urgency")
    return Check(
        id=row["id"],
        ability=row["ability"],
        group=row["group"],
        text=row["text"],
        category=Category(row["category"]),
        also=tuple(Category(slug) for slug in row.get("also", ())),
        urgency=Urgency(urgency) if urgency else None,
        first_hand=row.get("first_hand"),
    )
