# SPDX-License-Identifier: EUPL-1.2
"""Where the mistakes are: which categories are confused, which parts are worst, how sure it was.

Figures only; no text of a message comes near this file's answer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from classify.corpus import Example
from core.label import Category
from core.verdict import Verdict

#: Pairs and parts shown at most.
MOST = 12
#: A part with fewer messages is too small to be called worst.
ENOUGH = 20
#: Ends of the steps of length (words) and of certainty.
_LENGTHS, _STEPS = (4, 8, 16, 32, 64), 10


def where_errors_are(examples: Sequence[Example], verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """Return pairs, parts, lengths and certainties with their mistakes, and what they share."""
    wrong = [e.category is not v.category for e, v in zip(examples, verdicts, strict=True)]
    sure = [v.probability for v in verdicts]
    return {
        "messages": len(examples),
        "wrong": sum(wrong),
        "kinds": _kinds(examples, verdicts),
        "pairs": _pairs(examples, verdicts),
        "worst": _worst(examples, wrong),
        "length": _steps(wrong, [_length(e.text) for e in examples], _length_names()),
        "certainty": _steps(wrong, [_certainty(p) for p in sure], _certainty_names()),
        "sure_but_wrong": sum(w and p >= 0.9 for w, p in zip(wrong, sure, strict=True)),
        "sent_to_review": sum(w and v.review for w, v in zip(wrong, verdicts, strict=True)),
    }


def _kinds(examples: Sequence[Example], verdicts: Sequence[Verdict]) -> dict[str, int]:
    """Return how many signals were missed, how many alarms were false, what was mixed up."""
    counts = {"missed": 0, "false_alarm": 0, "other_category": 0}
    for example, verdict in zip(examples, verdicts, strict=True):
        if example.category is verdict.category:
            continue
        if verdict.category is Category.GEEN:
            counts["missed"] += 1
        elif example.category is Category.GEEN:
            counts["false_alarm"] += 1
        else:
            counts["other_category"] += 1
    return counts


def _pairs(examples: Sequence[Example], verdicts: Sequence[Verdict]) -> list[dict[str, Any]]:
    """Return what is taken for what, most often first, with how sure the model was of it."""
    found: dict[tuple[str, str], list[tuple[Example, Verdict]]] = defaultdict(list)
    totals: dict[str, int] = defaultdict(int)
    for example, verdict in zip(examples, verdicts, strict=True):
        totals[example.category.value] += 1
        if example.category is not verdict.category:
            found[example.category.value, verdict.category.value].append((example, verdict))
    rows: list[dict[str, Any]] = [
        {
            "is": gold,
            "said": said,
            "count": len(both),
            "share": len(both) / totals[gold],
            "probability": sum(v.probability for _, v in both) / len(both),
            "defensible": sum(v.category in e.also for e, v in both),
        }
        for (gold, said), both in found.items()
    ]
    return sorted(rows, key=lambda row: (-row["count"], row["is"], row["said"]))[:MOST]


def _worst(examples: Sequence[Example], wrong: Sequence[bool]) -> list[dict[str, Any]]:
    """Return the parts with the largest share of mistakes."""
    kinds: Mapping[str, Callable[[Example], str]] = {
        "batch": lambda e: e.batch,
        "style": lambda e: e.style,
        "region": lambda e: e.region,
        "source": lambda e: e.origin.value if e.origin else "",
        "hard": lambda e: "hard" if e.hard else "",
    }
    parts: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for example, missed in zip(examples, wrong, strict=True):
        for kind, name_of in kinds.items():
            if name := name_of(example):
                parts[kind, name].append(missed)
    rows: list[dict[str, Any]] = [
        {
            "kind": kind,
            "name": name,
            "messages": len(all),
            "wrong": sum(all),
            "share": sum(all) / len(all),
        }
        for (kind, name), all in parts.items()
        if len(all) >= ENOUGH
    ]
    return sorted(rows, key=lambda row: (-row["share"], row["kind"], row["name"]))[:MOST]


def _steps(
    wrong: Sequence[bool], places: Sequence[int], names: Sequence[str]
) -> list[dict[str, Any]]:
    rows: list[list[bool]] = [[] for _ in names]
    for missed, place in zip(wrong, places, strict=True):
        rows[place].append(missed)
    return [
        {"name": name, "messages": len(row), "wrong": sum(row), "share": sum(row) / len(row)}
        for name, row in zip(names, rows, strict=True)
        if row
    ]


def _length(text: str) -> int:
    words = len(text.split())
    return sum(words > end for end in _LENGTHS)


def _length_names() -> list[str]:
    starts = [0, *(end + 1 for end in _LENGTHS)]
    return [*(f"{a}-{b}" for a, b in zip(starts, _LENGTHS, strict=False)), f"{starts[-1]}+"]


def _certainty(probability: float) -> int:
    return min(_STEPS - 1, max(0, int(probability * _STEPS)))


def _certainty_names() -> list[str]:
    return [f"{step / _STEPS:.1f}-{(step + 1) / _STEPS:.1f}" for step in range(_STEPS)]
