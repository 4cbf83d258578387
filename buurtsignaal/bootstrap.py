# SPDX-License-Identifier: EUPL-1.2
"""Builds the house from the settings: every part once, given to those that need it."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from buurtsignaal.filing import Filing
from buurtsignaal.municipalities import Municipality, load_municipalities
from buurtsignaal.pipeline import Pipeline
from buurtsignaal.settings import Settings
from buurtsignaal.shadow import Shadow
from buurtsignaal.threads import Threads
from buurtsignaal.windows import Windows
from classify.linker import Linker
from core import errors, resources
from core.clock import Clock, SystemClock
from core.identity import new_id
from core.label import Taxonomy, load_taxonomy
from core.tenant import Tenant
from core.verdict import Classifier
from ingest.gate import Gate
from ingest.pseudonym import Keys
from ingest.texts import Texts, load_texts
from store.database import Store, open_store
from store.seal import Sealer


@dataclass(frozen=True, kw_only=True, slots=True)
class House:
    """Everything that a process of Buurtsignaal works with."""

    settings: Settings
    clock: Clock
    store: Store
    taxonomy: Taxonomy
    texts: Texts
    municipalities: Mapping[str, Municipality]
    keys: Keys

    @property
    def tenants(self) -> Mapping[str, Tenant]:
        """All municipalities by their short name."""
        return {slug: m.tenant for slug, m in self.municipalities.items()}

    @property
    def salt(self) -> bytes:
        """The salt of word hashes and reply keys: derived, so that there is one secret."""
        secret = self.settings.pseudonym_secret.get_secret_value().encode()
        return hmac.digest(secret, b"buurtsignaal words and replies", "sha256")

    def tenant(self, slug: str | None = None) -> Tenant:
        """Return the municipality ``slug``, or the only one there is."""
        tenants = self.tenants
        if slug is None and len(tenants) == 1:
            return next(iter(tenants.values()))
        if slug is None or slug not in tenants:
            raise errors.NotFound(f"name a municipality; there are: {', '.join(sorted(tenants))}")
        return tenants[slug]


def build(settings: Settings, *, clock: Clock | None = None) -> House:
    """Open the store, read municipalities and texts; raise ``ConfigurationError`` early."""
    clock = clock or SystemClock()
    taxonomy = load_taxonomy(resources.folder("data") / "taxonomy" / "taxonomy.toml")
    texts = load_texts()
    municipalities = load_municipalities(settings.tenants_dir, taxonomy, texts)
    if settings.pdok_municipality and len(municipalities) > 1:
        raise errors.ConfigurationError(
            "BUURTSIGNAAL_PDOK_MUNICIPALITY names one municipality, and this installation serves "
            f"{len(municipalities)}; leave it out"
        )
    return House(
        settings=settings,
        clock=clock,
        store=_open(settings, clock),
        taxonomy=taxonomy,
        texts=texts,
        municipalities=municipalities,
        keys=Keys(settings.pseudonym_secret.get_secret_value().encode()),
    )


def build_pipeline(
    house: House,
    classifier: Classifier,
    *,
    linker: Linker | None = None,
    speaking: frozenset[str] = frozenset(),
    shadow: Shadow | None = None,
) -> Pipeline:
    """Return the line from gate to store.

    ``linker`` follows the incidents of each chat, ``speaking`` are the sources that can answer,
    ``shadow`` is a model that runs along.
    """
    return Pipeline(
        store=house.store,
        gate=Gate(house.keys, house.clock, tenants=house.tenants, texts=house.texts),
        classifier=classifier,
        filing=Filing(
            tenants=house.tenants,
            trees={slug: m.tree for slug, m in house.municipalities.items()},
            texts={slug: m.texts for slug, m in house.municipalities.items()},
            taxonomy=house.taxonomy,
            make_id=new_id,
            salt=house.salt,
            speaking=speaking,
        ),
        windows=Windows(),
        threads=Threads(linker),
        clock=house.clock,
        shadow=shadow,
    )


def _open(settings: Settings, clock: Clock) -> Store:
    url = settings.database_url.get_secret_value()
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    keys = settings.seal_keys.get_secret_value().split(",")
    sealer = Sealer.from_settings([key.strip() for key in keys if key.strip()])
    store = open_store(url, sealer=sealer, clock=clock)
    store.migrate()
    return store


def sample_key(settings: Settings) -> bytes:
    """Return the key that draws the blind sample; derived, so that there is one secret."""
    secret = settings.pseudonym_secret.get_secret_value().encode()
    return hmac.digest(secret, b"buurtsignaal blind sample", "sha256")
