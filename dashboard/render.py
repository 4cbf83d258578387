# SPDX-License-Identifier: EUPL-1.2
"""Turns a template and its values into a page."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import Extension
from starlette.requests import Request
from starlette.responses import HTMLResponse

from dashboard import words
from dashboard.access import ACCESS, Role
from dashboard.assets import Assets
from dashboard.report.house import House

if TYPE_CHECKING:
    from dashboard.auth import Visitor
    from dashboard.services import Services

_TEMPLATES = Path(__file__).parent / "templates"
_THEMES = frozenset({"licht", "donker"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Menu:
    """Where one can go, as (address, name)."""

    first: tuple[tuple[str, str], ...] = ()
    #: Under ``Meer``.
    more: tuple[tuple[str, str], ...] = ()


#: Route name, address and Dutch name of what the header links to.
_MENU = (
    ("queue-meldkamer", "/meldkamer", "Meldkamer"),
    ("queue-handhaving", "/handhaving", "Handhaving"),
    ("list", "/lijst", "Lijst"),
    ("hotspots", "/plekken-en-tijden", "Plekken en tijden"),
    ("shift", "/overdracht", "Overdracht"),
    ("dossiers", "/dossiers", "Dossiers"),
    ("board", "/wandbord", "Wandbord"),
    ("dead-letters", "/afleveringen", "Niet aangekomen"),
    ("groups", "/groepen", "Mijn groepen"),
    ("research", "/onderzoek", "Model en cijfers"),
    ("model", "/onderzoek/model", "Kwaliteit"),
    ("rooms", "/onderzoek/kamers", "Evaluatiekamers"),
    ("audit", "/toezicht", "Logboek"),
    ("scores", "/scores", "Scores aan of uit"),
    ("admin", "/beheer", "Beheer"),
    ("registry", "/beheer/groepen", "Groepsbeheerders"),
    ("practice", "/oefenen", "Oefenen"),
    ("explained", "/uitleg", "Uitleg"),
)
#: What an operator needs less often; it stands under ``Meer`` when the row would be too long.
_RARE = frozenset(("hotspots", "board", "dead-letters", "scores", "registry", "rooms", "practice"))
#: Links that fit beside each other on a laptop (1366 pixels).
_FIT = 5


#: Addresses of our own pages in a template, but for those that a lesson has not.
_ADDRESS = re.compile(
    r'(?<=[\s"])(href|action|formaction|src)="/(?!static/|favicon|uitloggen|wachtwoord|meedoen|'
    r"volgopdrachten|licenties|toegankelijkheid|oefenen|huisstijl)"
)


class Rooted(Extension):
    """Puts the pages of a lesson below an address of their own, template by template."""

    def preprocess(self, source: str, *_: str | None, **__: str | None) -> str:
        """Return the template with ``root`` before our own addresses; people's words stay."""
        root: str = self.environment.globals["root"]  # type: ignore[assignment]
        return _ADDRESS.sub(rf'\1="{root}/', source) if root else source


def environment(assets: Assets, root: str = "") -> Environment:
    """Return a Jinja environment that escapes everything and forgives nothing.

    ``root`` is the address below which the pages are; empty for the real ones.
    """
    jinja = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for function in (
        words.about,
        words.age,
        words.calendar,
        words.certainty,
        words.clock_time,
        words.day,
        words.moment,
        words.number,
        words.percent,
        words.small,
    ):
        jinja.filters[function.__name__] = function
    jinja.globals.update(words=words, assets=assets, root=root)
    jinja.add_extension(Rooted)
    return jinja


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """Return the page for whoever asks."""
    return HTMLResponse(markup(request, template, **values), status)


def markup(request: Request, template: str, **values: Any) -> str:
    """Return the markup of a page or of a piece of one."""
    jinja: Environment = request.app.state.jinja
    return jinja.get_template(template).render(**_standing(request), **values)


def _standing(request: Request) -> dict[str, Any]:
    """What every page knows: who looks, in which colours, and where one can go."""
    services = request.app.state.services
    visitor = getattr(request.state, "visitor", None)
    theme = request.cookies.get("thema")
    return {
        "visitor": visitor,
        "settings": services.settings,
        "now": services.clock.now(),
        "path": request.url.path,
        "house": _house(services, visitor),
        "theme": theme if theme in _THEMES else None,
        "menu": _menu(visitor.role, request) if visitor else Menu(),
    }


def _house(services: Services, visitor: Visitor | None) -> tuple[str, House] | None:
    """Return the municipality's short name and look; the visitor's, or of the only one here."""
    slug = visitor.tenant.slug if visitor else next(iter(services.tenants), "")
    if visitor is None and len(services.tenants) != 1:
        return None
    look = services.houses.get(slug)
    return (slug, look) if look else None


def _menu(role: Role, request: Request) -> Menu:
    """Return the pages that this application has for this role."""
    here: Collection[str] = request.app.state.routes
    root = str(request.scope.get("root_path", ""))
    lesson = request.app.state.classroom is not None
    mine = [
        (route, root + href, name)
        for route, href, name in _MENU
        if route in here and role in (ACCESS[route] or ()) and (lesson or route != "explained")
    ]
    rare = _RARE if len(mine) > _FIT else frozenset()
    return Menu(
        first=tuple((href, name) for route, href, name in mine if route not in rare),
        more=tuple((href, name) for route, href, name in mine if route in rare),
    )
