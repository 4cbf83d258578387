# SPDX-License-Identifier: EUPL-1.2
"""The command line. Heavy parts are imported by the command that needs them."""

from __future__ import annotations

import sys
import traceback

import typer

from buurtsignaal.commands import (
    accounts,
    audit,
    classify,
    evaluate,
    files,
    groups,
    keys,
    models,
    orders,
    routes,
    server,
    signaalcheck,
    tokens,
)
from core import errors

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Buurtsignaal: messages of consenting neighbourhood groups, to the right operator.",
)
app.command("serve")(server.serve)
app.command("demo")(server.demo)
app.command("migrate")(server.migrate)
app.command("settings")(server.settings)
app.command("import")(files.import_file)
app.add_typer(groups.app, name="groups")
app.add_typer(orders.app, name="orders")
app.add_typer(accounts.app, name="accounts")
app.add_typer(tokens.app, name="tokens")
app.add_typer(routes.app, name="routes")
app.add_typer(audit.app, name="audit")
app.add_typer(models.app, name="models")
app.add_typer(keys.app, name="keys")
app.command("classify")(classify.classify)
app.command("evaluate")(evaluate.evaluate)
app.command("signaalcheck")(signaalcheck.signaalcheck)
app.command("fine-tune")(models.fine_tune)
app.command("train")(models.train)


def main() -> None:
    """Run the command line; an error of ours is one clear sentence and exit code 2."""
    try:
        app()
    except errors.BuurtsignaalError as error:
        typer.echo(f"buurtsignaal: {error}", err=True)
        sys.exit(2)
    except Exception as error:  # noqa: BLE001 - shown without its words, which may be a citizen's
        typer.echo("".join(traceback.format_tb(error.__traceback__)), err=True)
        typer.echo(f"buurtsignaal: unexpected {type(error).__name__}", err=True)
        sys.exit(70)
