# SPDX-License-Identifier: EUPL-1.2
"""A report that somebody made on purpose always reaches a person, whatever the model says."""

from __future__ import annotations

from dataclasses import replace

from core.label import Category, Urgency
from core.ownreport import OwnReport, Part
from core.verdict import Verdict


def heard(own: OwnReport, verdict: Verdict | None) -> Verdict:
    """Return the verdict to go on with.

    Where the model sees a signal its category stands. Where it sees none, or broke, the
    reporter's own category stands, in doubt, so that nothing leaves without a person.
    Who is not safe now comes first.
    """
    kept = verdict if verdict is not None and verdict.is_signal else _chosen(own, verdict)
    urgency = Urgency.SPOED if own.safe is False else kept.urgency
    first_hand = kept.first_hand if own.part is None else own.part in (Part.VICTIM, Part.WITNESS)
    return replace(kept, urgency=urgency, first_hand=first_hand, closes=False)


def _chosen(own: OwnReport, verdict: Verdict | None) -> Verdict:
    known = verdict or _nothing()
    return replace(
        known,
        category=own.category,
        subcategory=own.subcategory,
        probability=known.probabilities.get(own.category, 0.0),
        urgency=Urgency.NIET_URGENT,
        first_hand=None,
        review=True,
    )


def _nothing() -> Verdict:
    """What a broken model says: everything is as likely as anything else."""
    share = 1 / len(Category)
    return Verdict(
        category=Category.GEEN,
        probability=share,
        probabilities=dict.fromkeys(Category, share),
        urgency=None,
    )
