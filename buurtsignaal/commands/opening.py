# SPDX-License-Identifier: EUPL-1.2
"""Opening and closing the house around one command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from buurtsignaal.bootstrap import House, build
from buurtsignaal.municipalities import Municipality, load_municipalities
from buurtsignaal.settings import load, tenants_folder
from core import errors, resources
from core.label import load_taxonomy
from ingest.texts import load_texts


@contextmanager
def house() -> Iterator[House]:
    """Give the house that the settings describe, and close its store afterwards."""
    built = build(load())
    try:
        yield built
    finally:
        built.store.close()


def municipality(slug: str | None) -> Municipality:
    """Return a municipality, or the only one there is; needs no secret and no database."""
    taxonomy = load_taxonomy(resources.folder("data") / "taxonomy" / "taxonomy.toml")
    found = load_municipalities(tenants_folder(), taxonomy, load_texts())
    if slug is None and len(found) == 1:
        return next(iter(found.values()))
    if slug is None or slug not in found:
        raise errors.NotFound(f"name a municipality; there are: {', '.join(sorted(found))}")
    return found[slug]
