# SPDX-License-Identifier: EUPL-1.2
"""What a reporter filled in, as an operator sees it beside what the model made of the words."""

from __future__ import annotations

from dataclasses import dataclass

from core.label import Category, Taxonomy
from core.ownreport import Kind, Part
from dashboard import words
from dashboard.spoken import say
from store.reports import ReportRow

_PART = {
    Part.VICTIM: say("het overkwam de melder zelf"),
    Part.WITNESS: say("de melder zag of hoorde het"),
}
_SAFE = {True: say("de melder is veilig"), False: say("de melder is NIET veilig"), None: ""}


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Told:
    """The reporter's own side of a signal."""

    #: What was ticked.
    kinds: tuple[str, ...]
    #: What the model says of the words alone; empty: not to be seen.
    judged: str
    #: Whether the model and the reporter name different categories.
    differs: bool
    part: str
    safe: str
    unsafe: bool
    happened: str
    language: str
    contact: str
    photo: bool


def told(row: ReportRow, taxonomy: Taxonomy, *, full: bool, labelled: bool) -> Told:
    """Return what was filled in; contact and photo only for who may read the full text.

    Without ``labelled`` it says what the reporter chose and not what the model thinks.
    """
    return Told(
        kinds=tuple(_kind(kind, taxonomy) for kind in row.kinds),
        judged=_judged(row, taxonomy) if labelled else "",
        differs=labelled and row.judged not in {kind.category for kind in row.kinds},
        part=_PART[row.part] if row.part else "",
        safe=_SAFE[row.safe],
        unsafe=row.safe is False,
        happened=words.moment(row.happened_at) if row.happened_at else "",
        language=say("Engels") if row.language == "en" else "",
        contact=row.contact if full else "",
        photo=row.photo and full,
    )


def _kind(kind: Kind, taxonomy: Taxonomy) -> str:
    info = taxonomy[kind.category]
    sub = info.subcategory(kind.subcategory)
    return info.name + ": " + sub.name.lower() if sub else info.name


def _judged(row: ReportRow, taxonomy: Taxonomy) -> str:
    if row.judged is None:
        return say("kon het niet beoordelen")
    name = say("geen signaal") if row.judged is Category.GEEN else taxonomy[row.judged].name.lower()
    return name + f" ({words.percent(row.certainty)})"
