# SPDX-License-Identifier: EUPL-1.2
"""Which connectors there are: one file each in ``ingest/connectors``."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from core import errors
from ingest import connectors
from ingest.connector import Connect


def connector_names() -> list[str]:
    """Return the names of all connectors, without importing one."""
    found = (module.name for module in pkgutil.iter_modules(connectors.__path__))
    return sorted(name for name in found if not name.startswith("_"))


def connector(name: str) -> Connect:
    """Return what makes the connector ``name``; only its own file is imported."""
    names = connector_names()
    if name not in names:
        raise errors.ConfigurationError(
            f"there is no connector '{name}'; there are: {', '.join(names)}"
        )
    try:
        connect: Connect = import_module(f"{connectors.__name__}.{name}").connect
    except ModuleNotFoundError as error:
        raise errors.ConfigurationError(
            f"connector {name} needs the package '{error.name}'; install buurtsignaal[{name}]"
        ) from None
    return connect
