# SPDX-License-Identifier: EUPL-1.2
"""``buurtsignaal models``, ``fine-tune`` and ``train``: what judges, and how it was made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from core import errors

app = typer.Typer(no_args_is_help=True, help="List, verify and choose models.")


@app.command("list")
def list_models() -> None:
    """List the models that are here; the active one is marked."""
    from buurtsignaal.shelf import Shelf

    shelf = Shelf.shipped()
    for name in shelf.names():
        typer.echo(f"{'*' if name == shelf.active() else ' '} {name}")


@app.command()
def verify(
    folder: Annotated[Path | None, typer.Argument(help="Default: the active model.")] = None,
) -> None:
    """Load all of a model and judge one message; says why when it is not the one signed off."""
    from buurtsignaal.judging import model_folder
    from buurtsignaal.settings import load_for_judging
    from classify.pipeline import load_classifier

    classifier = load_classifier(folder or model_folder(load_for_judging()))
    classifier.prepare()
    typer.echo(f"{classifier.name} is whole")


@app.command()
def activate(
    name: Annotated[str, typer.Argument(help="Name and version, e.g. buurt/0.4.0")],
) -> None:
    """Verify a model and make it the active one; running services take it at their next start."""
    from buurtsignaal.shelf import Shelf

    before = Shelf.shipped().activate(name)
    typer.echo(f"{name} is active; 'buurtsignaal models rollback' brings {before} back")


@app.command()
def rollback() -> None:
    """Make the model active that was so before."""
    from buurtsignaal.shelf import Shelf

    typer.echo(f"{Shelf.shipped().rollback()} is active again")


@app.command()
def card(
    name: Annotated[str | None, typer.Argument(help="Default: the active model.")] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Default: shown here.")] = None,
) -> None:
    """Show the card of a model: what it is for, how good it is, what it must not do."""
    from buurtsignaal.shelf import Shelf

    shelf = Shelf.shipped()
    text = shelf.card(name or shelf.active())
    if out is None:
        typer.echo(text)
    else:
        out.write_text(text, encoding="utf-8")


def fine_tune(
    out: Annotated[Path, typer.Argument(help="New folder, e.g. models/buurt/0.4.0")],
    without: Annotated[
        str, typer.Option(help="Writers to hold out, with commas; they set how both stages add up.")
    ],
    corpus: Annotated[Path | None, typer.Option(help="Folder of .jsonl files.")] = None,
    epochs: Annotated[int, typer.Option(min=1)] = 5,
    seed: Annotated[int, typer.Option()] = 1,
) -> None:
    """Fine-tune the second stage; run 'buurtsignaal train' on the same folder afterwards."""
    try:
        from classify.encoder.finetune import Course
        from classify.encoder.finetune import fine_tune as run
    except ImportError:
        raise errors.BadInput("needs: pip install 'buurtsignaal[fine-tuning]'") from None

    from core import resources

    corpus = corpus or resources.folder("data") / "corpora" / "messages"
    held_out = frozenset(filter(None, (name.strip() for name in without.split(","))))
    with _bar("fine-tuning") as tell:
        course = Course(epochs=epochs, seed=seed)
        run(corpus, out, without=held_out, course=course, progress=tell)
    typer.echo(f"{out} holds an encoder; now run: buurtsignaal train {out}")


def train(
    out: Annotated[Path, typer.Argument(help="New folder, e.g. models/buurt/0.4.0")],
    corpus: Annotated[Path | None, typer.Option(help="Folder of .jsonl files.")] = None,
    seed: Annotated[int, typer.Option()] = 1,
    test: Annotated[
        bool, typer.Option(help="Judge the frozen test too; only once, for a release.")
    ] = False,
) -> None:
    """Train a model; the same corpus and seed give the same predictions."""
    from classify.train import train as run
    from core import resources

    corpus = corpus or resources.folder("data") / "corpora" / "messages"
    with _bar("training") as tell:
        frozen = resources.folder("data") / "corpora" / "test" if test else None
        run(corpus, out, seed=seed, progress=tell, test=frozen)
    typer.echo(f"{out} is trained; look at {out}/card.md, then: buurtsignaal models activate NAME")


@contextmanager
def _bar(what: str) -> Iterator[Callable[[str, float], None]]:
    """Show how far a long run is."""
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=1.0)

        def tell(said: str, share: float) -> None:
            progress.update(task, description=said, completed=share)

        yield tell
