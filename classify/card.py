# SPDX-License-Identifier: EUPL-1.2
"""Writes the model card: what it is for, how good, and what it must not be used for."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from classify.evaluate import write_metrics

_USE = """## For

Sorting messages of consented Dutch neighbourhood chats, report channels and public posts into
fourteen categories, so that a person in a control room or municipality sees the right ones first.
A named person decides; police categories are never forwarded automatically.

## Not for

- Deciding anything about a person, or profiling anybody. Names and words of origin, religion,
  skin colour and gender are replaced before the model looks; swapping them changes nothing.
- Other languages, formal reports, or messages read without consent.
- Replacing 112. The model misses signals; the figures below say how many.

## How it works

Word, word-pair, in-word and lemma tf-idf; a linear SVM and naive Bayes, added with learnt scales
and calibrated on writers that neither had seen. The share of `geen` of each kind of source is
applied afterwards (chat 80%, public 95%, report 5%, unknown: as in the corpus). Thresholds follow
from stated costs in `thresholds.toml`. Rules find closing messages, places and personal data. A
gram is kept only when at least two author batches wrote it.
"""

_DUTCH = """## In het kort

Dit model leest berichten uit buurtgroepen die daarvoor toestemming gaven. Het zegt welke soort
melding een bericht is, hoe dringend het is en hoe zeker het dat weet. Een mens beslist altijd. Het
model maakt fouten: het mist meldingen en het geeft soms vals alarm. Het is getraind op zelf
geschreven voorbeelden, niet op berichten van echte bewoners. Bij een echte proef kunnen de
uitkomsten dus slechter zijn. Bij gevaar: bel 112.
"""


def write_card(path: Path, name: str, corpus: Mapping[str, Any], metrics: dict[str, Any]) -> None:
    """Write ``card.md`` and ``metrics.json`` beside the artefact."""
    write_metrics(metrics, path / "metrics.json")
    (path / "card.md").write_text(card(name, corpus, metrics), encoding="utf-8")


def card(name: str, corpus: Mapping[str, Any], metrics: Mapping[str, Any]) -> str:
    """Return the card as Markdown, in English with a short Dutch text."""
    return "\n".join(
        [f"# Model `{name}`\n", _USE, _learnt(corpus), _figures(metrics), _limits(), _DUTCH]
    )


def _learnt(corpus: Mapping[str, Any]) -> str:
    return f"""## Learnt from

{corpus["messages"]} messages in {corpus["batches"]} voices by {corpus["writers"]} writers, written
for this product; no real residents' messages (see `data/corpora/SOURCE.md`).
Corpus SHA-256 `{corpus["sha256"]}`.
"""


def _figures(metrics: Mapping[str, Any]) -> str:
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
    table = "\n".join(f"| {what} | {value} |" for what, value in rows)
    return f"""## Figures

Method: {metrics["method"]}. Each writer's messages are judged by a model and a calibration that
never saw that writer; the shipped model learnt from all writers.

| figure | value |
|---|---|
{table}

{_categories(metrics)}"""


def _categories(metrics: Mapping[str, Any]) -> str:
    lines = [
        f"| {slug} | {row['precision']:.2f} | {row['recall']:.2f} | {row['f1']:.2f} "
        f"| {row['count']} |"
        for slug, row in metrics["categories"].items()
    ]
    head = "| category | precision | recall | F1 | messages |\n|---|---|---|---|---|"
    return "\n".join([head, *lines]) + "\n"


def _limits() -> str:
    return """## Limits

Figures hold for written examples of few writers, not for a real neighbourhood; measure again in
each trial. Minimal pairs (negation, hypothesis, false alarm) are weak. Places are found by rules
and a gazetteer. Context of a chat is a rule, not learnt yet.
"""


def _round(metrics: Mapping[str, Any]) -> str:
    return f"{metrics['false_alarms_per_1000']:.0f}"
