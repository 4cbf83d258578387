# SPDX-License-Identifier: EUPL-1.2
"""Reads ``routes.toml``: everything or nothing, and every mistake at once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from core import errors
from core.label import POLICE_CATEGORIES, SIGNAL_CATEGORIES, Category, Queue, Taxonomy, Urgency
from core.message import Origin
from routing.condition import DAYS, Condition
from routing.lines import Lines
from routing.mistakes import Mistakes
from routing.reader import Reader
from routing.tree import Rule, Tree

#: Every key that a rule may have.
KEYS = (
    "name",
    "under",
    "category",
    "subcategory",
    "urgency",
    "probability_from",
    "probability_below",
    "area",
    "source",
    "origin",
    "first_hand",
    "days",
    "from",
    "until",
    "queues",
    "targets",
    "continue",
    "automatic",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What the rules may name; None accepts anything."""

    targets: Collection[str]
    taxonomy: Taxonomy
    areas: Collection[str] | None = None
    sources: Collection[str] | None = None


@dataclass(frozen=True, slots=True)
class _Draft:
    reader: Reader
    name: str
    under: str | None
    condition: Condition
    queues: tuple[Queue, ...] | None
    targets: tuple[str, ...] | None
    goes_on: bool
    automatic: bool | None


def load_routes(
    path: Path,
    targets: Collection[str],
    taxonomy: Taxonomy,
    *,
    areas: Collection[str] | None = None,
    sources: Collection[str] | None = None,
    automatic: Collection[Category] = (),
) -> Tree:
    """Return the tree in this file; raise ``ConfigurationError`` that tells all mistakes.

    ``automatic`` are the categories of ``Tenant.automatic``; without it nothing is automatic.
    """
    text = _text(path)
    mistakes = Mistakes(path)
    tables = _tables(text, mistakes)
    lines = Lines(text, "rule")
    if lines.tables != len(tables):
        mistakes.add(None, "Schrijf elke route onder een eigen kop [[rule]].")
    known = Known(targets=targets, taxonomy=taxonomy, areas=areas, sources=sources)
    drafts = [
        _draft(Reader(number, table, lines, mistakes), known) for number, table in enumerate(tables)
    ]
    _check_shape(drafts)
    _check_subcategories(drafts, taxonomy)
    mistakes.check()
    root = _grow(drafts[0], drafts, None)
    _check_reach(root, SIGNAL_CATEGORIES, mistakes)
    mistakes.check()
    return Tree(root=root, automatic=frozenset(automatic) - POLICE_CATEGORIES - {Category.GEEN})


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise errors.ConfigurationError(
            f"{path}: kan niet worden gelezen ({error.strerror})"
        ) from None
    except UnicodeDecodeError:
        raise errors.ConfigurationError(f"{path}: is geen tekst in UTF-8") from None


