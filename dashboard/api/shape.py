# SPDX-License-Identifier: EUPL-1.2
"""How everything looks that goes in or comes out: Dutch names in camelCase, nothing unknown."""

from __future__ import annotations

from pydantic import ConfigDict


def shape(title: str) -> ConfigDict:
    """Return the configuration of a model that callers know as ``title``."""
    return ConfigDict(title=title, extra="forbid")
