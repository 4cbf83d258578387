# SPDX-License-Identifier: EUPL-1.2
"""Training is reproducible, honest about writers, and keeps no writer's words."""

from __future__ import annotations

import itertools
import json
from collections import defaultdict
from pathlib import Path

import pytest

from classify.corpus import Example, corpus_hash
from classify.fit import learn, prepare
from classify.loader import load_model, read_manifest
from classify.model import Model
from classify.pipeline import load_classifier
from classify.train import train
from core.verdict import Question


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, messages: Path) -> Path:
    """Return a corpus of two writers with two short batches each."""
    folder = tmp_path_factory.mktemp("messages")
    files = sorted(messages.glob("*.jsonl"))
    for writer in ("w1", "w2"):
        for file in [f for f in files if f.name.startswith(writer)][:2]:
            (folder / file.name).write_bytes(file.read_bytes())
    return folder


@pytest.fixture(scope="module")
def trained(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("models") / "proef" / "0.0.1"
    train(small, out, seed=7)
    return out


def test_the_same_seed_gives_the_same_file(trained: Path, small: Path, tmp_path: Path) -> None:
    again = tmp_path / "proef" / "0.0.1"
    train(small, again, seed=7)
    for name in ("model.joblib", "metrics.json", "manifest.json", "card.md"):
        assert (again / name).read_bytes() == (trained / name).read_bytes(), name


def test_what_was_trained_can_be_loaded_and_judges(trained: Path) -> None:
    classifier = load_classifier(trained)
    assert classifier.name == "proef/0.0.1"
    assert classifier.judge([Question(text="de container is vol")])[0].model == "proef/0.0.1"


def test_progress_goes_from_nothing_to_done(small: Path, tmp_path: Path) -> None:
    said: list[float] = []
    train(small, tmp_path / "x" / "1", seed=7, progress=lambda _what, share: said.append(share))
    assert said == sorted(said)
    assert said[0] == 0.0
    assert said[-1] == 1.0


def test_the_manifest_names_corpus_versions_and_figures(trained: Path, small: Path) -> None:
    manifest = read_manifest(trained)
    assert manifest["corpus"]["sha256"] == corpus_hash(small)
    assert manifest["corpus"]["writers"] == 2
    assert {"scikit-learn", "numpy", "simplemma"} <= set(manifest["versions"])
    assert manifest["metrics"]["method"] == "writers held out (2 folds)"


def test_the_card_says_what_it_is_for_in_both_languages(trained: Path) -> None:
    card = (trained / "card.md").read_text(encoding="utf-8")
    assert "writers held out (2 folds)" in card
    assert "Not for" in card
    assert "In het kort" in card
    assert "0.0.1" in card


def test_the_figures_are_written_beside_it(trained: Path) -> None:
    metrics = json.loads((trained / "metrics.json").read_text(encoding="utf-8"))
    assert 0 <= metrics["macro_f1"] <= 1
    assert len(metrics["confusion"]["rows"]) == 14


def test_every_gram_in_the_model_was_written_in_two_batches(
    model: Model, corpus: list[Example]
) -> None:
    material = prepare(corpus)
    holders: dict[str, set[str]] = defaultdict(set)
    for example, words in zip(corpus, material.documents, strict=True):
        for piece in {*words, *(f"{a} {b}" for a, b in itertools.pairwise(words))}:
            holders[piece].add(example.batch)
    grams = model.columns.grams("word")
    assert len(grams) > 1_000
    assert [gram for gram in grams if len(holders[gram]) < 2] == []


def test_the_model_of_a_fold_knows_no_word_of_the_writer_left_out(corpus: list[Example]) -> None:
    material = prepare(corpus)
    kept = [i for i, e in enumerate(corpus) if e.writer in {"w1", "w2"}]
    model = learn(material.only(kept), "x/1", 1)
    theirs = {word for i in kept for word in material.documents[i]}
    words = {gram for gram in model.columns.grams("word") if " " not in gram}
    assert words <= theirs


def test_the_shipped_model_was_trained_on_the_shipped_corpus(active: Path, messages: Path) -> None:
    assert read_manifest(active)["corpus"]["sha256"] == corpus_hash(messages)


def test_the_artefact_holds_plain_values_only(active: Path) -> None:
    assert load_model(active).category.weights.dtype == "float64"
    content = (active / "model.joblib").read_bytes()
    assert b"classify." not in content
