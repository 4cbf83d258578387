# SPDX-License-Identifier: EUPL-1.2
"""How well found spans agree with labelled ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from classify.corpus import Example
from core.verdict import Span, Verdict

#: Share of the union that two spans must have in common to be one finding.
ENOUGH = 0.5


def place_score(examples: Sequence[Example], verdicts: Sequence[Verdict]) -> dict[str, float]:
    """Return precision, recall and F1 of places that overlap for at least half."""
    hit = gold = said = exact = 0
    for example, verdict in zip(examples, verdicts, strict=True):
        gold += len(example.locations)
        said += len(verdict.places)
        free: list[Span] = list(verdict.places)
        for location in example.locations:
            match = max(free, key=lambda s: overlap(location, s), default=None)
            if match is not None and overlap(location, match) >= ENOUGH:
                free.remove(match)
                hit += 1
                exact += (match.start, match.end) == (location.start, location.end)
    return {
        "precision": hit / max(1, said),
        "recall": hit / max(1, gold),
        "f1": 2 * hit / max(1, gold + said),
        "exact_f1": 2 * exact / max(1, gold + said),
    }


def personal_score(examples: Sequence[Example], verdicts: Sequence[Verdict]) -> dict[str, object]:
    """Return recall (wholly covered) per kind, and how many findings were none."""
    covered: dict[str, list[bool]] = defaultdict(list)
    needless = said = 0
    for example, verdict in zip(examples, verdicts, strict=True):
        for span in example.personal:
            covered[span.kind.value].append(_covers(verdict.personal, span))
        said += len(verdict.personal)
        needless += sum(
            not any(found.overlaps(span) for span in example.personal) for found in verdict.personal
        )
    everything = [hit for hits in covered.values() for hit in hits]
    return {
        "recall": sum(everything) / max(1, len(everything)),
        "precision": 1.0 - needless / max(1, said),
        "kinds": {kind: sum(hits) / len(hits) for kind, hits in sorted(covered.items())},
    }


def overlap(one: Span, other: Span) -> float:
    """Return the share of the union that both spans have in common."""
    shared = min(one.end, other.end) - max(one.start, other.start)
    if shared <= 0:
        return 0.0
    return shared / (max(one.end, other.end) - min(one.start, other.start))


def _covers(found: Sequence[Span], span: Span) -> bool:
    return any(f.start <= span.start and f.end >= span.end for f in found)
