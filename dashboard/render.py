# SPDX-License-Identifier: EUPL-1.2
"""Turns a template and its values into a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from dashboard import words
from dashboard.access import ACCESS, Role
from dashboard.assets import Assets
from dashboard.preference import chosen_lang, own_address, tongue_of
from dashboard.spoken import Spoken, heard, joined, say
from dashboard.tongue import DUTCH, Tongue

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
)
#: What an operator needs less often; it stands under ``Meer`` when the row would be too long.
_RARE = frozenset(("hotspots", "board", "dead-letters", "scores", "registry", "rooms", "files"))
#: Links that fit beside each other on a laptop (1366 pixels).
_FIT = 5


def environments(assets: Assets, tongues: Mapping[str, Tongue]) -> Mapping[str, Environment]:
    """Return a Jinja environment for each language."""
    return {lang: environment(assets, tongue) for lang, tongue in tongues.items()}


def environment(assets: Assets, tongue: Tongue = DUTCH) -> Environment:
    """Return a Jinja environment that escapes all, forgives nothing and speaks ``tongue``."""
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
    jinja.globals.update(words=words, assets=assets, tongue=tongue)
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
        **_languages(request, visitor),
        "theme": theme if theme in _THEMES else None,
        "menu": _menu(visitor.role) if visitor else Menu(),
    }


def _languages(request: Request, visitor: Any) -> dict[str, Any]:
    """What the language switch needs, and how public pages keep the language that was chosen."""
    chosen = "" if visitor else chosen_lang(request)
    return {
        "own_address": own_address(request),
        "with_lang": lambda path: f"{path}?taal={chosen}" if chosen else path,
        "other_lang": "en" if tongue_of(request).lang == "nl" else "nl",
    }


def _menu(role: Role) -> Menu:
    mine = [entry for entry in _MENU if role in (ACCESS[entry[0]] or ())]
    rare = _RARE if len(mine) > _FIT else frozenset()
    return Menu(
        first=tuple((href, name) for route, href, name in mine if route not in rare),
        more=tuple((href, name) for route, href, name in mine if route in rare),
    )
