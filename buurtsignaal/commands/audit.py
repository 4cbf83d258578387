# SPDX-License-Identifier: EUPL-1.2
"""``buurtsignaal audit``: is the chain of deeds whole?"""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="Look after the audit trail.")

Tenant = Annotated[str | None, typer.Option(help="Municipality; needed when there are several.")]


@app.callback()
def about() -> None:
    """Look after the audit trail."""


@app.command()
def verify(tenant: Tenant = None) -> None:
    """Check the hash chain from the first line to the last; exit code 1 when it is broken."""
    from buurtsignaal.commands.opening import house

    with house() as opened:
        slug = opened.tenant(tenant).slug
        with opened.store.read() as work:
            found = work.audit.verify(slug)
    if found.ok:
        typer.echo(f"{slug}: {found.lines} lines, the chain is whole")
        return
    typer.echo(f"{slug}: the chain is broken at line {found.first_bad_seq}", err=True)
    raise typer.Exit(1)
