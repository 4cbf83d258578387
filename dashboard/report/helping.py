# SPDX-License-Identifier: EUPL-1.2
"""Where somebody finds help, from ``data/help/help.toml`` and the municipality's own file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core import errors, resources

_PHONE = re.compile(r"\+?[0-9]{3,15}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Help:
    """One place that helps."""

    name: str
    #: Digits that a phone dials.
    phone: str
    #: The number as people read it.
    shown: str
    #: ``https://`` address; a link, never a request of our page.
    site: str
    #: What it is for, by language.
    about: Mapping[str, str]


def national_help() -> tuple[Help, ...]:
    """Return the places that every municipality shows."""
    path = resources.folder("data") / "help" / "help.toml"
    try:
        return read_places(path, tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise errors.ConfigurationError(f"{path}: {error}") from error


def read_places(path: Path, table: Mapping[str, Any]) -> tuple[Help, ...]:
    """Return the places of a file; ``ConfigurationError`` names what is wrong with one."""
    return tuple(_place(path, row) for row in table.get("place", ()))


def _place(path: Path, row: Mapping[str, Any]) -> Help:
    try:
        made = Help(
            name=row["name"],
            phone=row["phone"],
            shown=row["shown"],
            site=row["site"],
            about={"nl": row["nl"], "en": row["en"]},
        )
    except (KeyError, TypeError) as error:
        raise errors.ConfigurationError(f"{path}: a place lacks {error}") from None
    if not _PHONE.fullmatch(made.phone) or not made.site.startswith("https://"):
        raise errors.ConfigurationError(
            f"{path}: place '{made.name}' needs a phone number in digits and an https site"
        )
    return made
