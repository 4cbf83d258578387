# SPDX-License-Identifier: EUPL-1.2
"""Opening and closing the house around one command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from buurtsignaal.bootstrap import House, build
from buurtsignaal.settings import load


@contextmanager
def house() -> Iterator[House]:
    """Give the house that the settings describe, and close its store afterwards."""
    built = build(load())
    try:
        yield built
    finally:
        built.store.close()
