# SPDX-License-Identifier: EUPL-1.2
"""``buurtsignaal classify``: judge messages in a file or a pipe, without storing anything."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from core import errors

if TYPE_CHECKING:
    from collections.abc import Callable

    from classify.conversation import Conversations
    from classify.lines import BadLine, Line

#: Lines judged together; bounds memory and the wait for an answer.
BATCH = 256
_MINUS = Path("-")


def classify(
    file: Annotated[Path, typer.Argument(help="JSON lines; - is standard input.")] = _MINUS,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Where to write; default: standard output.")
    ] = None,
    model: Annotated[
        Path | None, typer.Option(help="Folder of a model; default: the active one.")
    ] = None,
) -> None:
    """Judge JSON lines with id and text, optionally chat, sent_at, sender and source.

    Lines of one chat are a conversation in the given order. One line of JSON comes out for each
    line that came in; a line that cannot be used gives an error line, and exit code 1 at the end.
    """
    from buurtsignaal.judging import build_classifier
    from buurtsignaal.settings import load_for_judging
    from classify.conversation import Conversations

    classifier = build_classifier(load_for_judging(), model)
    conversations = Conversations(classifier, classifier.linker)
    with _source(file) as source, _target(out) as target, _progress(file) as advance:
        bad = _run(source, target, conversations, advance)
    if bad:
        typer.echo(f"buurtsignaal: {bad} line(s) could not be used", err=True)
        raise typer.Exit(1)


def _run(
    source: BinaryIO,
    target: BinaryIO,
    conversations: Conversations,
    advance: Callable[[int], None],
) -> int:
    """Judge batch after batch; return how many lines could not be used."""
    from classify.lines import BadLine

    bad = 0
    for batch, size in _batches(source):
        bad += sum(isinstance(line, BadLine) for line in batch)
        target.writelines(_answers(batch, conversations))
        target.flush()
        advance(size)
    return bad


def _answers(batch: list[Line | BadLine], conversations: Conversations) -> Iterator[bytes]:
    from classify.lines import BadLine, write_bad, write_line

    judged = iter(conversations.judge([x for x in batch if not isinstance(x, BadLine)]))
    for line in batch:
        yield write_bad(line) if isinstance(line, BadLine) else write_line(line, *next(judged))


def _batches(source: BinaryIO) -> Iterator[tuple[list[Line | BadLine], int]]:
    """Return lines, ``BATCH`` at a time, and the bytes that they took."""
    from classify.lines import LONGEST, read_line

    batch: list[Line | BadLine] = []
    size = number = 0
    while raw := source.readline(LONGEST + 2):
        number += 1
        size += len(raw)
        while len(raw) > LONGEST and not raw.endswith(b"\n"):
            rest = source.readline(LONGEST)
            size += len(rest)
            if not rest or rest.endswith(b"\n"):
                break
        line = read_line(raw, number)
        if line is not None:
            batch.append(line)
        if len(batch) >= BATCH:
            yield batch, size
            batch, size = [], 0
    if batch or size:
        yield batch, size


@contextmanager
def _source(file: Path) -> Iterator[BinaryIO]:
    if file == _MINUS:
        yield sys.stdin.buffer
        return
    try:
        opened = file.open("rb")
    except OSError as error:
        raise errors.BadInput(f"{file}: {error.strerror}") from None
    with opened:
        yield opened


@contextmanager
def _target(out: Path | None) -> Iterator[BinaryIO]:
    """Write beside ``out`` and rename at the end: a file that is there is whole."""
    if out is None or out == _MINUS:
        yield sys.stdout.buffer
        return
    part = out.with_name(out.name + ".part")
    try:
        opened = part.open("wb")
    except OSError as error:
        raise errors.BadInput(f"{out}: {error.strerror}") from None
    try:
        with opened:
            yield opened
        part.replace(out)
    finally:
        # Half an answer holds residents' words too; it does not stay behind.
        part.unlink(missing_ok=True)


@contextmanager
def _progress(file: Path) -> Iterator[Callable[[int], None]]:
    """Show a bar on a terminal: in bytes of a file, or how much a pipe gave so far."""
    if not sys.stderr.isatty():
        yield lambda _size: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn

    total = None if file == _MINUS else file.stat().st_size
    columns = (BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("judging", total=total)
        yield lambda size: progress.advance(task, size)
