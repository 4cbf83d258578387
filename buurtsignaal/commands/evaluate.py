# SPDX-License-Identifier: EUPL-1.2
"""``buurtsignaal evaluate``: how good a model is on labelled messages, as a report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from classify.corpus import Example
    from classify.measure.run import Judged


def evaluate(
    data: Annotated[Path, typer.Argument(help="Labelled messages: a .jsonl file or a folder.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the report.")],
    model: Annotated[
        Path | None, typer.Option(help="Folder of a model; default: the active one.")
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option(help="Compare with another model (folder) or with answers (.jsonl)."),
    ] = None,
    as_source: Annotated[
        bool,
        typer.Option(help="Use each message's kind of source, and so its usual share of geen."),
    ] = True,
    show_texts: Annotated[
        bool,
        typer.Option("--show-texts", "--texts", help="List the mistakes with their texts."),
    ] = False,
    seed: Annotated[int, typer.Option(help="Of the bootstrap.")] = 1,
) -> None:
    """Measure a model on labelled messages; write report.html, metrics.json and CSV files."""
    from classify.decide import load_costs
    from classify.measure.report import write_report
    from classify.measure.run import compared, load_data, measure, mistakes
    from core.resources import folder

    examples = load_data(data)
    judged = _judge(examples, model, as_source=as_source)
    metrics = measure(
        judged, load_costs(folder("data") / "classify" / "thresholds.toml"), seed=seed
    )
    if against is not None:
        metrics["comparison"] = compared(judged, _other(examples, against, as_source), seed=seed)
    write_report(metrics, out, mistakes=mistakes(judged) if show_texts else ())
    low, high = metrics["macro_f1_interval"]
    typer.echo(f"macro-F1 {metrics['macro_f1']:.3f} [{low:.3f} {high:.3f}]; {out}/report.html")


def _other(examples: Sequence[Example], against: Path, as_source: bool) -> Judged:
    from classify.measure.run import read_answers

    if against.is_dir():
        return _judge(examples, against, as_source=as_source)
    return read_answers(against, examples)


def _judge(examples: Sequence[Example], model: Path | None, *, as_source: bool) -> Judged:
    from rich.console import Console
    from rich.progress import Progress

    from buurtsignaal.judging import build_classifier
    from buurtsignaal.settings import load_for_judging
    from classify.measure.run import judge

    classifier = build_classifier(load_for_judging(), model)
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(classifier.name, total=len(examples))
        return judge(
            examples,
            classifier,
            as_source=as_source,
            progress=lambda count: progress.advance(task, count),
        )
