# SPDX-License-Identifier: EUPL-1.2
"""A municipality that runs Buurtsignaal, as its own file describes it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from core import errors
from core.label import POLICE_CATEGORIES, Category


@dataclass(frozen=True, kw_only=True, slots=True)
class TargetConfig:
    """One outside receiver; ``options`` are checked by the target itself."""

    name: str
    #: Module in ``routing/targets``: ``email``, ``webhook`` …
    kind: str
    #: May this receiver see personal data in the text?
    full_text: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Retention:
    """How long texts stay, per the tenant's register of processing."""

    #: Signals that nobody decided.
    undecided: timedelta = timedelta(days=14)
    #: Signals that were decided.
    decided: timedelta = timedelta(days=90)


class MapSource(StrEnum):
    """Where the picture under the signals comes from."""

    #: Only the list.
    NONE = "none"
    #: A GeoJSON file of the municipality; nothing leaves the house.
    FILE = "file"
    #: The national base map (BRT, PDOK); browsers fetch its tiles there.
    PDOK = "pdok"


@dataclass(frozen=True, kw_only=True, slots=True)
class MapConfig:
    """The map beside the list."""

    source: MapSource = MapSource.NONE
    #: The GeoJSON file; set for ``FILE`` only.
    layer: Path | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Tenant:
    """One municipality: names, legal ground, receivers and texts."""

    slug: str
    name: str
    #: The law or agreement that reading rests on; required, nobody can guess it.
    legal_basis: str
    #: What messages are read for, in B1 Dutch.
    purpose: str
    targets: Mapping[str, TargetConfig] = field(default_factory=dict)
    #: Municipal categories that are forwarded without an operator.
    automatic: frozenset[Category] = frozenset()
    retention: Retention = field(default_factory=Retention)
    #: Neighbourhoods (key → Dutch name).
    areas: Mapping[str, str] = field(default_factory=dict)
    #: Seconds in which a decision can be undone before anything leaves.
    undo_seconds: float = 10.0
    #: Part of all signals (0 to 1) that operators judge without the model's opinion.
    blind_share: float = 0.05
    #: Seconds until an urgent signal that nobody acknowledged goes to a second operator.
    escalate_seconds: float = 120.0
    #: More signals than this in ten minutes per operator are a flood.
    flood_signals: int = 10
    map: MapConfig = field(default_factory=MapConfig)
    #: Own wording of the bot; keys as in ``data/texts/nl.toml``.
    texts: Mapping[str, str] = field(default_factory=dict)
    #: The e-mail receiver whose server also mails links to group admins; empty: nobody is mailed.
    mailer: str = ""
    #: Connector name → its own options, checked by the connector.
    connectors: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    #: Where known police actions are told; without it none are known.
    actions: Mapping[str, Any] = field(default_factory=dict)


def load_tenant(path: Path) -> Tenant:
    """Read ``tenant.toml``; raise ``ConfigurationError`` that names what is wrong."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return _tenant(path, table)
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise errors.ConfigurationError(f"{path}: {_say(error)}") from error


def _say(error: Exception) -> str:
    return f"key {error} is missing" if isinstance(error, KeyError) else str(error)


def _tenant(path: Path, table: Mapping[str, Any]) -> Tenant:
    automatic = frozenset(Category(slug) for slug in table.get("automatic", ()))
    if forbidden := automatic & (POLICE_CATEGORIES | {Category.GEEN}):
        names = ", ".join(sorted(forbidden))
        raise ValueError(f"automatic: {names} always needs a person's decision")
    targets = {name: _target(name, row) for name, row in table.get("targets", {}).items()}
    mailer = str(table.get("mailer", ""))
    if mailer and (mailer not in targets or targets[mailer].kind != "email"):
        raise ValueError(f"mailer: '{mailer}' is no receiver of kind 'email' in this file")
    retention = table.get("retention", {})
    return Tenant(
        slug=table.get("slug", path.parent.name),
        name=table["name"],
        legal_basis=table["legal_basis"],
        purpose=table["purpose"],
        targets=targets,
        mailer=mailer,
        automatic=automatic,
        retention=Retention(
            undecided=timedelta(days=retention.get("undecided_days", 14)),
            decided=timedelta(days=retention.get("decided_days", 90)),
        ),
        areas=dict(table.get("areas", {})),
        undo_seconds=float(table.get("undo_seconds", 10.0)),
        blind_share=_number(table, "blind_share", 0.05, 0, 1),
        escalate_seconds=_number(table, "escalate_seconds", 120.0, 10, 3600),
        flood_signals=int(_number(table, "flood_signals", 10, 1, 1000)),
        map=_map(path.parent, table.get("map", {})),
        texts=dict(table.get("texts", {})),
        connectors=dict(table.get("connectors", {})),
        actions=dict(table.get("actions", {})),
    )


def _number(table: Mapping[str, Any], key: str, usual: float, least: float, most: float) -> float:
    number = float(table.get(key, usual))
    if not least <= number <= most:
        raise ValueError(f"{key}: must be between {least} and {most}")
    return number


def _map(folder: Path, row: Mapping[str, Any]) -> MapConfig:
    source = MapSource(row.get("source", MapSource.NONE))
    if source is not MapSource.FILE:
        return MapConfig(source=source)
    layer = folder / row["file"]
    if not layer.is_file():
        raise ValueError(f"map: {layer} is missing; a map of source 'file' needs its GeoJSON")
    return MapConfig(source=source, layer=layer)


def _target(name: str, row: Mapping[str, Any]) -> TargetConfig:
    known = {"kind", "full_text"}
    return TargetConfig(
        name=name,
        kind=row["kind"],
        full_text=bool(row.get("full_text", False)),
        options={key: value for key, value in row.items() if key not in known},
    )
