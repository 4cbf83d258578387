# SPDX-License-Identifier: EUPL-1.2
"""``buurtsignaal groups``: which groups there are and where their consent stands."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="Look at groups and their consent.")

Tenant = Annotated[str | None, typer.Option(help="Municipality; needed when there are several.")]


@app.command("list")
def list_groups(tenant: Tenant = None) -> None:
    """List groups with the state of their consent."""
    from buurtsignaal.commands.opening import house

    with house() as opened, opened.store.read() as work:
        now = opened.clock.now()
        for group in work.consent.groups(opened.tenant(tenant).slug):
            state = group.consent.at(now).value
            typer.echo(f"{group.id}  {group.source:16} {state:12} {group.area:20} {group.name}")


@app.command()
def ledger(group_id: Annotated[str, typer.Argument(help="Our id, from 'groups list'.")]) -> None:
    """Show every line of a group's consent ledger."""
    from buurtsignaal.commands.opening import house

    with house() as opened, opened.store.read() as work:
        for event in work.consent.ledger(group_id):
            until = f" until {event.valid_until:%Y-%m-%d}" if event.valid_until else ""
            typer.echo(
                f"{event.at:%Y-%m-%d %H:%M} {event.kind:12} by {event.actor} ({event.role})"
                f" text {event.text_version}{until}"
            )


@app.command("set")
def set_profile(
    group_id: Annotated[str, typer.Argument(help="Our id, from 'groups list'.")],
    area: Annotated[str | None, typer.Option(help="Neighbourhood key, for the routes.")] = None,
    name: Annotated[str | None, typer.Option(help="As operators know it.")] = None,
    mode: Annotated[
        str | None, typer.Option(help="everybody, or only-yes (members who said yes).")
    ] = None,
) -> None:
    """Set a group's neighbourhood, name or mode."""
    from buurtsignaal.commands.opening import house
    from buurtsignaal.grouping import change

    with house() as opened:
        group = change(opened, group_id, area=area, name=name, mode=mode)
    typer.echo(f"{group.name}: area '{group.area}', mode {group.mode}")


@app.command()
def stop(
    group_id: Annotated[str, typer.Argument(help="Our id, from 'groups list'.")],
    reference: Annotated[str, typer.Option(help="Reference of the request; no person's name.")],
) -> None:
    """Withdraw a group's consent: reading stops at once and its signals are erased."""
    from buurtsignaal.commands.opening import house
    from buurtsignaal.grouping import withdraw

    with house() as opened:
        withdraw(opened, group_id, reference)
    typer.echo("reading has stopped; what was kept is being erased")
