# SPDX-License-Identifier: EUPL-1.2
"""``buurtsignaal models`` and ``train``: what judges, and how it was made."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="List and verify models.")


@app.command("list")
def list_models() -> None:
    """List the models that are here; the active one is marked."""
    from core import resources

    folder = resources.folder("models")
    active = (folder / "ACTIVE").read_text(encoding="utf-8").strip()
    for manifest in sorted(folder.glob("*/*/manifest.json")):
        name = manifest.parent.relative_to(folder).as_posix()
        typer.echo(f"{'*' if name == active else ' '} {name}")


@app.command()
def verify(
    folder: Annotated[Path | None, typer.Argument(help="Default: the active model.")] = None,
) -> None:
    """Load a model and judge one empty message; says why when it is not the one signed off."""
    from buurtsignaal.bootstrap import model_folder
    from buurtsignaal.settings import load
    from classify.pipeline import load_classifier
    from core.verdict import Question

    classifier = load_classifier(folder or model_folder(load()))
    classifier.judge([Question(text="")])
    typer.echo(f"{classifier.name} is whole")


def train(
    out: Annotated[Path, typer.Argument(help="New folder, e.g. models/buurt/0.2.0")],
    corpus: Annotated[Path | None, typer.Option(help="Folder of .jsonl files.")] = None,
    seed: Annotated[int, typer.Option()] = 1,
) -> None:
    """Train a model; the same corpus and seed give the same predictions."""
    from rich.console import Console
    from rich.progress import Progress

    from classify.train import train as run
    from core import resources

    corpus = corpus or resources.folder("data") / "corpora" / "messages"
    console = Console(stderr=True)
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("training", total=1.0)

        def tell(what: str, share: float) -> None:
            progress.update(task, description=what, completed=share)

        run(corpus, out, seed=seed, progress=tell)
    typer.echo(f"{out} is trained; look at {out}/card.md, then activate it in models/ACTIVE")
