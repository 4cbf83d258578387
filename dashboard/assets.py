# SPDX-License-Identifier: EUPL-1.2
"""Our own files and the ones the build fetched, with addresses that change when they do."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from core import errors

STATIC = Path(__file__).parent / "static"


@dataclass(frozen=True, kw_only=True, slots=True)
class Package:
    """A third-party package whose styles we hand on."""

    name: str
    version: str
    licence: str
    #: The licence's text, a file under ``static/vendor``.
    text: str


class Assets:
    """Knows the address and the integrity hash of every static file."""

    def __init__(self, folder: Path = STATIC) -> None:
        self.folder = folder

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """Return what the front-end build wrote; raise when it never ran."""
        path = self.folder / "vendor" / "manifest.json"
        try:
            loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise errors.ConfigurationError(
                f"{path} is missing; run 'python tools/frontend.py build'"
            ) from error
        return loaded

    @cached_property
    def version(self) -> str:
        """Return a short mark that changes with any of our own files."""
        digest = hashlib.sha256()
        for path in sorted(self.folder.rglob("*")):
            if path.is_file() and "vendor" not in path.parts:
                digest.update(path.read_bytes())
        return digest.hexdigest()[:12]

    def own(self, name: str) -> str:
        """Return the address of one of our own files."""
        return f"/static/{name}?v={self.version}"

    def vendor(self, name: str) -> dict[str, str]:
        """Return address and integrity of a fetched file."""
        integrity: str = self.manifest["files"][name]["integrity"]
        return {"href": f"/static/vendor/{name}?v={integrity[7:15]}", "integrity": integrity}

    def packages(self) -> list[Package]:
        """Return the third-party packages, by name."""
        return [Package(**row) for row in self.manifest["packages"]]
