# SPDX-License-Identifier: EUPL-1.2
"""All municipalities of an installation: one folder each, read and checked as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core import errors
from core.label import Taxonomy
from core.tenant import Tenant, load_tenant
from ingest.registry import connector_names
from ingest.texts import Texts
from routing.rules import load_routes
from routing.tree import Tree


@dataclass(frozen=True, kw_only=True, slots=True)
class Municipality:
    """One tenant with its routes and its own wording of the bot."""

    tenant: Tenant
    tree: Tree
    texts: Texts


def load_municipalities(
    folder: Path, taxonomy: Taxonomy, texts: Texts
) -> Mapping[str, Municipality]:
    """Read ``<slug>/tenant.toml`` and ``<slug>/routes.toml`` of every municipality in ``folder``.

    Raises ``ConfigurationError`` when there is none, or when any of them does not hold together.
    """
    files = sorted(folder.glob("*/tenant.toml"))
    if not files:
        raise errors.ConfigurationError(
            f"no municipality in {folder}: make <slug>/tenant.toml and <slug>/routes.toml there"
        )
    found = [_municipality(file, taxonomy, texts) for file in files]
    return {m.tenant.slug: m for m in found}


def _municipality(file: Path, taxonomy: Taxonomy, texts: Texts) -> Municipality:
    tenant = load_tenant(file)
    if tenant.slug != file.parent.name:
        raise errors.ConfigurationError(
            f"{file}: slug '{tenant.slug}' must be the name of its folder, '{file.parent.name}'"
        )
    tree = load_routes(
        file.with_name("routes.toml"),
        tenant.targets,
        taxonomy,
        areas=tenant.areas,
        sources=connector_names(),
        automatic=tenant.automatic,
    )
    return Municipality(tenant=tenant, tree=tree, texts=texts.of(tenant))
