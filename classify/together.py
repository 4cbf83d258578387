# SPDX-License-Identifier: EUPL-1.2
"""Puts both stages together, with writers that neither of them learnt from."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from classify import firsthand
from classify.calibrate import learn_offsets
from classify.corpus import Example
from classify.encoder.blend import Blend, learn_blend
from classify.encoder.encoder import LABELS, Encoder, Reading, digests, installed, load_encoder
from classify.fit import urgency_of
from classify.head import Floats, Head
from classify.lexicon import Lexicon
from classify.linker import learn_linker, no_linker
from classify.measure.run import Judged, compared
from classify.model import Model
from classify.personal import PersonalFinder
from classify.second import Second, SecondStage
from classify.trial import Trial, figures, linked, question
from core.label import Category
from core.verdict import Personal, Verdict

#: Probability of a signal, after the first stage, from which the encoder reads a message.
DOUBT = 0.02


class _Remembering(Encoder):
    """An encoder that reads each message once, however often it is asked."""

    def __init__(self, encoder: Encoder) -> None:
        self._inner = encoder
        self.labels = encoder.labels
        self._known: dict[object, Reading] = {}

    def read(
        self,
        text: str,
        personal: Sequence[Personal],
        earlier: Sequence[tuple[str, Sequence[Personal]]] = (),
    ) -> Reading:
        key = (text, tuple(said for said, _ in earlier))
        if key not in self._known:
            self._known[key] = self._inner.read(text, personal, earlier)
        return self._known[key]


def put_together(
    trial: Trial, judged: Judged, path: Path, seed: int
) -> tuple[Second | None, dict[str, Any]]:
    """Return how the stages add up, and the figures of both against the first stage alone.

    ``judged`` is what the first stage said of everything: the linker learns from all chats.

    Both are empty where ``path`` holds no encoder. For the figures each writer is judged with
    blends, offsets and a linker that were learnt from the other writers.
    """
    if not (path / LABELS).is_file() or not installed():
        return None, {}
    lexicon = trial.material.lexicon
    encoder = _Remembering(load_encoder(path, digests(path), lexicon))
    rows = _unknown_to(path, trial)
    writers = sorted({trial.material.examples[i].writer for i in rows})
    scored = _Scored(trial, rows, encoder, lexicon)
    first: list[Verdict] = []
    both: list[Verdict] = []
    examples: list[Example] = []
    for writer in writers:
        mine = [i for i in rows if trial.material.examples[i].writer == writer]
        second = scored.learn([i for i in rows if i not in set(mine)])
        model = trial.calibrated[scored.fold[mine[0]]]
        held_out = [trial.material.examples[i] for i in mine]
        first += trial.ask(model, held_out)
        both += trial.ask(model, held_out, second, encoder)
        examples += held_out
    alone = _judged("first stage", examples, first)
    together = _judged("both stages", examples, both)
    chats = _with_other_chats(judged, examples, both)
    second = replace(scored.learn(rows), linker=learn_linker(*chats, seed))
    found = figures(together, trial.costs, seed)
    found["against_first"] = compared(together, alone, seed=seed)
    found["writers"] = writers
    found["blend"] = {"first": second.category.first, "second": second.category.second}
    return second, found


def _with_other_chats(
    judged: Judged, examples: Sequence[Example], verdicts: Sequence[Verdict]
) -> tuple[list[Example], list[Verdict]]:
    """Add the chats that the encoder learnt from, as the first stage alone judged them."""
    known = {example.id for example in examples}
    pairs = zip(judged.examples, judged.verdicts, strict=True)
    others = [(e, v) for e, v in pairs if e.chat and e.id not in known]
    return [*examples, *(e for e, _ in others)], [*verdicts, *(v for _, v in others)]


class _Scored:
    """The scores of both stages for messages that neither learnt from."""

    def __init__(
        self, trial: Trial, rows: Sequence[int], encoder: Encoder, lexicon: Lexicon
    ) -> None:
        self._examples = trial.material.examples
        self.fold = {i: n for n, fold in enumerate(trial.folds) for i in fold.validate}
        self._model = trial.models[0]
        self._stage = SecondStage(_no_blends(self._model), encoder, PersonalFinder(lexicon))
        self._readings = {i: self._stage.read(question(self._examples[i])) for i in rows}
        self._first: dict[int, tuple[Floats, Floats, Floats]] = {}
        for number, model in enumerate(trial.calibrated):
            mine = [i for i in rows if self.fold[i] == number]
            self._first |= dict(zip(mine, _first_scores(model, trial, mine), strict=True))

    def learn(self, rows: Sequence[int]) -> Second:
        """Return blends and offsets learnt from these messages, without a linker."""
        model, stage = self._model, self._stage
        examples = [self._examples[i] for i in rows]
        signals = [i for i in rows if self._examples[i].category is not Category.GEEN]
        among = [self._examples[i] for i in signals]
        labels = [e.category.value for e in examples]
        one = np.array([self._first[i][0] for i in rows])
        two = np.array([stage.category(self._readings[i]) for i in rows])
        category = learn_blend(model.category.classes, one, two, labels)
        origins = [e.origin for e in examples]
        return Second(
            category=category,
            urgency=learn_blend(
                model.urgency.classes,
                np.array([self._first[i][1] for i in signals]),
                np.array([stage.urgency(self._readings[i]) for i in signals]),
                [urgency_of(e) for e in among],
            ),
            first_hand=learn_blend(
                model.first_hand.classes,
                np.array([self._first[i][2] for i in signals]),
                np.array([stage.first_hand(self._readings[i]) for i in signals]),
                [firsthand.name_of(e.first_hand is not False) for e in among],
            ),
            offsets=learn_offsets(category.logits(one, two), labels, origins, category.classes),
            linker=no_linker(),
            doubt=DOUBT,
        )


def _first_scores(
    model: Model, trial: Trial, rows: Sequence[int]
) -> list[tuple[Floats, Floats, Floats]]:
    """Return the calibrated log odds of category, urgency and first hand of the first stage."""
    if not rows:
        return []
    columns = model.columns.rows(trial.material.only(rows).documents)
    heads = (model.category, model.urgency, model.first_hand)
    found = [head.logits(head.scores(columns)) for head in heads]
    return list(zip(*found, strict=True))


def _unknown_to(path: Path, trial: Trial) -> list[int]:
    """Return the rows of writers that the encoder did not learn from."""
    learnt = set(json.loads((path / LABELS).read_text(encoding="utf-8"))["writers"])
    return [i for i, e in enumerate(trial.material.examples) if e.writer not in learnt]


def _no_blends(model: Model) -> Second:
    """Return an empty second stage: only the order of the classes is asked of it."""

    def none(head: Head) -> Blend:
        size = len(head.classes)
        return Blend(classes=head.classes, first=1.0, second=0.0, shift=np.zeros(size))

    return Second(
        category=none(model.category),
        urgency=none(model.urgency),
        first_hand=none(model.first_hand),
        offsets={},
        linker=no_linker(),
        doubt=DOUBT,
    )


def _judged(name: str, examples: Sequence[Example], verdicts: Sequence[Verdict]) -> Judged:
    return Judged(
        name=name,
        examples=tuple(examples),
        verdicts=tuple(verdicts),
        incidents=linked(examples, verdicts),
    )
