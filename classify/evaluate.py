# SPDX-License-Identifier: EUPL-1.2
"""How good verdicts are, against labels; figures only, never a text."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classify.calibrate import expected_calibration_error, reliability
from classify.corpus import Example
from classify.spans import personal_score, place_score
from classify.speech import speech_of
from core.label import Category, Urgency
from core.verdict import Verdict

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
_CATEGORIES = tuple(Category)
_GEEN = _CATEGORIES.index(Category.GEEN)
#: Bootstrap samples behind an interval.
SAMPLES = 1000


def evaluate(
    examples: Sequence[Example], verdicts: Sequence[Verdict], *, seed: int = 1
) -> dict[str, Any]:
    """Return all figures of ``verdicts`` on ``examples``."""
    gold = np.array([_CATEGORIES.index(e.category) for e in examples])
    said = np.array([_CATEGORIES.index(v.category) for v in verdicts])
    low, high = interval(gold, said, seed)
    matrix = confusion(gold, said)
    categories = per_category(matrix)
    for slug, ends in class_intervals(gold, said, seed).items():
        if slug in categories:
            categories[slug] |= {"f1_low": ends[0], "f1_high": ends[1]}
    sure = np.array([max(v.probabilities.values()) for v in verdicts])
    top = np.array([_top(v) for v in verdicts])
    right = (top == gold).astype(float)
    return {
        "messages": len(examples),
        "accuracy": float((gold == said).mean()),
        "macro_f1": macro_f1(matrix),
        "macro_f1_interval": [low, high],
        "macro_f1_lenient": macro_f1(confusion(_lenient(examples, gold, said), said)),
        "categories": categories,
        "confusion": {"labels": [c.value for c in _CATEGORIES], "rows": matrix.tolist()},
        "ece": expected_calibration_error(sure, right),
        "reliability": reliability(sure, right),
        "signal_reliability": _signal_reliability(gold, said, verdicts),
        "false_alarms_per_1000": _false_alarms(gold, said),
        "false_alarms_per_1000_hard": _false_alarms(*_of(examples, gold, said, lambda e: e.hard)),
        "signal": _signal(gold, said),
        "review_share": float(np.mean([v.review for v in verdicts])),
        **_urgency(examples, verdicts),
        "first_hand_accuracy": _first_hand(examples, verdicts),
        "subcategory_accuracy": _subcategory(examples, verdicts),
        "pairs_right": _pairs(examples, gold, said),
        "places": place_score(examples, verdicts),
        "personal": personal_score(examples, verdicts),
        "slices": slices(examples, gold, said),
    }


def _signal_reliability(
    gold: Ints, said: Ints, verdicts: Sequence[Verdict]
) -> list[dict[str, float]]:
    """Return how often flagged messages were right at each certainty that a card would show."""
    flagged = said != _GEEN
    shown = np.array([v.probability for v in verdicts])[flagged]
    return reliability(shown, (said == gold)[flagged].astype(float))


def write_metrics(metrics: dict[str, Any], path: Path) -> None:
    """Write ``metrics.json``."""
    path.write_text(json.dumps(metrics, indent=2) + "\n", encoding="utf-8")


def confusion(gold: Ints, said: Ints) -> Ints:
    """Return counts, gold in rows, said in columns."""
    size = len(_CATEGORIES)
    return np.bincount(gold * size + said, minlength=size * size).reshape(size, size)


def macro_f1(matrix: Ints) -> float:
    """Return the mean F1 over the categories that occur."""
    return float(np.mean([row["f1"] for row in per_category(matrix).values()]))


def per_category(matrix: Ints) -> dict[str, dict[str, float]]:
    """Return precision, recall, F1 and count of every category that occurs or is said."""
    rows: dict[str, dict[str, float]] = {}
    for index, category in enumerate(_CATEGORIES):
        hit, gold, said = matrix[index, index], matrix[index].sum(), matrix[:, index].sum()
        if gold or said:
            rows[category.value] = {
                "precision": float(hit / said) if said else 0.0,
                "recall": float(hit / gold) if gold else 0.0,
                "f1": float(2 * hit / (gold + said)),
                "count": int(gold),
            }
    return rows


def interval(gold: Ints, said: Ints, seed: int, samples: int = SAMPLES) -> tuple[float, float]:
    """Return the 95% bootstrap interval of macro-F1."""
    if not len(gold):
        return 0.0, 0.0
    scores = [macro_f1(draw) for draw in _draws(gold, said, seed, samples)]
    low, high = np.quantile(scores, [0.025, 0.975])
    return float(low), float(high)


def class_intervals(
    gold: Ints, said: Ints, seed: int, samples: int = SAMPLES
) -> dict[str, tuple[float, float]]:
    """Return the 95% bootstrap interval of F1 of every category."""
    if not len(gold):
        return {}
    draws = _draws(gold, said, seed, samples)
    hit = np.einsum("nii->ni", draws)
    marked = draws.sum(axis=1) + draws.sum(axis=2)
    f1 = np.divide(2.0 * hit, marked, out=np.zeros(hit.shape), where=marked > 0)
    lows, highs = np.quantile(f1, [0.025, 0.975], axis=0)
    return {
        category.value: (float(low), float(high))
        for category, low, high in zip(_CATEGORIES, lows, highs, strict=True)
    }


def _draws(gold: Ints, said: Ints, seed: int, samples: int) -> Ints:
    """Return confusion matrices of messages drawn with replacement, one per sample."""
    random = np.random.default_rng(seed)
    size = len(_CATEGORIES)
    cells = np.bincount(gold * size + said, minlength=size * size) / len(gold)
    return random.multinomial(len(gold), cells, size=samples).reshape(samples, size, size)


def slices(examples: Sequence[Example], gold: Ints, said: Ints) -> dict[str, dict[str, Any]]:
    """Return accuracy, macro-F1, false alarms and missed signals by voice, speech and source."""
    keys: dict[str, Callable[[Example], str]] = {
        "batch": lambda e: e.batch,
        "writer": lambda e: e.writer,
        # In a chat many people speak; its style says nothing about one message.
        "speech": lambda e: "gesprek van meer mensen" if e.chat else speech_of(e.style).value,
        "region": lambda e: e.region,
        "source": lambda e: e.origin.value if e.origin else "unknown",
        "length": lambda e: _length(e.text),
    }
    return {name: _sliced(examples, gold, said, key) for name, key in keys.items()}


def _sliced(
    examples: Sequence[Example], gold: Ints, said: Ints, key: Callable[[Example], str]
) -> dict[str, Any]:
    rows: dict[str, list[int]] = defaultdict(list)
    for index, example in enumerate(examples):
        rows[key(example)].append(index)
    return {
        name: {
            "messages": len(chosen),
            "accuracy": float((gold[chosen] == said[chosen]).mean()),
            "macro_f1": macro_f1(confusion(gold[chosen], said[chosen])),
            "false_alarms_per_1000": _false_alarms(gold[chosen], said[chosen]),
            "missed_per_1000": _missed(gold[chosen], said[chosen]),
        }
        for name, chosen in sorted(rows.items())
    }


def _top(verdict: Verdict) -> int:
    return max(range(len(_CATEGORIES)), key=lambda i: verdict.probabilities[_CATEGORIES[i]])


def _lenient(examples: Sequence[Example], gold: Ints, said: Ints) -> Ints:
    """Count what is said as right where an honest labeller could defend it."""
    fits = [_CATEGORIES[s] in e.also for e, s in zip(examples, said, strict=True)]
    return np.where(fits, said, gold)


def _missed(gold: Ints, said: Ints) -> float:
    some = gold != _GEEN
    return float(1000 * (said[some] == _GEEN).mean()) if some.any() else 0.0


def _false_alarms(gold: Ints, said: Ints) -> float:
    none = gold == _GEEN
    return float(1000 * (said[none] != _GEEN).mean()) if none.any() else 0.0


def _of(
    examples: Sequence[Example], gold: Ints, said: Ints, keep: Callable[[Example], bool]
) -> tuple[Ints, Ints]:
    kept = np.array([keep(example) for example in examples], dtype=bool)
    return gold[kept], said[kept]


def _signal(gold: Ints, said: Ints) -> dict[str, float]:
    real, flagged = gold != _GEEN, said != _GEEN
    hit = int((real & flagged).sum())
    return {
        "precision": hit / max(1, int(flagged.sum())),
        "recall": hit / max(1, int(real.sum())),
    }


def _urgency(examples: Sequence[Example], verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """Return urgency figures over true signals; a missed signal misses its urgency too."""
    pairs = [(e.urgency, v.urgency) for e, v in zip(examples, verdicts, strict=True) if e.urgency]
    found = [(gold, said) for gold, said in pairs if said]
    rows: dict[str, dict[str, float]] = {}
    for urgency in Urgency:
        hit = sum(gold is said is urgency for gold, said in found)
        gold_count = sum(gold is urgency for gold, _ in found)
        said_count = sum(said is urgency for _, said in found)
        rows[urgency.value] = {
            "precision": hit / max(1, said_count),
            "recall": hit / max(1, gold_count),
            "f1": 2 * hit / max(1, gold_count + said_count),
        }
    spoed = [said for gold, said in pairs if gold is Urgency.SPOED]
    return {
        "urgency": rows,
        "urgency_macro_f1": float(np.mean([row["f1"] for row in rows.values()])),
        "spoed_recall": rows["spoed"]["recall"],
        "spoed_recall_end_to_end": _share(said is Urgency.SPOED for said in spoed),
        "spoed_flagged": _share(said is not None for said in spoed),
    }


def _first_hand(examples: Sequence[Example], verdicts: Sequence[Verdict]) -> float:
    return _share(
        e.first_hand == v.first_hand
        for e, v in zip(examples, verdicts, strict=True)
        if e.first_hand is not None and v.first_hand is not None
    )


def _subcategory(examples: Sequence[Example], verdicts: Sequence[Verdict]) -> float:
    return _share(
        e.subcategory == v.subcategory
        for e, v in zip(examples, verdicts, strict=True)
        if e.subcategory and e.category is v.category
    )


def _pairs(examples: Sequence[Example], gold: Ints, said: Ints) -> float:
    rows: dict[str, list[bool]] = defaultdict(list)
    for example, right in zip(examples, gold == said, strict=True):
        if example.pair:
            rows[example.pair].append(bool(right))
    return _share(all(right) for right in rows.values())


def _length(text: str) -> str:
    words = len(text.split())
    return "1-7" if words < 8 else "8-30" if words <= 30 else "31-80" if words <= 80 else "81+"


def _share(values: Iterable[bool]) -> float:
    found = list(values)
    return sum(found) / len(found) if found else 0.0
