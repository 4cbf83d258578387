# SPDX-License-Identifier: EUPL-1.2
"""The models on disk, and which one judges: ``ACTIVE`` names it, ``PREVIOUS`` the one before."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from classify.pipeline import load_classifier
from core import errors, resources
from core.verdict import Classifier

_ACTIVE, _PREVIOUS = "ACTIVE", "PREVIOUS"


@dataclass(frozen=True, slots=True)
class Shelf:
    """A folder with ``<name>/<version>`` for each model."""

    folder: Path

    @classmethod
    def shipped(cls) -> Shelf:
        """Return the shelf of this installation."""
        return cls(resources.folder("models"))

    def names(self) -> list[str]:
        """Return all models, as ``name/version``."""
        manifests = self.folder.glob("*/*/manifest.json")
        return sorted(m.parent.relative_to(self.folder).as_posix() for m in manifests)

    def active(self) -> str:
        """Return the active model; ``ConfigurationError`` when none was chosen."""
        return self._read(_ACTIVE)

    def place(self, name: str) -> Path:
        """Return the folder of a model; ``NotFound`` names the models that there are."""
        if name not in self.names():
            there = ", ".join(self.names())
            raise errors.NotFound(f"there is no model '{name}'; there are: {there}")
        return self.folder / name

    def load(self, name: str) -> Classifier:
        """Return a model that is ready to judge; ``ModelRefused`` says what does not match."""
        return _loaded(self.place(name))

    def activate(self, name: str) -> str:
        """Load ``name`` to be sure of it, then make it active; return the one before.

        ``NotFound`` names the models that there are; ``ModelRefused`` says what does not match.
        """
        load_classifier(self.place(name)).prepare()
        before = self.active()
        if before != name:
            self._write(_PREVIOUS, before)
            self._write(_ACTIVE, name)
        return before

    def rollback(self) -> str:
        """Make the model active that was so before, and return it."""
        before = self._read(_PREVIOUS)
        self.activate(before)
        return before

    def card(self, name: str) -> str:
        """Return the card of a model as Markdown."""
        file = self.folder / name / "card.md"
        if name not in self.names() or not file.is_file():
            there = ", ".join(self.names())
            raise errors.NotFound(f"there is no card of '{name}'; models are: {there}")
        return file.read_text(encoding="utf-8")

    def _read(self, file: str) -> str:
        try:
            return (self.folder / file).read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            raise errors.ConfigurationError(
                f"{self.folder / file} is missing; no model was chosen here yet"
            ) from None

    def _write(self, file: str, name: str) -> None:
        """Write beside it and rename: a service that starts now reads the old or the new name."""
        part = self.folder / f".{file}.part"
        part.write_text(name + "\n", encoding="utf-8")
        part.replace(self.folder / file)


@lru_cache(maxsize=2)
def _loaded(folder: Path) -> Classifier:
    """Two at once are enough to compare; a model takes seconds to read."""
    return load_classifier(folder)
