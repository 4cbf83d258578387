# SPDX-License-Identifier: EUPL-1.2
"""The classifier that the settings name, with the places that this municipality knows."""

from __future__ import annotations

from pathlib import Path

from buurtsignaal.settings import JudgeSettings
from classify.gazetteer import load_gazetteer
from classify.patience import Allowance
from classify.pipeline import TrainedClassifier, load_classifier
from classify.places import PlaceFinder
from core import errors, resources


def build_classifier(
    settings: JudgeSettings, model: Path | None = None, *, waits: Allowance | None = None
) -> TrainedClassifier:
    """Return ``model`` or else the active one; ``ModelRefused`` when it is not what was signed.

    ``waits`` bounds what all lookups of places together may wait; without it only each of them.
    """
    known = load_gazetteer(settings.gazetteer) if settings.gazetteer else None
    online = None
    if settings.pdok_municipality:
        # Only here: its HTTP client would cost every command 0.4 s of its start.
        from classify.pdok import Pdok

        online = Pdok(settings.pdok_municipality, url=settings.pdok_url, allowance=waits)
    places = PlaceFinder(known, online)
    return load_classifier(model or model_folder(settings), places=places)


def model_folder(settings: JudgeSettings) -> Path:
    """Return the folder of the active model: the setting, or what ``models/ACTIVE`` names."""
    if settings.model_dir is not None:
        return settings.model_dir
    models = resources.folder("models")
    active = models / "ACTIVE"
    if not active.is_file():
        raise errors.ConfigurationError(f"{active} is missing; run 'buurtsignaal train'")
    return models / active.read_text(encoding="utf-8").strip()
