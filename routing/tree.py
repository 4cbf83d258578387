# SPDX-License-Identifier: EUPL-1.2
"""The tree of routes: deepest match wins, the parent is the default, nothing falls through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from core.label import POLICE_CATEGORIES, Category, Queue
from routing.condition import Condition, Facts

__all__ = ["Facts", "Routed", "Rule", "Step", "Tree"]

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One node of the tree."""

    name: str
    condition: Condition = field(default_factory=Condition)
    #: Work lists; a rule that gives none has those of its parent.
    queues: tuple[Queue, ...]
    #: Names of outside receivers; the same holds for these.
    targets: tuple[str, ...] = ()
    #: After a match the next rules on this level are asked too.
    goes_on: bool = False
    #: False: here a person always decides, whatever the tenant made automatic.
    automatic: bool = True
    children: tuple[Rule, ...] = ()
    #: Line in the file, for explanations.
    line: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """What became of one rule, in Dutch."""

    rule: str
    #: 0 for the root.
    depth: int
    #: None: the rule was not asked.
    matched: bool | None
    #: Whether this rule's queues and targets count.
    decides: bool
    why: tuple[str, ...]
    line: int | None = None

    def __str__(self) -> str:
        mark = {True: "ja", False: "nee", None: "niet gevraagd"}[self.matched]
        where = f" (regel {self.line})" if self.line else ""
        end = " Deze route telt." if self.decides else ""
        return f"{'  ' * self.depth}{self.rule}{where}: {mark}. {' '.join(self.why)}{end}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Routed:
    """Where a signal goes."""

    queues: tuple[Queue, ...]
    targets: tuple[str, ...]
    #: May it leave for its targets without a person's decision?
    automatic: bool
    #: Names of the rules that led there, from the root on.
    path: tuple[str, ...]
    #: What became of every rule in the file.
    trace: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class _Visit:
    rule: Rule
    depth: int
    #: None: not asked.
    matched: bool | None
    why: tuple[str, ...]
    #: Index of the parent's visit; -1 for the root.
    parent: int


@dataclass(frozen=True, slots=True)
class Tree:
    """All routes of one tenant."""

    root: Rule
    #: Municipal categories that the tenant switched to automatic.
    automatic: frozenset[Category] = frozenset()

    def rules(self) -> Iterator[Rule]:
        """Give all rules, a parent before its children."""
        yield from _walk(self.root)

    def targets(self) -> frozenset[str]:
        """Return the names of all receivers that any rule names."""
        return frozenset(name for rule in self.rules() for name in rule.targets)

    def route(self, facts: Facts) -> Routed:
        """Return where a signal with these facts goes, and why."""
        visits: list[_Visit] = []
        _ask_root(self.root, facts, visits)
        deciding = _deciding(visits)
        rules = [visits[index].rule for index in deciding]
        targets = _distinct(name for rule in rules for name in rule.targets)
        return Routed(
            queues=_distinct(queue for rule in rules for queue in rule.queues),
            targets=targets,
            automatic=bool(targets) and self._may_leave(facts, rules),
            path=_distinct(name for index in deciding for name in _path(visits, index)),
            trace=tuple(_step(v, number in deciding) for number, v in enumerate(visits)),
        )

    def _may_leave(self, facts: Facts, rules: list[Rule]) -> bool:
        # The law wants a person before the police; no setting may change that here.
        return (
            facts.category in self.automatic - POLICE_CATEGORIES
            and not facts.review
            and all(rule.automatic for rule in rules)
        )


def _walk(rule: Rule) -> Iterator[Rule]:
    yield rule
    for child in rule.children:
        yield from _walk(child)


def _ask_root(root: Rule, facts: Facts, visits: list[_Visit]) -> None:
    # The root takes what nothing else takes; its own condition is never asked.
    visits.append(_Visit(root, 0, True, ("Hier begint elke melding.",), -1))
    _ask_children(0, facts, visits)


def _ask_children(parent: int, facts: Facts, visits: list[_Visit]) -> None:
    taken: str | None = None
    for child in visits[parent].rule.children:
        depth = visits[parent].depth + 1
        if taken is not None:
            _skip(child, depth, f"Route '{taken}' paste al.", parent, visits)
            continue
        answers = tuple(child.condition.answers(facts))
        matched = all(answer.holds for answer in answers)
        why = tuple(answer.why for answer in answers) or ("Deze route vraagt niets.",)
        visits.append(_Visit(child, depth, matched, why, parent))
        here = len(visits) - 1
        if not matched:
            for grandchild in child.children:
                reason = f"Route '{child.name}' erboven past niet."
                _skip(grandchild, depth + 1, reason, here, visits)
            continue
        _ask_children(here, facts, visits)
        taken = None if child.goes_on else child.name


def _skip(rule: Rule, depth: int, why: str, parent: int, visits: list[_Visit]) -> None:
    visits.append(_Visit(rule, depth, None, (why,), parent))
    here = len(visits) - 1
    for child in rule.children:
        _skip(child, depth + 1, why, here, visits)


def _deciding(visits: list[_Visit]) -> list[int]:
    """Return the matches without a match below them, in order; there is always one."""
    covered = {visit.parent for visit in visits if visit.matched}
    return [n for n, visit in enumerate(visits) if visit.matched and n not in covered]


def _path(visits: list[_Visit], index: int) -> tuple[str, ...]:
    visit = visits[index]
    above = _path(visits, visit.parent) if visit.parent >= 0 else ()
    return (*above, visit.rule.name)


def _step(visit: _Visit, decides: bool) -> Step:
    return Step(
        rule=visit.rule.name,
        depth=visit.depth,
        matched=visit.matched,
        decides=decides,
        why=visit.why,
        line=visit.rule.line,
    )


def _distinct(items: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(items))
