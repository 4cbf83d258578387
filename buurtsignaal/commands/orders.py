# SPDX-License-Identifier: EUPL-1.2
"""``buurtsignaal orders``: for what, where and how long public feeds may be read."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

import typer

app = typer.Typer(
    no_args_is_help=True, help="Ask for, approve, stop and list monitoring orders of public feeds."
)

Tenant = Annotated[str | None, typer.Option(help="Municipality; needed when there are several.")]
OrderId = Annotated[str, typer.Argument(help="Id of the order, from 'orders list'.")]
By = Annotated[str, typer.Option(help="Account name of the person who does this.")]


@app.command()
def request(
    by: By,
    purpose: Annotated[str, typer.Option(help="What it is for, in words for citizens.")],
    legal_basis: Annotated[str, typer.Option(help="The law and its article.")],
    term: Annotated[list[str], typer.Option(help="Word or hashtag, never a person; repeatable.")],
    source: Annotated[list[str], typer.Option(help="rss, mastodon, bluesky or x; repeatable.")],
    area: Annotated[str, typer.Option(help="Neighbourhood key of the municipality.")],
    days: Annotated[int, typer.Option(min=1, max=14, help="How long it lasts.")],
    start: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day (Dutch time).")
    ] = None,
    renews: Annotated[str | None, typer.Option(help="Id of the order it goes on with.")] = None,
    approval_reference: Annotated[
        str | None, typer.Option(help="Number under which the network allowed it; X needs one.")
    ] = None,
    tenant: Tenant = None,
) -> None:
    """Ask for an order; nothing is read until another person approves it."""
    from buurtsignaal import ordering
    from buurtsignaal.commands.opening import house
    from core.clock import AMSTERDAM

    with house() as opened:
        starts_at = start.replace(tzinfo=AMSTERDAM) if start else opened.clock.now()
        order = ordering.request(
            opened,
            tenant=opened.tenant(tenant).slug,
            by=by,
            purpose=purpose,
            legal_basis=legal_basis,
            terms=term,
            sources=source,
            area=area,
            starts_at=starts_at if start else None,
            ends_at=starts_at + timedelta(days=days),
            renews=renews,
            approval_reference=approval_reference,
        )
    typer.echo(f"{order.id} waits for the approval of another person")


@app.command()
def approve(order_id: OrderId, by: By, tenant: Tenant = None) -> None:
    """Approve an order that somebody else asked for; asks for the approver's password."""
    from buurtsignaal import ordering
    from buurtsignaal.commands.opening import house

    password = typer.prompt("Password of the approver", hide_input=True)
    with house() as opened:
        slug = opened.tenant(tenant).slug
        order = ordering.approve(opened, tenant=slug, order_id=order_id, by=by, password=password)
    typer.echo(f"{order.id} runs from {_day(order.begins)} until {_day(order.until)}")


@app.command()
def stop(order_id: OrderId, by: By, tenant: Tenant = None) -> None:
    """Stop an order now, or refuse a request."""
    from buurtsignaal import ordering
    from buurtsignaal.commands.opening import house

    with house() as opened:
        ordering.stop(opened, tenant=opened.tenant(tenant).slug, order_id=order_id, by=by)
    typer.echo("nothing is read for this order any more")


@app.command("list")
def list_orders(
    register: Annotated[bool, typer.Option("--register", help="As the public sees it.")] = False,
    tenant: Tenant = None,
) -> None:
    """List all orders with where they stand, newest first."""
    from buurtsignaal import ordering
    from buurtsignaal.commands.opening import house

    with house() as opened:
        slug = opened.tenant(tenant).slug
        if register:
            for row in ordering.register(opened, slug):
                typer.echo(
                    f"{_day(row.begins)} - {_day(row.until)}  {row.state.value:11} {row.area}  "
                    f"{', '.join(row.terms)}  ({', '.join(row.sources)})  {row.purpose}; "
                    f"{row.legal_basis}"
                )
            return
        for order, state in ordering.states(opened, slug):
            typer.echo(
                f"{order.id}  {state.value:11} {_day(order.begins)} - {_day(order.until)}  "
                f"by {order.requested_by}, approved by {order.approved_by or '-'}  "
                f"{', '.join(order.topic.terms)}"
            )


@app.command()
def counts(order_id: OrderId, tenant: Tenant = None) -> None:
    """Show how much was written in public about an order's words, day by day."""
    from buurtsignaal import ordering
    from buurtsignaal.commands.opening import house

    with house() as opened:
        slug = opened.tenant(tenant).slug
        found = ordering.counted(opened, tenant=slug, order_id=order_id)
    for (source, day), n in found.items():
        typer.echo(f"{day}  {source:10} {n if n >= 5 else 'fewer than 5'}")
    if not found:
        typer.echo("nothing was counted for this order")


def _day(moment: datetime) -> str:
    from core.clock import AMSTERDAM

    return f"{moment.astimezone(AMSTERDAM):%Y-%m-%d %H:%M}"
