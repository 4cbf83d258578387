# SPDX-License-Identifier: EUPL-1.2
"""``buurtsignaal accounts``: people who may sign in."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="Make and list accounts.")

Tenant = Annotated[str | None, typer.Option(help="Municipality; needed when there are several.")]


@app.command()
def add(
    username: Annotated[str, typer.Argument(help="One person's own name; no shared accounts.")],
    role: Annotated[
        str,
        typer.Option(
            help="meldkamer, handhaving, groepsbeheer, onderzoek, toezicht, beheer or wandbord"
        ),
    ],
    display_name: Annotated[str, typer.Option("--name", help="As colleagues know them.")] = "",
    group: Annotated[
        list[str] | None, typer.Option(help="Group id that this person governs; repeatable.")
    ] = None,
    tenant: Tenant = None,
) -> None:
    """Make an account; the password is asked for, at least 14 characters."""
    from buurtsignaal.commands.opening import house
    from buurtsignaal.people import add_account

    password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    with house() as opened:
        account = add_account(
            opened,
            tenant=opened.tenant(tenant).slug,
            username=username,
            display_name=display_name or username,
            role=role,
            password=password,
            groups=tuple(group or ()),
        )
    typer.echo(f"{account.username} may sign in as {account.role}")


@app.command("list")
def list_accounts(tenant: Tenant = None) -> None:
    """List the accounts of a municipality."""
    from buurtsignaal.commands.opening import house

    with house() as opened, opened.store.read() as work:
        for account in work.accounts.list(opened.tenant(tenant).slug):
            state = "disabled" if account.disabled else "active"
            typer.echo(f"{account.username:24} {account.role:14} {state}")
