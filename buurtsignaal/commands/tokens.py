# SPDX-License-Identifier: EUPL-1.2

"""``buurtsignaal tokens``: what other systems show at ``/api/v1``."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="Make, list and revoke tokens of other systems.")

Tenant = Annotated[str | None, typer.Option(help="Municipality; needed when there are several.")]


@app.command()
def make(
    name: Annotated[str, typer.Argument(help="What it is for.")],
    scope: Annotated[
        list[str],
        typer.Option(
            help="signalen:meldkamer, signalen:handhaving, aantallen, bronnen; repeatable."
        ),
    ],
    days: Annotated[int, typer.Option(help="How long it works, 1 to 365.")] = 90,
    tenant: Tenant = None,
) -> None:
    """Make a token for a system; it is shown once. A system takes no decisions."""
    from buurtsignaal.admitting import admit_system
    from buurtsignaal.commands.opening import house

    with house() as opened:
        slug = opened.tenant(tenant).slug
        made = admit_system(opened, tenant=slug, name=name, scopes=scope, days=days)
    typer.echo(f"{made.token.id} works until {made.token.expires_at:%Y-%m-%d}", err=True)
    typer.echo(made.secret)


@app.command()
def revoke(
    token_id: Annotated[str, typer.Argument(help="As ``tokens list`` shows it.")],
    tenant: Tenant = None,
) -> None:
    """End a token at once."""
    from buurtsignaal.admitting import revoke_token
    from buurtsignaal.commands.opening import house

    with house() as opened:
        revoke_token(opened, tenant=opened.tenant(tenant).slug, token_id=token_id)
    typer.echo("the token works no more")


@app.command("list")
def list_tokens(tenant: Tenant = None) -> None:
    """List the tokens of a municipality, newest first; never the tokens themselves."""
    from buurtsignaal.commands.opening import house

    with house() as opened, opened.store.read() as work:
        now = opened.clock.now()
        for token in work.tokens.list(opened.tenant(tenant).slug):
            state = "works" if token.opens(now) else "over"
            used = f"{token.last_used:%Y-%m-%d %H:%M}" if token.last_used else "never used"
            kind = "person" if token.account_id else "system"
            typer.echo(
                f"{token.id}  {state:5}  {kind:6}  until {token.expires_at:%Y-%m-%d %H:%M}  "
                f"{used:16}  {' '.join(token.scopes)}  {token.name}"
            )
