# SPDX-License-Identifier: EUPL-1.2
"""The map that a municipality chooses: none unless it says so, and never half."""

from __future__ import annotations

from pathlib import Path

import pytest

from core import errors
from core.tenant import MapConfig, MapSource, load_tenant

FILE = 'name = "Delft"\nlegal_basis = "artikel 172 Gemeentewet"\npurpose = "een veilige buurt"\n'


def chosen(folder: Path, lines: str) -> MapConfig:
    path = folder / "tenant.toml"
    path.write_text(FILE + lines, encoding="utf-8")
    return load_tenant(path).map


def test_without_a_choice_there_is_no_map(tmp_path: Path) -> None:
    assert chosen(tmp_path, "") == MapConfig(source=MapSource.NONE, layer=None)


def test_an_own_map_lies_beside_the_tenant_file(tmp_path: Path) -> None:
    (tmp_path / "stad.geojson").write_text("{}", encoding="utf-8")
    found = chosen(tmp_path, '[map]\nsource = "file"\nfile = "stad.geojson"\n')
    assert found == MapConfig(source=MapSource.FILE, layer=tmp_path / "stad.geojson")


@pytest.mark.parametrize(
    "lines",
    [
        '[map]\nsource = "google"\n',
        '[map]\nsource = "file"\n',
        '[map]\nsource = "file"\nfile = "weg.geojson"\n',
    ],
)
def test_a_map_that_is_not_there_stops_the_start(tmp_path: Path, lines: str) -> None:
    with pytest.raises(errors.ConfigurationError, match=r"tenant\.toml"):
        chosen(tmp_path, lines)
