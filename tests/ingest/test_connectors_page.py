# SPDX-License-Identifier: EUPL-1.2
"""The table of connectors says what the program does."""

from __future__ import annotations

import ast
import re
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

import ingest
from ingest.registry import connector_names

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "connectors.md"
FLOOR = Path(ingest.__file__).parent
#: Packages that are imported by another name than they are installed by.
MODULES = {
    "python-telegram-bot": "telegram",
    "matrix-nio": "nio",
    "dkimpy": "dkim",
}
_HEAD = ["source", "library", "consent", "cursor", "tested against"]


def table() -> dict[str, list[str]]:
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line[:1] == "|"]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert cells[0] == _HEAD
    return {row[0].strip("`"): row[1:] for row in cells[2:]}


@pytest.fixture(params=connector_names())
def name(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


def libraries_of(name: str) -> set[str]:
    return set(re.findall(r"`([^`]+)`", table()[name][0]))


def imported_by(name: str) -> set[str]:
    """Return the packages that a connector's file and folder import, and what these share."""
    seen, waiting = set[Path](), [FLOOR / "connectors" / f"{name}.py"]
    waiting += sorted((FLOOR / name).glob("*.py"))
    found: set[str] = set()
    while waiting:
        path = waiting.pop()
        if path in seen or not path.exists():
            continue
        seen.add(path)
        for module in _imports(path):
            if module.split(".")[0] == "ingest":
                waiting.append(FLOOR.parent / f"{module.replace('.', '/')}.py")
            found.add(module.split(".")[0])
    return found


def _imports(path: Path) -> list[str]:
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    plain = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    return plain + [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]


def required() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    return {re.split(r"[\[>=<]", line)[0] for group in groups for line in group}


def test_every_connector_has_its_row_and_no_other() -> None:
    assert sorted(table()) == connector_names()


def test_the_libraries_are_those_that_its_code_imports(name: str) -> None:
    named = libraries_of(name)
    assert named <= required()
    assert {MODULES.get(each, each) for each in named} <= imported_by(name)
    ours = {MODULES.get(each, each) for each in set().union(*map(libraries_of, table()))}
    # What only serves others (httpx for shared fetching) may be left out; a chat library may not.
    used = imported_by(name) & ours - {"httpx"}
    assert used <= {MODULES.get(each, each) for each in named}


def test_the_consent_is_its_own_line(name: str) -> None:
    module = import_module(f"ingest.connectors.{name}")
    made_here = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and value.__module__ == module.__name__
    ]
    own = [line for made in made_here if isinstance(line := getattr(made, "consent", None), str)]
    assert own == [table()[name][1]]


def test_its_tests_are_there_and_it_says_where_it_goes_on(name: str) -> None:
    _, _, cursor, tested = table()[name]
    assert len(cursor) > 5
    found: list[Path] = []
    for link in re.findall(r"\]\(([^)]+)\)", tested):
        target = (PAGE.parent / link).resolve()
        files = [target] if target.is_file() else sorted(target.glob("*.py"))
        assert files, link
        found += files
    # At least one of them makes this connector; its folder's fixtures may do so.
    found += [path for file in found for path in file.parent.glob("conftest.py")]
    texts = [file.read_text(encoding="utf-8") for file in found]
    assert any(f"connectors.{name}" in text or f'"{name}"' in text for text in texts)
