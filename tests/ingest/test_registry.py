# SPDX-License-Identifier: EUPL-1.2
"""The registry lists a folder and imports one file at a time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from core import errors
from ingest import connectors, registry
from ingest.connector import Connector


def test_every_file_in_the_folder_is_a_connector() -> None:
    folder = Path(connectors.__path__[0])
    files = {path.stem for path in folder.glob("[!_]*.py")}
    assert set(registry.connector_names()) == files
    assert {"csv_file", "jsonl", "whatsapp_export"} <= files


def test_an_unknown_name_is_refused_with_what_there_is() -> None:
    with pytest.raises(errors.ConfigurationError, match=r"csv_file, jsonl.*whatsapp_export"):
        registry.connector("fax")


def test_a_path_is_no_name() -> None:
    with pytest.raises(errors.ConfigurationError):
        registry.connector("..gate")


def test_listing_imports_nothing_and_asking_imports_one() -> None:
    code = (
        "import sys; from ingest import registry; registry.connector_names();"
        "loaded = lambda: sorted(m for m in sys.modules if m.startswith('ingest.connectors.'));"
        "assert loaded() == [], loaded(); registry.connector('jsonl');"
        "assert loaded() == ['ingest.connectors.jsonl'], loaded()"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


def test_a_connector_whose_packages_are_not_installed_says_so() -> None:
    code = (
        "import sys; sys.modules['imapclient'] = None\n"
        "from ingest import registry\n"
        "try: registry.connector('mail')\n"
        "except Exception as error: print(type(error).__name__, error)"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, cwd=root, capture_output=True, text=True
    )
    assert done.stdout.startswith("ConfigurationError")
    assert "'imapclient'; install buurtsignaal[mail]" in done.stdout


def test_a_connector_is_recognised_by_what_it_can_do(tmp_path: Path) -> None:
    path = tmp_path / "leeg.jsonl"
    path.touch()
    made = registry.connector("jsonl")("delft", {"file": path})
    assert isinstance(made, Connector)
