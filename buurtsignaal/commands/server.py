# SPDX-License-Identifier: EUPL-1.2
"""``buurtsignaal serve``, ``demo``, ``migrate`` and ``settings``."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import Annotated

import typer

from core import errors


def serve() -> None:
    """Serve pages, intake, connectors and delivery until SIGTERM or Ctrl-C."""
    from buurtsignaal.commands.opening import house
    from buurtsignaal.server import serve_until_told, set_up_logging

    with house() as opened:
        set_up_logging(opened.settings.log_level)
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(serve_until_told(opened))


def demo(
    once: Annotated[bool, typer.Option(help="Run to the end without a person.")] = False,
    speed: Annotated[
        float | None, typer.Option(min=0.1, help="1 is a human pace; 50 is quick.")
    ] = None,
    port: Annotated[int, typer.Option(help="Another one is taken when this is in use.")] = 8000,
    undo: Annotated[
        float, typer.Option(min=0.0, help="Seconds in which a decision can be undone.")
    ] = 10.0,
    folder: Annotated[Path, typer.Option(help="For the demo's own database.")] = Path("var/demo"),
) -> None:
    """Run everything on SQLite with three invented neighbourhoods."""
    try:
        from buurtsignaal.demo.show import show
    except ModuleNotFoundError as error:
        raise errors.ConfigurationError(
            f"the demo needs {error.name}; install buurtsignaal[demo]"
        ) from None

    pace = speed or (200.0 if once else 1.0)
    with contextlib.suppress(KeyboardInterrupt):
        summary = asyncio.run(show(folder, wanted=port, speed=pace, undo=undo, once=once))
        typer.echo(str(summary))


def migrate() -> None:
    """Create the database, or bring it to what this version needs."""
    from buurtsignaal.commands.opening import house

    with house() as opened:
        typer.echo(f"the {opened.store.dialect} database is up to date")


def settings() -> None:
    """Explain every environment variable; shows no values."""
    from buurtsignaal.settings import PREFIX, Settings

    for name, field in Settings.model_fields.items():
        need = "required" if field.is_required() else "optional"
        typer.echo(f"{PREFIX}{name.upper():20} {need:9} {field.description or ''}")