def _tables(text: str, mistakes: Mistakes) -> list[dict[str, Any]]:
    try:
        file = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        mistakes.add(int(line[1]) if line else None, f"Dit is geen geldige TOML: {error}.")
        mistakes.check()
        raise
    for key in file:
        if key != "rule":
            mistakes.unknown(None, "Kop", key, ("rule",))
    tables = file.get("rule", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        mistakes.add(None, "Schrijf elke route onder een eigen kop [[rule]].")
    elif not tables:
        mistakes.add(None, "Er is geen enkele route. Begin met een kop [[rule]].")
    else:
        return tables
    mistakes.check()
    return []


def _draft(reader: Reader, known: Known) -> _Draft:
    reader.known(KEYS)
    name = reader.word("name")
    if name is None and not reader.has("name"):
        reader.wrong(None, "Deze route heeft geen 'name'.")
    queues = reader.some_of("queues", [queue.value for queue in Queue], "Wachtrij")
    return _Draft(
        reader=reader,
        name=name or "",
        under=reader.word("under"),
        condition=_condition(reader, known),
        queues=None if queues is None else tuple(Queue(slug) for slug in queues),
        targets=reader.some_of("targets", known.targets, "Ontvanger"),
        goes_on=reader.flag("continue") or False,
        automatic=reader.flag("automatic"),
    )


def _condition(reader: Reader, known: Known) -> Condition:
    condition = Condition(
        categories=reader.members("category", Category, "Categorie", without=[Category.GEEN]),
        subcategories=frozenset(reader.some_of("subcategory", None, "Subcategorie") or ()),
        urgencies=reader.members("urgency", Urgency, "Urgentie"),
        probability_from=reader.fraction("probability_from"),
        probability_below=reader.fraction("probability_below"),
        areas=frozenset(reader.some_of("area", known.areas, "Wijk") or ()),
        sources=frozenset(reader.some_of("source", known.sources, "Bron") or ()),
        origins=reader.members("origin", Origin, "Herkomst"),
        first_hand=reader.flag("first_hand"),
        days=frozenset(reader.some_of("days", DAYS, "Dag") or ()),
        from_time=reader.clock("from"),
        until_time=reader.clock("until"),
    )
    _check_ranges(reader, condition)
    return condition


def _check_ranges(reader: Reader, condition: Condition) -> None:
    least, most = condition.probability_from, condition.probability_below
    if least is not None and most is not None and least >= most:
        reader.wrong(
            "probability_from", "'probability_from' moet lager zijn dan 'probability_below'."
        )
    if reader.has("from") != reader.has("until"):
        key = "from" if reader.has("from") else "until"
        reader.wrong(key, "'from' en 'until' horen bij elkaar; geef ze allebei.")
    elif condition.from_time is not None and condition.from_time == condition.until_time:
        reader.wrong("from", "'from' en 'until' zijn gelijk; laat ze weg voor de hele dag.")


def _check_shape(drafts: list[_Draft]) -> None:
    """The first rule is the root, and every other one hangs under a rule above it."""
    root = drafts[0]
    if root.under is not None:
        root.reader.wrong("under", "De eerste route vangt alles op en heeft geen 'under'.")
    if not root.condition.asks_nothing:
        root.reader.wrong(None, "De eerste route vangt alles op en mag niets vragen.")
    if not root.queues:
        root.reader.wrong(None, "De eerste route moet 'queues' hebben, anders valt er iets buiten.")
    above: list[str] = []
    for draft in drafts:
        if draft.name and draft.name in above:
            draft.reader.wrong("name", f"De naam '{draft.name}' is al gebruikt.")
        if draft.under is not None and draft is not root and draft.under not in above:
            draft.reader.wrong(
                "under",
                f"'under' noemt '{draft.under}', maar zo heet geen route hierboven. "
                f"Kies uit: {', '.join(above)}.",
            )
        above.append(draft.name)


def _grow(draft: _Draft, drafts: list[_Draft], parent: Rule | None) -> Rule:
    root = drafts[0]
    queues = draft.queues if draft.queues is not None or parent is None else parent.queues
    targets = draft.targets if draft.targets is not None or parent is None else parent.targets
    automatic = draft.automatic if draft.automatic is not None else not parent or parent.automatic
    bare = Rule(
        name=draft.name,
        condition=draft.condition,
        queues=queues or (),
        targets=targets or (),
        goes_on=draft.goes_on,
        automatic=automatic,
        line=draft.reader.line(),
    )
    below = [d for d in drafts if d is not root and (d.under or root.name) == draft.name]
    children = tuple(_grow(child, drafts, bare) for child in below)
    return replace(bare, children=children)


def _check_reach(rule: Rule, categories: Collection[Category], mistakes: Mistakes) -> None:
    """A rule that can never match is a mistake that nobody would see."""
    taken: str | None = None
    for child in rule.children:
        asked = child.condition.categories or frozenset(categories)
        left = asked & frozenset(categories)
        if not left:
            allowed = ", ".join(sorted(categories))
            mistakes.add(
                child.line,
                f"Route '{child.name}' past nooit: '{rule.name}' laat alleen {allowed} door.",
            )
        if taken is not None:
            mistakes.add(
                child.line,
                f"Route '{child.name}' komt nooit aan de beurt: '{taken}' past op alles "
                "en heeft geen continue = true.",
            )
        if child.condition.asks_nothing and not child.goes_on:
            taken = child.name
        _check_reach(child, left or asked, mistakes)


def _check_subcategories(drafts: list[_Draft], taxonomy: Taxonomy) -> None:
    asked: dict[str, frozenset[Category]] = {}
    for draft in drafts:
        # A rule that asks for no category has those of the rule above it.
        categories = draft.condition.categories or asked.get(draft.under or "", frozenset())
        asked[draft.name] = categories
        if not draft.condition.subcategories:
            continue
        if categories:
            choices = sorted({s.slug for c in categories for s in taxonomy[c].subcategories})
            draft.reader.some_of("subcategory", choices, "Subcategorie")
        elif not draft.reader.has("category"):
            draft.reader.wrong("subcategory", "Noem bij 'subcategory' ook de 'category'.")
