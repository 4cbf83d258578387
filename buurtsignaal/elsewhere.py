# SPDX-License-Identifier: EUPL-1.2
"""Municipalities that do not work with us, from ``elsewhere.toml`` in the tenants folder.

People report where something happened, and that need not be a municipality that takes part.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from core import errors
from core.clock import Clock
from routing.handover import SecureMail, build_secure_mail
from routing.options import Secret

FILE = "elsewhere.toml"

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
_KEYS = frozenset({"name", "email", "certificate"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Elsewhere:
    """One municipality that does not work with us."""

    slug: str
    name: str
    #: Its mailbox; None: we know no address.
    mailbox: SecureMail | None = field(repr=False)


def load_elsewhere(
    folder: Path, *, secret: Secret, clock: Clock, ours: Collection[str]
) -> Mapping[str, Elsewhere]:
    """Read the file, which need not exist; raise ``ConfigurationError`` for what is odd."""
    path = folder / FILE
    if not path.is_file():
        return {}
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise errors.ConfigurationError(f"{path}: {error}") from error
    if odd := sorted(set(table) - {"mail", "municipalities"}):
        _refuse(path, f"there is no key '{odd[0]}'; there are: mail, municipalities")
    server = table.get("mail", {})
    found = {}
    for slug, row in table.get("municipalities", {}).items():
        if not _SLUG.fullmatch(slug) or slug in ours:
            _refuse(path, f"'{slug}' is no short name, or a municipality with a folder of its own")
        found[slug] = _read(path, slug, row, server, secret, clock)
    return found


def _read(
    path: Path,
    slug: str,
    row: Mapping[str, Any],
    server: Mapping[str, Any],
    secret: Secret,
    clock: Clock,
) -> Elsewhere:
    if odd := sorted(set(row) - _KEYS):
        _refuse(path, f"{slug}: there is no key '{odd[0]}'; there are: {', '.join(sorted(_KEYS))}")
    name, address, file = (str(row.get(k, "")).strip() for k in ("name", "email", "certificate"))
    if not name:
        _refuse(path, f"{slug}: 'name' is missing")
    if not address:
        return Elsewhere(slug=slug, name=name, mailbox=None)
    mailbox = build_secure_mail(
        slug,
        address=address,
        certificate=_certificate(path, slug, file),
        server=server,
        secret=secret,
        clock=clock,
    )
    return Elsewhere(slug=slug, name=name, mailbox=mailbox)


def _certificate(path: Path, slug: str, file: str) -> bytes | None:
    if not file:
        return None
    try:
        return (path.parent / file).read_bytes()
    except OSError:
        _refuse(path, f"{slug}: certificate '{file}' cannot be read")


def _refuse(path: Path, what: str) -> NoReturn:
    raise errors.ConfigurationError(f"{path}: {what}")
