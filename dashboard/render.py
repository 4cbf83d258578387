# SPDX-License-Identifier: EUPL-1.2
"""Turns a template and its values into a page."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import Extension
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from dashboard import words
from dashboard.access import ACCESS, Role
from dashboard.assets import Assets
from dashboard.preference import chosen_lang, own_address, tongue_of
from dashboard.report.house import House
from dashboard.spoken import Spoken, heard, joined, say
from dashboard.tongue import DUTCH, Tongue

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


#: Route name, address and name of what the header links to.
_MENU = (
    ("queue-meldkamer", "/meldkamer", say("Meldkamer")),
    ("queue-handhaving", "/handhaving", say("Handhaving")),
    ("list", "/lijst", say("Lijst")),
    ("hotspots", "/plekken-en-tijden", say("Plekken en tijden")),
    ("shift", "/overdracht", say("Overdracht")),
    ("dossiers", "/dossiers", say("Dossiers")),
    ("board", "/wandbord", say("Wandbord")),
    ("dead-letters", "/afleveringen", say("Niet aangekomen")),
    ("files", "/bestanden", say("Meegenomen bestanden")),
    ("groups", "/groepen", say("Mijn groepen")),
    ("research", "/onderzoek", say("Model en cijfers")),
    ("model", "/onderzoek/model", say("Kwaliteit")),
    ("rooms", "/onderzoek/kamers", say("Evaluatiekamers")),
    ("surveys", "/onderzoek/vragenlijsten", say("Vragenlijsten")),
    ("audit", "/toezicht", say("Logboek")),
    ("scores", "/scores", say("Scores aan of uit")),
    ("admin", "/beheer", say("Beheer")),
    ("registry", "/beheer/groepen", say("Groepsbeheerders")),
    ("practice", "/oefenen", say("Oefenen")),
    ("explained", "/uitleg", say("Uitleg")),
)
#: What an operator needs less often; it stands under ``Meer`` when the row would be too long.
_RARE = frozenset(
    (
        "hotspots",
        "board",
        "dead-letters",
        "scores",
        "registry",
        "rooms",
        "files",
        "practice",
        "surveys",
    )
)
#: Links that fit beside each other on a laptop (1366 pixels).
_FIT = 4


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


def environments(
    assets: Assets, tongues: Mapping[str, Tongue], root: str = ""
) -> Mapping[str, Environment]:
    """Return a Jinja environment for each language."""
    return {lang: environment(assets, tongue, root) for lang, tongue in tongues.items()}


def environment(assets: Assets, tongue: Tongue = DUTCH, root: str = "") -> Environment:
    """Return a Jinja environment that escapes all, forgives nothing and speaks ``tongue``.

    ``root`` is the address below which the pages are; empty for the real ones.
    """
    jinja = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        extensions=["jinja2.ext.i18n"],
        autoescape=True,
        undefined=StrictUndefined,
        finalize=lambda value: heard(tongue, value) if isinstance(value, Spoken) else value,
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
        words.named,
        words.number,
        words.percent,
        words.small,
    ):
        jinja.filters[function.__name__] = function
    jinja.filters["join"] = lambda parts, glue="": joined(glue, parts)
    jinja.globals.update(words=words, assets=assets, tongue=tongue, root=root)
    jinja.add_extension(Rooted)
    _teach(jinja, tongue)
    return jinja


def _teach(jinja: Environment, tongue: Tongue) -> None:
    """Let ``_()`` and ``{% trans %}`` speak; fields are escaped, the catalogue's markup is not."""

    def gettext(dutch: str, /, **fields: object) -> Markup:
        filled: Markup = Markup(tongue.text(dutch)) % heard(tongue, fields)  # noqa: S704
        return filled

    def ngettext(one: str, more: str, n: int, /, **fields: object) -> Markup:
        filled: Markup = Markup(tongue.count(one, more, n)) % heard(tongue, fields)  # noqa: S704
        return filled

    # Jinja's own wrapper would fill in fields that were not yet put into this language.
    jinja.globals.update(gettext=gettext, ngettext=ngettext)
    jinja.newstyle_gettext = True  # type: ignore[attr-defined]
    jinja.policies["ext.i18n.trimmed"] = True


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """Return the page for whoever asks."""
    return HTMLResponse(markup(request, template, **values), status)


def markup(request: Request, template: str, **values: Any) -> str:
    """Return the markup of a page or of a piece of one."""
    jinja: Environment = request.app.state.jinja[tongue_of(request).lang]
    return jinja.get_template(template).render({**_standing(request), **values})


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
        **_languages(request, visitor),
        "theme": theme if theme in _THEMES else None,
        "menu": _menu(visitor.role, request) if visitor else Menu(),
    }


def _languages(request: Request, visitor: Any) -> dict[str, Any]:
    """What the language switch needs, and how public pages keep the language that was chosen."""
    chosen = "" if visitor else chosen_lang(request)
    return {
        "own_address": own_address(request),
        "with_lang": lambda path: f"{path}?taal={chosen}" if chosen else path,
        "other_lang": "en" if tongue_of(request).lang == "nl" else "nl",
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
