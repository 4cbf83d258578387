# SPDX-License-Identifier: EUPL-1.2
"""A municipality's own look: colours, logo and words from ``form.toml`` in its folder."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

from core import errors
from dashboard.contrast import LEAST, ink_on, worst
from dashboard.report.helping import Help, read_places
from dashboard.report.wording import LANGUAGES

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_LOGOS = {".svg": "image/svg+xml", ".png": "image/png", ".webp": "image/webp"}
_LARGEST_LOGO = 200_000
#: More does not fit beside the menu.
_LONGEST_NAME = 24
_KEYS = frozenset({"name", "colours", "logo", "logo_text", "texts", "place", "help_checked"})
_COLOURS = frozenset({"brand", "brand_dark", "link", "link_dark"})


#: Numbers change; after this they have to be looked at again.
FRESH = timedelta(days=366)


@dataclass(frozen=True, kw_only=True, slots=True)
class Logo:
    """A picture for the top of the page."""

    data: bytes = field(repr=False)
    media_type: str
    #: What the picture says, for who does not see it.
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class House:
    """The look of one municipality; empty: ours."""

    #: What stands on top of the pages of staff; empty: Buurtsignaal.
    name: str = ""
    #: ``#rrggbb`` of the bar on top and of the form's button, in light and in dark.
    brand: str = ""
    brand_dark: str = ""
    #: The same of links and main buttons on all pages.
    link: str = ""
    link_dark: str = ""
    logo: Logo | None = None
    #: Own words by language.
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    #: Places that help, besides the national ones.
    places: tuple[Help, ...] = ()
    #: When somebody of the municipality last called or looked up every number that the form shows.
    help_checked: date | None = None

    def knows_numbers(self, today: date) -> bool:
        """Whether the telephone numbers were checked within a year, and not in the future."""
        checked = self.help_checked
        return checked is not None and timedelta() <= today - checked <= FRESH

    def staff_sheet(self) -> str:
        """Return the style sheet of the pages of staff, for both themes and the button between."""
        light = _names(self.brand, self.link)
        dark = _names(self.brand_dark or self.brand, self.link_dark)
        return (
            f".bs {{ {light} }}\n"
            "@media (prefers-color-scheme: dark) {\n"
            f'  .bs:not([data-thema="licht"]) {{ {dark} }}\n'
            "}\n"
            f'.bs[data-thema="donker"] {{ {dark} }}\n'
        )

    def sheet(self) -> str:
        """Return that of the form; letters on the brand colour are black or white by contrast."""
        if not self.brand:
            return ""
        dark = self.brand_dark or self.brand
        return (
            f".bs.meldpunt {{ {_tokens(self.brand)} }}\n"
            "@media (prefers-color-scheme: dark) {\n"
            f"  .bs.meldpunt {{ {_tokens(dark)} }}\n"
            "}\n"
        )


def load_house(path: Path) -> House:
    """Read ``form.toml``, which need not exist; raise ``ConfigurationError`` for what is odd."""
    if not path.is_file():
        return House()
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise errors.ConfigurationError(f"{path}: {error}") from error
    if odd := sorted(set(table) - _KEYS):
        _refuse(path, f"there is no key '{odd[0]}'; there are: {', '.join(sorted(_KEYS))}")
    colours = table.get("colours", {})
    if odd := sorted(set(colours) - _COLOURS):
        _refuse(path, f"there is no colour '{odd[0]}'; there are: {', '.join(sorted(_COLOURS))}")
    texts = table.get("texts", {})
    if odd := sorted(set(texts) - set(LANGUAGES)):
        _refuse(path, f"texts: '{odd[0]}' is no language of the form")
    return House(
        name=_name(path, table),
        link=_link(path, colours, "link", dark=False),
        link_dark=_link(path, colours, "link_dark", dark=True),
        brand=_colour(path, colours, "brand"),
        brand_dark=_colour(path, colours, "brand_dark"),
        logo=_logo(path, table),
        texts={lang: dict(own) for lang, own in texts.items()},
        places=read_places(path, table),
        help_checked=_checked(path, table),
    )


def _checked(path: Path, table: Mapping[str, Any]) -> date | None:
    found = table.get("help_checked")
    # A moment is a date too, for Python.
    if found is not None and (not isinstance(found, date) or isinstance(found, datetime)):
        _refuse(path, "'help_checked' must be a day without quotes, as 2026-11-21")
    return found


def _colour(path: Path, colours: Mapping[str, Any], name: str) -> str:
    value = colours.get(name, "")
    if value and not (isinstance(value, str) and _COLOUR.fullmatch(value)):
        _refuse(path, f"colour '{name}' must look like #17406d")
    return str(value).lower()


def _link(path: Path, colours: Mapping[str, Any], name: str, *, dark: bool) -> str:
    """Return a colour that can be read on every ground of our pages in that theme."""
    value = _colour(path, colours, name)
    if value:
        ground, contrast = worst(value, dark=dark)
        if contrast < LEAST:
            _refuse(
                path,
                f"colour '{name}' {value} has a contrast of {contrast:.2f} on {ground}; text needs "
                f"{LEAST} or more there: take a {'lighter' if dark else 'darker'} one",
            )
    return value


def _name(path: Path, table: Mapping[str, Any]) -> str:
    value = table.get("name", "")
    if not isinstance(value, str) or len(value) > _LONGEST_NAME:
        _refuse(path, f"'name' must be a text of at most {_LONGEST_NAME} characters")
    return value.strip()


def _logo(path: Path, table: Mapping[str, Any]) -> Logo | None:
    name = table.get("logo")
    if name is None:
        return None
    file = path.parent / str(name)
    if file.parent != path.parent or file.suffix not in _LOGOS:
        _refuse(path, f"'logo' must be a file in the same folder: {', '.join(_LOGOS)}")
    if not file.is_file() or file.stat().st_size > _LARGEST_LOGO:
        _refuse(path, f"'logo': there must be a file of at most {_LARGEST_LOGO // 1000} kB")
    text = str(table.get("logo_text", "")).strip()
    if not text:
        _refuse(path, "'logo_text' must say what the logo says, for who does not see it")
    return Logo(data=file.read_bytes(), media_type=_LOGOS[file.suffix], text=text)


def _names(brand: str, link: str) -> str:
    own = f"--merk: {brand}; --merk-inkt: {ink_on(brand)};" if brand else ""
    return f"{own} --link: {link};".strip() if link else own


def _tokens(brand: str) -> str:
    ink = ink_on(brand)
    return f"--merk: {brand}; --merk-inkt: {ink}; --huis: {brand}; --huis-inkt: {ink};"


def _refuse(path: Path, what: str) -> NoReturn:
    raise errors.ConfigurationError(f"{path}: {what}")
