# SPDX-License-Identifier: EUPL-1.2
"""Writes the model card, with skops: what it is for, how good, and what it must not be used for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classify.evaluate import write_metrics

_FOR = """\
Sorting messages of consented Dutch neighbourhood chats, report channels and public posts into
fourteen categories, so that a person in a control room or municipality sees the right ones first.
A named person decides; police categories are never forwarded automatically.
"""

_NOT_FOR = """\
\
- Deciding anything about a person, or profiling anybody. Names and words of origin, religion,
  skin colour and gender are replaced before the model looks; swapping them changes nothing.
- Other languages, formal reports, or messages read without consent.
- Replacing 112. The model misses signals; the figures below say how many.
"""

_HOW = """\
First stage: word, word-pair, in-word and lemma tf-idf; a linear SVM and naive Bayes, added with
learnt scales and calibrated on writers that neither had seen. Second stage, where it is installed:
multilingual-e5-small, fine-tuned, reads what the first leaves in doubt and what follows others in a
chat. An offset per kind of source is applied afterwards (a chat brings 80% `geen`, public posts
95%, a report channel 5%; unknown: as in the corpus). Thresholds follow
from stated costs in `thresholds.toml`. Rules find closing messages, places and personal data. A
gram is kept only when at least two author batches wrote it.
"""

_LIMITS = """\
Figures hold for written examples of few writers, not for a real neighbourhood; measure again in
each trial. Writers and annotators worked from one guide and have much in common, so scores flatter.
The evidence that is shown is chosen by the first stage's weights; what is left without it is judged
by both stages.
"""

_DUTCH = """\
Dit model leest berichten uit buurtgroepen die daarvoor toestemming gaven. Het zegt welke soort
melding een bericht is, hoe dringend het is en hoe zeker het dat weet. Een mens beslist altijd. Het
model maakt fouten: het mist meldingen en het geeft soms vals alarm. Het is getraind op zelf
geschreven voorbeelden, niet op berichten van echte bewoners. Bij een echte proef kunnen de
uitkomsten dus slechter zijn. Bij gevaar: bel 112.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Part:
    """A section with its tables, each by name as columns."""

    title: str
    intro: str
    tables: Mapping[str, dict[str, list[str]]]


def write_card(path: Path, name: str, corpus: Mapping[str, Any], metrics: dict[str, Any]) -> None:
    """Write ``card.md`` and ``metrics.json`` beside the artefact."""
    write_metrics(metrics, path / "metrics.json")
    (path / "card.md").write_text(card(name, corpus, metrics), encoding="utf-8")


def card(name: str, corpus: Mapping[str, Any], metrics: Mapping[str, Any]) -> str:
    """Return the card as Markdown, in English with a short Dutch text."""
    from skops.card import Card

    page = Card(model=None, template=None)
    # A stroke in a name would be a section within a section.
    top = f"Model `{name}`".replace("/", "\\/")
    texts = {"For": _FOR, "Not for": _NOT_FOR, "How it works": _HOW, "Learnt from": _learnt(corpus)}
    page.add(**{top: ""}, **{f"{top}/{title}": text for title, text in texts.items()})
    for part in (_first(metrics), _both(metrics), _test(metrics)):
        if part is not None:
            page.add(**{f"{top}/{part.title}": part.intro})
            for title, table in part.tables.items():
                path = f"{top}/{part.title}/{title}"
                page.add_table(**{path: table})
                # skops heads a table with its whole path.
                page.select(path).title = title
    page.add(**{f"{top}/Limits": _LIMITS, f"{top}/In het kort": _DUTCH})
    return str(page.render()).rstrip() + "\n"


def _learnt(corpus: Mapping[str, Any]) -> str:
    return f"""{corpus["messages"]} messages in {corpus["batches"]} voices by {corpus["writers"]}
writers, written for this product; no real residents' messages (see `data/corpora/SOURCE.md`).
Corpus SHA-256 `{corpus["sha256"]}`.
"""


