# SPDX-License-Identifier: EUPL-1.2
"""Where the shipped ``data/`` and ``models/`` folders are: in a checkout or installed."""

from __future__ import annotations

import sysconfig
from pathlib import Path

from core import errors

_CHECKOUT = Path(__file__).resolve().parent.parent
_INSTALLED = Path(sysconfig.get_path("data")) / "share" / "buurtsignaal"


def folder(name: str) -> Path:
    """Return the shared folder ``name`` (``data`` or ``models``); raise where it is missing."""
    for root in (_CHECKOUT, _INSTALLED):
        if (root / name).is_dir():
            return root / name
    raise errors.ConfigurationError(
        f"folder '{name}' is neither in {_CHECKOUT} nor in {_INSTALLED}; reinstall buurtsignaal"
    )
