# SPDX-License-Identifier: EUPL-1.2
"""A lesson: invented messages for people who learn the work, with what is right and why."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from core import errors
from core.label import Category, Urgency
from core.signal import Act, Decision
from core.verdict import Evidence, Place, Verdict

#: Every practice message begins with this, wherever it is shown, copied, printed or exported.
MARK = "OEFENING: "
_ACTS = {"bevestigen": Act.CONFIRM, "geen-signaal": Act.REJECT, "andere-rij": Act.REROUTE}


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """One thing that is right to decide."""

    act: Act
    #: Only for another category.
    category: Category | None = None

    def fits(self, decision: Decision) -> bool:
        """Whether somebody decided this."""
        return decision.act is self.act and decision.category is self.category


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """One message of a lesson."""

    #: After the start of the lesson, at its own pace.
    after: timedelta
    #: Name of the invented group.
    group: str
    #: Who writes, as the script names them; two cards of one writer have one name.
    writer: str
    #: As people see it, with ``MARK`` before it.
    text: str
    #: What the model is made to say of it; a lesson also shows where models are wrong.
    verdict: Verdict
    #: What is right; the first is the best.
    answers: tuple[Answer, ...]
    #: Why, in B1 Dutch, for whoever decided.
    why: str

    def right(self, decision: Decision) -> bool:
        """Whether the script agrees."""
        return any(answer.fits(decision) for answer in self.answers)


@dataclass(frozen=True, kw_only=True, slots=True)
class Lesson:
    """A script of messages in the order in which they come."""

    slug: str
    title: str
    #: What one learns, in B1 Dutch.
    goal: str
    cards: tuple[Card, ...]

    @property
    def length(self) -> timedelta:
        """How long it takes at its own pace."""
        return self.cards[-1].after

    @property
    def groups(self) -> tuple[str, ...]:
        """The invented groups, in the order in which they begin to speak."""
        return tuple(dict.fromkeys(card.group for card in self.cards))


def load_lessons(folder: Path) -> tuple[Lesson, ...]:
    """Read every ``*.toml`` of the folder; raise ``ConfigurationError`` that says what is odd."""
    return tuple(_load(path) for path in sorted(folder.glob("*.toml")))


def _load(path: Path) -> Lesson:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        cards = tuple(_card(row, path.stem) for row in table["card"])
        lesson = Lesson(slug=path.stem, title=table["title"], goal=table["goal"], cards=cards)
        _check(lesson)
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise errors.ConfigurationError(f"{path}: {type(error).__name__} {error}") from error
    return lesson


def _check(lesson: Lesson) -> None:
    times = [card.after for card in lesson.cards]
    if not times or times != sorted(times):
        raise ValueError("cards must stand in the order in which they come")
    if len({card.text for card in lesson.cards}) < len(times):
        raise ValueError("each text may stand there once")


def _card(row: Mapping[str, Any], slug: str) -> Card:
    text = MARK + str(row["text"]).strip()
    try:
        return Card(
            after=timedelta(seconds=float(row["after"])),
            group=row["group"],
            writer=row["writer"],
            text=text,
            verdict=_verdict(row, text, slug),
            answers=tuple(_answer(word) for word in row["right"]),
            why=row["why"],
        )
    except (KeyError, ValueError) as error:
        raise ValueError(f"card '{text[len(MARK) :][:40]}': {error}") from error


def _answer(word: str) -> Answer:
    act = _ACTS.get(word)
    return Answer(act=act) if act else Answer(act=Act.RECATEGORISE, category=Category(word))


def _verdict(row: Mapping[str, Any], text: str, slug: str) -> Verdict:
    category, certain = Category(row["model"]), float(row["certainty"])
    if category is Category.GEEN or not 0 < certain < 1:
        raise ValueError("the model must name a category, with a certainty between 0 and 1")
    return Verdict(
        category=category,
        probability=certain,
        probabilities=_shares(category, certain, row.get("or")),
        urgency=Urgency(row["urgency"]),
        first_hand=not row.get("hearsay", False),
        subcategory=row.get("sub"),
        places=_places(text, row.get("place", "")),
        evidence=tuple(_evidence(text, row.get("marked", ()))),
        review=certain < 0.5,
        model=f"oefening/{slug}",
    )


def _shares(category: Category, certain: float, other: str | None) -> dict[Category, float]:
    """Spread what is left over the category that it could be too, and no signal at all."""
    shares = dict.fromkeys(Category, 0.0)
    shares[category] = certain
    rest = 1 - certain
    if other:
        shares[Category(other)] += 0.6 * rest
        rest *= 0.4
    shares[Category.GEEN] += rest
    return shares


def _evidence(text: str, marked: Sequence[str]) -> Sequence[Evidence]:
    found = [_span(text, words) for words in marked]
    return [Evidence(weight=1.0, start=start, end=end) for start, end in found]


def _places(text: str, name: str) -> tuple[Place, ...]:
    if not name:
        return ()
    start, end = _span(text, name)
    return (Place(kind="street", key=name.lower(), start=start, end=end),)


def _span(text: str, words: str) -> tuple[int, int]:
    start = text.find(words, len(MARK))
    if start < 0:
        raise ValueError(f"'{words}' does not stand in the text")
    return start, start + len(words)
