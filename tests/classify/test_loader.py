# SPDX-License-Identifier: EUPL-1.2
"""A model that is not the one that was signed off is refused, and we say why."""

from __future__ import annotations

import json
import pickle
import shutil
from pathlib import Path
from typing import Any

import pytest

from classify.loader import ARTEFACT, MANIFEST, load_model, read_manifest
from classify.pipeline import load_classifier
from core.errors import ModelRefused


@pytest.fixture
def copy(active: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(active, tmp_path / "buurt" / "0.0.1"))


def edit(path: Path, **changes: Any) -> None:
    manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    (path / MANIFEST).write_text(json.dumps(manifest | changes), encoding="utf-8")


def test_a_model_as_it_was_written_is_read(copy: Path) -> None:
    assert load_model(copy).name == read_manifest(copy)["name"]


def test_one_changed_byte_is_refused(copy: Path) -> None:
    content = bytearray((copy / ARTEFACT).read_bytes())
    content[len(content) // 2] ^= 1
    (copy / ARTEFACT).write_bytes(content)
    with pytest.raises(ModelRefused, match="SHA-256"):
        load_model(copy)


def test_nothing_is_unpickled_before_the_hash_is_checked(copy: Path, tmp_path: Path) -> None:
    touched = tmp_path / "touched"
    (copy / ARTEFACT).write_bytes(pickle.dumps(Trap(touched)))
    with pytest.raises(ModelRefused):
        load_model(copy)
    assert not touched.exists()


class Trap:
    """Writes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self._path,)


def test_another_version_of_a_library_is_refused_by_name(copy: Path) -> None:
    versions = read_manifest(copy)["versions"]
    edit(copy, versions=versions | {"scikit-learn": "0.19.0"})
    with pytest.raises(ModelRefused, match=r"scikit-learn 0\.19\.0, installed is"):
        load_model(copy)


def test_another_format_is_refused(copy: Path) -> None:
    edit(copy, format=99)
    with pytest.raises(ModelRefused, match="format 99"):
        load_model(copy)


def test_another_name_is_refused(copy: Path) -> None:
    edit(copy, name="ander/9.9.9")
    with pytest.raises(ModelRefused, match=r"ander/9\.9\.9"):
        load_model(copy)


@pytest.mark.parametrize("missing", [ARTEFACT, MANIFEST])
def test_a_missing_file_is_named(copy: Path, missing: str) -> None:
    (copy / missing).unlink()
    with pytest.raises(ModelRefused, match=missing):
        load_model(copy)


def test_a_broken_manifest_is_refused(copy: Path) -> None:
    (copy / MANIFEST).write_text("{", encoding="utf-8")
    with pytest.raises(ModelRefused, match="no usable manifest"):
        load_model(copy)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelRefused, match=MANIFEST):
        load_classifier(tmp_path)


def test_the_shipped_model_is_small(active: Path) -> None:
    assert (active / ARTEFACT).stat().st_size < 16 * 1024 * 1024
