# SPDX-License-Identifier: EUPL-1.2
"""The front-end build: only open licences, only what is used, and never twice."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest

from dashboard.assets import STATIC, Assets
from tools import frontend

ROOT = Path(__file__).parents[2]


def package(folder: Path, licence: str, text: str) -> Path:
    folder.mkdir()
    (folder / "package.json").write_text(json.dumps({"name": "x", "license": licence}))
    if text:
        (folder / "LICENSE.md").write_text(text)
    return folder


def test_an_open_licence_passes(tmp_path: Path) -> None:
    made = package(tmp_path / "a", "EUPL-1.2", "EUROPEAN UNION PUBLIC LICENCE")
    assert frontend.check_licence(made) == "EUPL-1.2"


@pytest.mark.parametrize(
    ("licence", "text"),
    [
        ("UNLICENSED", "x"),
        ("SEE LICENSE IN LICENSE.md", "x"),
        ("EUPL-1.2", "The open licence does NOT apply to files in this directory."),
        ("EUPL-1.2", ""),
    ],
)
def test_a_package_that_we_may_not_hand_on_stops_the_build(
    tmp_path: Path, licence: str, text: str
) -> None:
    with pytest.raises(frontend.BuildError):
        frontend.check_licence(package(tmp_path / "a", licence, text))


def test_only_tokens_that_are_reached_stay() -> None:
    theme = ".t { --a: var(--b); --b: 1px; --c: 2px; --d: var( --c ); }"
    pruned = frontend.prune(theme, "p { margin: var(--a, 3px) }")
    assert "--a: var(--b);" in pruned
    assert "--b: 1px;" in pruned
    assert "--c" not in pruned


def test_a_build_that_is_up_to_date_fetches_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert frontend.build(ROOT) == "front end: up to date"


def test_the_manifest_tells_the_truth() -> None:
    for name, said in Assets().manifest["files"].items():
        data = (STATIC / "vendor" / name).read_bytes()
        digest = base64.b64encode(hashlib.sha384(data).digest()).decode()
        assert said == {"bytes": len(data), "integrity": f"sha384-{digest}"}


def test_the_lockfile_names_no_registry_and_pins_every_package() -> None:
    text = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    packages = json.loads(text)["packages"]
    assert "resolved" not in text
    assert "://" not in text.replace("https://opencollective.com", "")
    assert all("integrity" in row for name, row in packages.items() if name)


def loaded_by(template: str) -> set[Path]:
    """Return the scripts that a page asks for, and what these import."""
    texts = [
        (ROOT / "dashboard" / "templates" / name).read_text(encoding="utf-8")
        for name in ("basis.html", template)
    ]
    waiting = [STATIC / found for text in texts for found in re.findall(r"js/\w+\.js", text)]
    found: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            named = re.findall(r'"(?:\./)?(?:js/)?(\w+\.js)"', path.read_text(encoding="utf-8"))
            waiting += [path.parent / name for name in named]
    return found


def test_what_a_queue_page_loads_stays_small() -> None:
    scripts = loaded_by("rij.html")
    # The worker is named by its address, not imported.
    assert {path.name for path in scripts} >= {"werkrij.js", "bron.js", "pagina.js"}
    styles = sum(path.stat().st_size for path in STATIC.rglob("*.css"))
    assert sum(path.stat().st_size for path in scripts | {STATIC / "js" / "werker.js"}) < 40_000
    assert styles < 200_000


def test_a_page_with_the_map_stays_within_a_hundred_kilobytes_of_packed_script() -> None:
    own = [path.read_bytes() for path in (STATIC / "js").glob("*.js")]
    leaflet = (STATIC / "vendor" / "leaflet.js").read_bytes()
    assert sum(len(gzip.compress(script)) for script in (*own, leaflet)) < 100_000


def test_a_package_that_is_shipped_whole_names_no_file_that_is_not() -> None:
    script = (STATIC / "vendor" / "leaflet.js").read_text(encoding="utf-8")
    assert "sourceMappingURL" not in script


def test_leaflet_tries_no_markup_while_it_loads() -> None:
    script = (STATIC / "vendor" / "leaflet.js").read_text(encoding="utf-8")
    assert frontend.MARKUP_PROBE not in script
    assert "createSVGRect" in script
