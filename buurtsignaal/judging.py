# SPDX-License-Identifier: EUPL-1.2
"""The classifier that the settings name, with the places that this municipality knows."""

from __future__ import annotations

from buurtsignaal.bootstrap import model_folder
from buurtsignaal.settings import Settings
from classify.gazetteer import load_gazetteer
from classify.pipeline import load_classifier
from classify.places import PlaceFinder
from core.verdict import Classifier


def build_classifier(settings: Settings) -> Classifier:
    """Return the active model; ``ModelRefused`` when it is not the one that was signed off."""
    known = load_gazetteer(settings.gazetteer) if settings.gazetteer else None
    return load_classifier(model_folder(settings), places=PlaceFinder(known))
