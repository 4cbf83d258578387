# SPDX-License-Identifier: EUPL-1.2
"""Writes a model beside its manifest, and reads back only what the manifest signed off."""

from __future__ import annotations

import hashlib
import io
import json
import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from classify.encoder.encoder import Encoder, digests, installed, load_encoder
from classify.lexicon import Lexicon
from classify.model import FORMAT, Model, pack, unpack
from core.errors import ModelRefused

ARTEFACT = "model.joblib"
MANIFEST = "manifest.json"
#: Libraries that shape a model, and how many parts of the version must agree.
_LIBRARIES = {"scikit-learn": 2, "numpy": 1, "scipy": 1, "simplemma": 2}


def save_model(
    model: Model, path: Path, *, corpus: Mapping[str, Any], metrics: Mapping[str, Any], seed: int
) -> None:
    """Write artefact and manifest into ``path``, beside the encoder where there is one."""
    import joblib

    path.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    joblib.dump(pack(model), buffer, compress=("zlib", 6))
    content = buffer.getvalue()
    manifest = {
        "format": FORMAT,
        "name": model.name,
        "artefact": {
            "file": ARTEFACT,
            "sha256": hashlib.sha256(content).hexdigest(),
            "bytes": len(content),
        },
        "versions": library_versions(),
        "corpus": dict(corpus),
        "seed": seed,
        "metrics": dict(metrics),
    }
    if model.second is not None:
        manifest["encoder"] = digests(path)
    (path / ARTEFACT).write_bytes(content)
    (path / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


def load_model(path: Path) -> Model:
    """Return the model in ``path``; raise ``ModelRefused`` that says what does not match."""
    manifest = read_manifest(path)
    content = _artefact(path, manifest)
    _check_versions(path, manifest["versions"])
    # Only now: unpickling runs whatever is in the file.
    import joblib

    model = unpack(joblib.load(io.BytesIO(content)))
    if model.name != manifest["name"]:
        raise ModelRefused(f"{path}: the artefact is '{model.name}', not '{manifest['name']}'")
    return model


def load_second(path: Path, lexicon: Lexicon) -> Encoder | None:
    """Return the encoder beside the model; None where there is none, or its packages are not."""
    files = read_manifest(path).get("encoder")
    if files is None or not installed():
        return None
    return load_encoder(path, files, lexicon)


def read_manifest(path: Path) -> dict[str, Any]:
    """Return the manifest of the model in ``path``."""
    file = path / MANIFEST
    try:
        manifest = json.loads(file.read_text(encoding="utf-8"))
        manifest["artefact"]["sha256"], manifest["versions"], manifest["name"]
    except FileNotFoundError:
        raise ModelRefused(f"{path}: there is no {MANIFEST}") from None
    except (ValueError, KeyError, TypeError) as error:
        raise ModelRefused(f"{file}: no usable manifest ({type(error).__name__})") from None
    if manifest.get("format") != FORMAT:
        found = manifest.get("format")
        raise ModelRefused(f"{path}: format {found}, this version reads format {FORMAT}")
    return dict(manifest)


def library_versions() -> dict[str, str]:
    """Return the versions that a model depends on."""
    return {"python": platform.python_version()} | {name: version(name) for name in _LIBRARIES}


def _artefact(path: Path, manifest: Mapping[str, Any]) -> bytes:
    try:
        content = (path / ARTEFACT).read_bytes()
    except FileNotFoundError:
        raise ModelRefused(f"{path}: there is no {ARTEFACT}") from None
    found, expected = hashlib.sha256(content).hexdigest(), manifest["artefact"]["sha256"]
    if found != expected:
        raise ModelRefused(
            f"{path}: {ARTEFACT} has SHA-256 {found[:12]}…, the manifest signed off "
            f"{expected[:12]}…; put the original back or train again"
        )
    return content


def _check_versions(path: Path, trained: Mapping[str, str]) -> None:
    here = library_versions()
    for name, parts in _LIBRARIES.items():
        then, now = trained.get(name, "none"), here[name]
        if then.split(".")[:parts] != now.split(".")[:parts]:
            raise ModelRefused(
                f"{path}: trained with {name} {then}, installed is {now}; "
                f"install {name} {then} or train again"
            )
