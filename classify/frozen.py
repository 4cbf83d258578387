# SPDX-License-Identifier: EUPL-1.2
"""The frozen test: writers that no choice was ever made on, judged once for each release."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from classify.corpus import Example, corpus_hash, load_corpus
from classify.decide import Costs
from classify.measure.run import judge
from classify.measure.signaalcheck import load_suite, run_suite
from classify.pipeline import TrainedClassifier
from classify.trial import figures
from core.message import Origin
from core.resources import folder

#: Figures of each part that the card shows.
SHOWN = (
    "messages",
    "macro_f1",
    "macro_f1_interval",
    "macro_f1_lenient",
    "signal",
    "false_alarms_per_1000",
    "ece",
    "spoed_recall_end_to_end",
    "urgency_macro_f1",
    "first_hand_accuracy",
    "subcategory_accuracy",
    "pairs_right",
    "places",
    "personal",
    "incidents",
)


def frozen_test(path: Path, classifier: TrainedClassifier, costs: Costs) -> dict[str, Any]:
    """Return the figures of each part of the test, of all of it, and of SignaalCheck.

    Chats and public posts are judged as such, the rest without a kind of source: a batch of hard
    messages holds far fewer ``geen`` than any real source.
    """
    examples = load_corpus(path)
    parts = {name: _judged(rows, classifier, costs) for name, rows in _parts(examples).items()}
    suite = run_suite(load_suite(folder("data") / "signaalcheck"), classifier)
    return {
        "corpus": corpus_hash(path),
        "parts": parts | {"all": _judged(_told(examples), classifier, costs)},
        "signaalcheck": {
            name: {"right": score.share, "groups_right": score.group_share}
            for name, score in suite.items()
        },
    }


def _judged(
    examples: Sequence[Example], classifier: TrainedClassifier, costs: Costs
) -> dict[str, Any]:
    found = figures(judge(examples, classifier), costs, seed=1)
    return {name: found[name] for name in SHOWN if name in found}


def _parts(examples: Sequence[Example]) -> dict[str, list[Example]]:
    parts: dict[str, list[Example]] = {}
    for example in _told(examples):
        name = "chats" if example.chat else example.batch.split("-", 1)[-1]
        parts.setdefault(name, []).append(example)
    return parts


def _told(examples: Sequence[Example]) -> list[Example]:
    """Return the examples with a kind of source only where it is a real mix of that source."""
    kept = {Origin.PUBLIC}
    return [e if e.chat or e.origin in kept else replace(e, origin=None) for e in examples]
