# SPDX-License-Identifier: EUPL-1.2
"""Judges labelled messages as ``buurtsignaal classify`` would, and measures the answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classify.conversation import Conversations
from classify.corpus import Example, load_corpus, read_file
from classify.decide import Costs
from classify.evaluate import evaluate
from classify.lines import Line
from classify.measure.alerts import alert_score
from classify.measure.bcubed import b_cubed
from classify.measure.compare import compare
from classify.measure.curves import precision_recall, risk_coverage
from classify.measure.errors import where_errors_are
from classify.measure.report import Mistake
from classify.pipeline import TrainedClassifier
from core import errors
from core.label import Category
from core.message import Origin
from core.verdict import Verdict

_CATEGORIES = tuple(Category)
#: Messages judged together.
_BATCH = 256
Ints = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """What one classifier said of labelled messages, in their order."""

    name: str
    examples: tuple[Example, ...]
    verdicts: tuple[Verdict, ...]
    incidents: tuple[str | None, ...]

    @property
    def said(self) -> Ints:
        """Return the categories as numbers."""
        return np.array([_CATEGORIES.index(v.category) for v in self.verdicts], dtype=np.int64)

    @property
    def gold(self) -> Ints:
        """Return the labels as numbers."""
        return np.array([_CATEGORIES.index(e.category) for e in self.examples], dtype=np.int64)


def load_data(path: Path) -> list[Example]:
    """Read labelled messages from a ``.jsonl`` file or a folder of them."""
    if path.is_dir():
        return load_corpus(path)
    if not path.is_file():
        raise errors.BadInput(f"{path}: give a .jsonl file or a folder of them")
    found = read_file(path)
    if not found:
        raise errors.BadInput(f"{path}: there is no message in it")
    return found


def judge(
    examples: Sequence[Example],
    classifier: TrainedClassifier,
    *,
    as_source: bool = True,
    progress: Callable[[int], None] = lambda _count: None,
) -> Judged:
    """Judge all messages; ``as_source`` tells the classifier what kind of source each is from."""
    conversations = Conversations(classifier, classifier.linker)
    answers: list[tuple[Verdict, str | None]] = []
    for batch in _batches(examples):
        answers += conversations.judge([_line(example, as_source) for example in batch])
        progress(len(batch))
    return Judged(
        name=classifier.name,
        examples=tuple(examples),
        verdicts=tuple(verdict for verdict, _ in answers),
        incidents=tuple(incident for _, incident in answers),
    )


def measure(judged: Judged, costs: Costs, *, seed: int = 1) -> dict[str, Any]:
    """Return all figures and curves of what was judged."""
    examples, verdicts = judged.examples, judged.verdicts
    chats = [i for i, e in enumerate(examples) if e.chat]
    found: dict[str, Any] = {"model": judged.name, **evaluate(examples, verdicts, seed=seed)}
    found["alert_score"] = alert_score(examples, verdicts, costs)
    found["errors"] = where_errors_are(examples, verdicts)
    if chats:
        together = b_cubed(
            [examples[i].incident for i in chats], [judged.incidents[i] for i in chats]
        )
        found["incidents"] = {
            "precision": together.precision,
            "recall": together.recall,
            "f1": together.f1,
            "messages": together.messages,
        }
    return found | {"curves": _curves(judged)}


def compared(judged: Judged, other: Judged, *, seed: int = 1) -> dict[str, Any]:
    """Return how the first differs from the second on the same messages."""
    figures = compare(judged.gold, judged.said, other.said, seed=seed).figures()
    return {"name": other.name, **figures}


def mistakes(judged: Judged) -> list[Mistake]:
    """Return the messages that were judged otherwise than labelled, surest mistakes first."""
    found = [
        Mistake(
            id=example.id,
            text=example.text,
            gold=example.category.value,
            said=verdict.category.value,
            probability=verdict.probability,
        )
        for example, verdict in zip(judged.examples, judged.verdicts, strict=True)
        if example.category is not verdict.category
    ]
    return sorted(found, key=lambda m: -m.probability)


def read_answers(path: Path, examples: Sequence[Example]) -> Judged:
    """Read what another system said of the same messages: lines with ``id`` and ``category``."""
    rows = dict(_answers(path))
    missing = [e.id for e in examples if e.id not in rows]
    if missing:
        raise errors.BadInput(f"{path}: no answer for {len(missing)} messages, e.g. {missing[0]}")
    verdicts = tuple(_verdict(rows[e.id]) for e in examples)
    return Judged(
        name=path.name,
        examples=tuple(examples),
        verdicts=verdicts,
        incidents=(None,) * len(verdicts),
    )


def _answers(path: Path) -> Iterator[tuple[str, Category]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise errors.BadInput(f"{path}: {error.strerror}") from None
    for number, line in enumerate(filter(str.strip, lines), 1):
        try:
            row = json.loads(line)
            yield str(row["id"]), Category(row["category"])
        except (ValueError, KeyError, TypeError):
            raise errors.BadInput(f"{path}:{number}: expected an id and a category") from None


def _verdict(category: Category) -> Verdict:
    chances = dict.fromkeys(_CATEGORIES, 0.0) | {category: 1.0}
    return Verdict(category=category, probability=1.0, probabilities=chances, urgency=None)


def _curves(judged: Judged) -> dict[str, Any]:
    gold = judged.gold
    chances = np.array([[v.probabilities[c] for c in _CATEGORIES] for v in judged.verdicts])
    top = chances.argmax(axis=1)
    curves = {
        category.value: precision_recall(chances[:, index], gold == index)
        for index, category in enumerate(_CATEGORIES)
    }
    risk = risk_coverage(chances.max(axis=1), top == gold)
    return {
        "precision_recall": {
            slug: {"x": curve.x, "y": curve.y, "area": curve.area} for slug, curve in curves.items()
        },
        "risk_coverage": {"x": risk.x, "y": risk.y, "area": risk.area},
    }


def _line(example: Example, as_source: bool) -> Line:
    origin: Origin | None = example.origin if as_source else None
    return Line(
        id=example.id,
        text=example.text,
        chat=example.chat,
        sender=example.sender,
        sent_at=example.sent_at,
        origin=origin,
    )


def _batches(examples: Sequence[Example]) -> Iterator[Sequence[Example]]:
    for start in range(0, len(examples), _BATCH):
        yield examples[start : start + _BATCH]
