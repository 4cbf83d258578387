# SPDX-License-Identifier: EUPL-1.2
"""Every message judged by a model that never saw its writer, calibration and linking included."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from classify.conversation import Follower
from classify.corpus import Example, Fold
from classify.decide import Costs
from classify.encoder.encoder import Encoder
from classify.fit import Material, Unseen, calibrate, score
from classify.linker import Linker, learn_linker
from classify.measure.run import Judged, measure
from classify.model import Model
from classify.pipeline import TrainedClassifier
from classify.places import PlaceFinder
from classify.second import Second
from core.verdict import Question, Verdict


@dataclass(frozen=True, kw_only=True)
class Trial:
    """Folds of writers, and per fold the model that learnt from all others."""

    material: Material
    folds: tuple[Fold, ...]
    models: tuple[Model, ...]
    costs: Costs

    @cached_property
    def unseen(self) -> tuple[Unseen, ...]:
        """Raw scores of each fold's own writers."""
        pairs = zip(self.models, self.folds, strict=True)
        return tuple(score(m, self.material.only(fold.validate)) for m, fold in pairs)

    @cached_property
    def calibrated(self) -> tuple[Model, ...]:
        """Each fold's model, calibrated with the writers of the other folds."""
        return tuple(
            calibrate(model, [part for i, part in enumerate(self.unseen) if i != number])
            for number, model in enumerate(self.models)
        )

    def judge(self, name: str) -> Judged:
        """Judge every message by the first stage, in the order of the folds."""
        verdicts: list[list[Verdict]] = []
        for model, fold in zip(self.calibrated, self.folds, strict=True):
            examples = [self.material.examples[i] for i in fold.validate]
            verdicts.append(self.ask(model, examples))
        examples = [self.material.examples[i] for fold in self.folds for i in fold.validate]
        flat = [verdict for part in verdicts for verdict in part]
        return Judged(
            name=name,
            examples=tuple(examples),
            verdicts=tuple(flat),
            incidents=linked(examples, flat),
        )

    def ask(
        self,
        model: Model,
        examples: Sequence[Example],
        second: Second | None = None,
        encoder: Encoder | None = None,
    ) -> list[Verdict]:
        """Return the verdicts of one model; with ``second`` and ``encoder`` those of both stages.

        The corpus has its own mix, so no prior knowledge about the kind of source is used.
        """
        both = replace(model, second=second)
        classifier = TrainedClassifier(both, self.costs, PlaceFinder(), encoder)
        return classifier.judge([question(example) for example in examples])


def question(example: Example) -> Question:
    """Return the question that a labelled message poses, without a kind of source."""
    return Question(text=example.text, context=example.context, origin=None)


def linked(
    examples: Sequence[Example], verdicts: Sequence[Verdict], groups: int = 8
) -> tuple[str | None, ...]:
    """Put chats under incidents, each group of chats by a linker learnt from the other chats."""
    found: dict[int, str | None] = {}
    chats = sorted({example.chat for example in examples if example.chat})
    for number in range(min(groups, len(chats))):
        held_out = frozenset(chats[number::groups])
        mine = [i for i, e in enumerate(examples) if e.chat in held_out]
        others = [i for i, e in enumerate(examples) if e.chat and e.chat not in held_out]
        linker = learn_linker([examples[i] for i in others], [verdicts[i] for i in others])
        ids = follow([examples[i] for i in mine], [verdicts[i] for i in mine], linker)
        found |= dict(zip(mine, ids, strict=True))
    return tuple(found.get(i) for i in range(len(examples)))


def follow(
    examples: Sequence[Example], verdicts: Sequence[Verdict], linker: Linker
) -> list[str | None]:
    """Return the incident of each message, as the linker finds it."""
    follower = Follower(linker)
    return [
        follower.follow(e.chat, e.text, verdict, e.sender, e.sent_at)[1] if e.chat else None
        for e, verdict in zip(examples, verdicts, strict=True)
    ]


def figures(judged: Judged, costs: Costs, seed: int) -> dict[str, Any]:
    """Return the figures for ``metrics.json``, without the points of curves."""
    found = measure(judged, costs, seed=seed)
    curves = found.pop("curves")
    found["average_precision"] = {
        slug: curve["area"] for slug, curve in curves["precision_recall"].items()
    }
    return found
