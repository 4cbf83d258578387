# SPDX-License-Identifier: EUPL-1.2
"""``buurtsignaal signaalcheck``: our functional tests, for our models and for anybody's."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from classify.measure.signaalcheck import Score


def signaalcheck(
    model: Annotated[
        Path | None, typer.Option(help="Folder of a model; default: the active one.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write the scores as JSON too.")
    ] = None,
    failed: Annotated[bool, typer.Option(help="Name the messages that went wrong.")] = False,
) -> None:
    """Test the abilities of a model: negation, jokes, idiom, origin, typing errors and more."""
    from buurtsignaal.judging import build_classifier
    from buurtsignaal.settings import load_for_judging
    from classify.measure.signaalcheck import load_suite, score_suite
    from core.resources import folder
    from core.verdict import Question

    suite = load_suite(folder("data") / "signaalcheck")
    classifier = build_classifier(load_for_judging(), model)
    verdicts = classifier.judge([Question(text=check.text, origin=None) for check in suite])
    scores = score_suite(suite, verdicts)
    typer.echo(f"{'ability':24} messages right   groups wholly right   ({classifier.name})")
    for ability, score in scores.items():
        typer.echo(f"{ability:24} {_share(score)}")
    if failed:
        for check, verdict in zip(suite, verdicts, strict=True):
            if not check.passed_by(verdict):
                typer.echo(f"{check.id}: {check.category} was called {verdict.category}")
    if out is not None:
        rows = {name: asdict(score) for name, score in scores.items()}
        out.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


def _share(score: Score) -> str:
    return (
        f"{score.right:4} of {score.messages:4} {score.share:4.0%}   "
        f"{score.groups_right:4} of {score.groups:4} {score.group_share:4.0%}"
    )
