# SPDX-License-Identifier: EUPL-1.2
"""``buurtsignaal import``: a file of a group admin or a researcher, through the same gate."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core import errors
from core.clock import AMSTERDAM
from ingest.problem import Problems

if TYPE_CHECKING:
    from buurtsignaal.bootstrap import House
    from buurtsignaal.importing import Imported

#: Without ``--since``, so many days back are read.
BACK = timedelta(days=7)

#: So many lines that could not be used are named.
SHOWN = 10

_SOURCES = {
    ".txt": "whatsapp_export",
    ".zip": "whatsapp_export",
    ".jsonl": "jsonl",
    ".csv": "csv_file",
}


def import_file(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)],
    group: Annotated[str, typer.Option(help="Name of the group that the messages are from.")],
    consent: Annotated[
        str | None,
        typer.Option(help="Reference of the form on which the group consents, e.g. F-2026-014."),
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Older messages are never read; default: 7 days."),
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="End date of a pilot.")
    ] = None,
    area: Annotated[str, typer.Option(help="Neighbourhood key of the municipality.")] = "",
    date_order: Annotated[
        str, typer.Option(help="Order of day and month when the file leaves it open: dmy, mdy, ymd")
    ] = "",
    tenant: Annotated[str | None, typer.Option()] = None,
) -> None:
    """Read a WhatsApp export (.txt, .zip) or a research file (.jsonl, .csv).

    Without consent nothing is read. The same file twice, or a later export, adds nothing twice.
    """
    from buurtsignaal.commands.opening import house
    from buurtsignaal.importing import ConsentOnPaper, ensure_group, grant

    source = _SOURCES.get(file.suffix.lower())
    if source is None:
        raise errors.BadInput(f"{file.name}: accepted are {', '.join(sorted(_SOURCES))}")
    with house() as opened:
        slug = opened.tenant(tenant).slug
        known = ensure_group(opened, tenant=slug, source=source, chat=group, area=area)
        if consent:
            start = _dutch(since) if since else opened.clock.now() - BACK
            paper = ConsentOnPaper(
                reference=consent, since=start, until=_dutch(until) if until else None
            )
            grant(opened, known, paper)
        options: dict[str, object] = {"file": file}
        if source == "whatsapp_export":
            options |= {"chat": group} | ({"date_order": date_order} if date_order else {})
        imported = asyncio.run(_read(opened, slug, source, options))
    _say(imported)


async def _read(opened: House, tenant: str, source: str, options: dict[str, object]) -> Imported:
    from rich.progress import Progress, SpinnerColumn, TextColumn

    from buurtsignaal.bootstrap import build_pipeline
    from buurtsignaal.committer import Committer
    from buurtsignaal.importing import read_file
    from buurtsignaal.judging import build_classifier
    from core.message import Batch
    from core.outcome import Outcome

    classifier = build_classifier(opened.settings)
    pipeline = build_pipeline(opened, classifier, linker=classifier.linker)
    committer = Committer(pipeline.handle, group=600)
    columns = (SpinnerColumn(), TextColumn("{task.completed} messages read"))
    with Progress(*columns, transient=True) as progress:
        task = progress.add_task("read", total=None)

        async def submit(batch: Batch) -> Outcome:
            outcome = await committer.submit(batch)
            progress.advance(task, len(batch.items))
            return outcome

        try:
            return await read_file(opened, submit, tenant=tenant, source=source, options=options)
        finally:
            await committer.close()


def _say(imported: Imported) -> None:
    outcome = imported.outcome
    typer.echo(
        f"{outcome.read} read, {outcome.dropped} dropped, {outcome.duplicates} known already, "
        f"{len(outcome.signals)} signals"
    )
    left_out = getattr(imported.connector, "tally", imported.connector)
    problems = getattr(left_out, "problems", None)
    if isinstance(problems, Problems) and problems.total:
        typer.echo(f"{problems.total} lines could not be used; the first of them:", err=True)
        for problem in problems.first[:SHOWN]:
            typer.echo(f"  {problem}", err=True)


def _dutch(day: datetime) -> datetime:
    return day.replace(tzinfo=AMSTERDAM)
