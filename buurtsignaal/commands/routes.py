# SPDX-License-Identifier: EUPL-1.2
"""``buurtsignaal routes``: check a municipality's rules and see why one applies."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from core import errors
from core.clock import AMSTERDAM, SystemClock
from core.label import Category, Queue, Urgency
from core.message import Origin

app = typer.Typer(no_args_is_help=True, help="Check and try the routing rules.")

Tenant = Annotated[str | None, typer.Option(help="Municipality; needed when there are several.")]


@app.command()
def check(tenant: Tenant = None) -> None:
    """Read the rules of a municipality and say every mistake with its line."""
    from buurtsignaal.commands.opening import municipality

    found = municipality(tenant)
    typer.echo(f"{found.tenant.slug}: {len(list(found.tree.rules()))} rules hold together")


@app.command()
def test(
    category: Annotated[Category, typer.Option(help="Category slug.")],
    urgency: Annotated[Urgency, typer.Option()] = Urgency.NIET_URGENT,
    subcategory: Annotated[str | None, typer.Option()] = None,
    probability: Annotated[float, typer.Option(min=0.0, max=1.0)] = 0.9,
    area: Annotated[str, typer.Option(help="Neighbourhood key.")] = "",
    source: Annotated[str, typer.Option(help="Connector name.")] = "",
    origin: Annotated[Origin, typer.Option()] = Origin.CHAT,
    at: Annotated[datetime | None, typer.Option(help="Moment in Dutch time; default: now.")] = None,
    first_hand: Annotated[bool | None, typer.Option()] = None,
    expect: Annotated[
        list[Queue] | None, typer.Option(help="Fail unless exactly these queues get it.")
    ] = None,
    tenant: Tenant = None,
) -> None:
    """Say where a signal with these facts goes, and why each rule did or did not match."""
    from buurtsignaal.commands.opening import municipality
    from routing.tree import Facts

    if category is Category.GEEN:
        raise errors.BadInput("geen is never routed: such a message is forgotten at once")
    moment = at.replace(tzinfo=AMSTERDAM) if at else SystemClock().now()
    routed = municipality(tenant).tree.route(
        Facts(
            category=category,
            subcategory=subcategory,
            urgency=urgency,
            probability=probability,
            area=area,
            source=source,
            origin=origin,
            at=moment,
            first_hand=first_hand,
        )
    )
    for step in routed.trace:
        typer.echo(str(step))
    typer.echo(f"\nWachtrij: {', '.join(routed.queues) or 'geen'}")
    typer.echo(f"Ontvangers na beslissing: {', '.join(routed.targets) or 'geen'}")
    typer.echo(f"Zonder mens: {'ja' if routed.automatic else 'nee'}")
    if expect and set(expect) != set(routed.queues):
        typer.echo(f"Verwacht was: {', '.join(expect)}", err=True)
        raise typer.Exit(1)
