# SPDX-License-Identifier: EUPL-1.2
"""Fixtures of the classifier's tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from classify.corpus import Example, load_corpus
from classify.lexicon import Lexicon, shipped_lexicon
from classify.loader import load_model
from classify.model import Model
from classify.pipeline import TrainedClassifier, load_classifier
from core.resources import folder


@pytest.fixture(scope="session")
def messages() -> Path:
    return folder("data") / "corpora" / "messages"


@pytest.fixture(scope="session")
def corpus(messages: Path) -> list[Example]:
    return load_corpus(messages)


@pytest.fixture(scope="session")
def active() -> Path:
    models = folder("models")
    return models / (models / "ACTIVE").read_text(encoding="utf-8").strip()


@pytest.fixture(scope="session")
def classifier(active: Path) -> TrainedClassifier:
    return load_classifier(active)


@pytest.fixture(scope="session")
def model(active: Path) -> Model:
    return load_model(active)


@pytest.fixture(scope="session")
def lexicon() -> Lexicon:
    return shipped_lexicon()
