# SPDX-License-Identifier: EUPL-1.2
"""``buurtsignaal keys``: make and replace the key that seals texts."""

from __future__ import annotations

import typer

app = typer.Typer(no_args_is_help=True, help="Make and replace keys.")


@app.command()
def new() -> None:
    """Print a fresh seal key; put it first in BUURTSIGNAAL_SEAL_KEYS and keep it safe."""
    from store.seal import new_key

    typer.echo(new_key())


@app.command()
def reseal() -> None:
    """Seal all texts with the first key, so that the older ones can be thrown away."""
    from buurtsignaal.commands.opening import house
    from store.rotation import reseal as run

    with house() as opened:
        done = run(opened.store)
    typer.echo(f"{done} texts are sealed with the first key")