def _first(metrics: Mapping[str, Any]) -> _Part:
    low, high = metrics["macro_f1_interval"]
    rows = [
        ("macro-F1 (95% bootstrap)", f"{metrics['macro_f1']:.3f} [{low:.3f} {high:.3f}]"),
        ("accuracy", f"{metrics['accuracy']:.3f}"),
        ("signal precision", f"{metrics['signal']['precision']:.3f}"),
        ("signal recall", f"{metrics['signal']['recall']:.3f}"),
        ("false alarms per 1,000 `geen`, half of them hard", _round(metrics)),
        ("calibration error (ECE)", f"{metrics['ece']:.3f}"),
        ("urgency macro-F1 on found signals", f"{metrics['urgency_macro_f1']:.3f}"),
        ("`spoed` recall on found signals", f"{metrics['spoed_recall']:.3f}"),
        ("`spoed` messages flagged at all", f"{metrics['spoed_flagged']:.3f}"),
        ("first hand or hearsay, accuracy", f"{metrics['first_hand_accuracy']:.3f}"),
        ("subcategory accuracy, category right", f"{metrics['subcategory_accuracy']:.3f}"),
        ("minimal pairs wholly right", f"{metrics['pairs_right']:.3f}"),
        ("places F1 (half overlap)", f"{metrics['places']['f1']:.3f}"),
        ("personal data recall", f"{metrics['personal']['recall']:.3f}"),
    ]
    return _Part(
        title="Figures",
        intro=f"Method: {metrics['method']}. Each writer's messages are judged by a model and a "
        "calibration that never saw that writer; the shipped model learnt from all writers.",
        tables={
            "First stage": _columns(("figure", "value"), rows),
            "First stage, each category": _categories(metrics),
        },
    )


def _both(metrics: Mapping[str, Any]) -> _Part | None:
    found = metrics.get("second_stage")
    if not found:
        return None
    gain = found["against_first"]
    low, high = gain["gain_interval"]
    rows = [
        ("macro-F1, first stage alone", f"{gain['other_macro_f1']:.3f}"),
        ("macro-F1, both stages", f"{gain['macro_f1']:.3f}"),
        ("gain (95% paired bootstrap)", f"{gain['gain']:+.3f} [{low:+.3f} {high:+.3f}]"),
        ("McNemar, p", f"{gain['mcnemar_p']:.1e}"),
        ("signal precision", f"{found['signal']['precision']:.3f}"),
        ("signal recall", f"{found['signal']['recall']:.3f}"),
        ("false alarms per 1,000 `geen`", _round(found)),
        ("`spoed` recall end to end", f"{found['spoed_recall_end_to_end']:.3f}"),
        ("calibration error (ECE)", f"{found['ece']:.3f}"),
        ("places F1 (half overlap)", f"{found['places']['f1']:.3f}"),
        ("personal data recall", f"{found['personal']['recall']:.3f}"),
    ]
    if "incidents" in found:
        rows.append(("incidents, B-cubed F1", f"{found['incidents']['f1']:.3f}"))
    return _Part(
        title="Both stages",
        intro=f"On writers that neither stage learnt from ({', '.join(found['writers'])}; "
        f"{found['messages']} messages); blends, offsets and linker of each writer come from the "
        "others.",
        tables={"Both stages together": _columns(("figure", "value"), rows)},
    )


def _test(metrics: Mapping[str, Any]) -> _Part | None:
    found = metrics.get("test")
    if not found:
        return None
    rows = []
    for name, part in found["parts"].items():
        low, high = part["macro_f1_interval"]
        rows.append(
            (
                name,
                str(part["messages"]),
                f"{part['macro_f1']:.3f} [{low:.3f} {high:.3f}]",
                f"{part['signal']['precision']:.2f}",
                f"{part['signal']['recall']:.2f}",
                f"{part['spoed_recall_end_to_end']:.2f}",
                f"{part['ece']:.3f}",
                f"{part['places']['f1']:.2f}",
                f"{part['personal']['recall']:.2f}",
                f"{part['incidents']['f1']:.2f}" if "incidents" in part else "",
            )
        )
    check = found["signaalcheck"]["alles"]
    names = "part,messages,macro-F1 (95%),precision,recall,`spoed`,ECE,places,personal,B³"
    return _Part(
        title="The frozen test",
        intro="Two writers of their own, from whom nothing was learnt. The release notes say how "
        "often they were looked at while this model was made. Precision and recall are those of "
        f"signals; `spoed` is recall end to end. SignaalCheck: {check['right']:.1%} of messages "
        f"right, {check['groups_right']:.1%} of groups wholly right.",
        tables={"Each part": _columns(names.split(","), rows)},
    )


def _categories(metrics: Mapping[str, Any]) -> dict[str, list[str]]:
    rows = [
        (
            slug,
            f"{row['precision']:.2f}",
            f"{row['recall']:.2f}",
            f"{row['f1']:.2f}",
            str(row["count"]),
        )
        for slug, row in metrics["categories"].items()
    ]
    return _columns(("category", "precision", "recall", "F1", "messages"), rows)


def _columns(head: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, list[str]]:
    return {name: [row[place] for row in rows] for place, name in enumerate(head)}


def _round(metrics: Mapping[str, Any]) -> str:
    return f"{metrics['false_alarms_per_1000']:.0f}"
