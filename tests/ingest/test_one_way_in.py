# SPDX-License-Identifier: EUPL-1.2
"""There is one way in: the gate alone admits, the pipeline alone has messages judged."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

import pytest

ROOT = Path(__file__).parents[2]
FLOORS = ("core", "store", "ingest", "classify", "routing", "dashboard", "buurtsignaal")
#: The only module that makes an ``Admitted``.
GATE = "ingest/gate.py"
#: Who calls a classifier: the line itself; the floor that trains and evaluates on a corpus and
#: knows neither store nor intake; and the command that tries a model on an empty text.
JUDGING = (
    "buurtsignaal/pipeline.py",
    # Gets from the line what the line has judged, and keeps counts.
    "buurtsignaal/shadow.py",
    "classify/",
    "buurtsignaal/commands/models.py",
)
#: Files that a researcher hands over: no connector leads here, and nothing is stored.
RESEARCH = ("buurtsignaal/commands/classify.py", "buurtsignaal/commands/signaalcheck.py")


def modules() -> Iterator[tuple[str, ast.Module]]:
    for floor in FLOORS:
        for path in sorted((ROOT / floor).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            yield name, ast.parse(path.read_text(encoding="utf-8"), name)


def builds_admitted(tree: ast.AST) -> bool:
    """Whether a module can make an ``Admitted``: by name, by copying, or under another name."""
    return any(_builds(node) for node in ast.walk(tree))


def _builds(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom) and node.module == "core.message":
        return any(alias.name == "Admitted" and alias.asname for alias in node.names)
    if isinstance(node, ast.Call):
        called = _name(node.func)
        # replace(admitted, text=…) would be a way around as well.
        changed = {keyword.arg for keyword in node.keywords}
        return called == "Admitted" or (called == "replace" and "dedup_key" in changed)
    if isinstance(node, ast.ClassDef):
        return any(_name(base) == "Admitted" for base in node.bases)
    return isinstance(node, ast.Assign) and _name(node.value) == "Admitted"


def judges(tree: ast.AST) -> bool:
    """Whether a module calls ``judge`` on something, or hands that method on."""
    return any(isinstance(node, ast.Attribute) and node.attr == "judge" for node in ast.walk(tree))


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def test_the_gate_alone_admits() -> None:
    assert [name for name, tree in modules() if builds_admitted(tree)] == [GATE]


def test_the_pipeline_and_the_evaluation_alone_have_messages_judged() -> None:
    allowed = (*JUDGING, *RESEARCH)
    others = [name for name, tree in modules() if judges(tree) and not name.startswith(allowed)]
    assert others == []


def test_what_judges_a_researchers_file_opens_no_store() -> None:
    for name, tree in modules():
        if name in RESEARCH:
            imported = {node.module or "" for node in ast.walk(tree) if _is_from(node)}
            assert not [m for m in imported if m.split(".")[0] in {"store", "ingest"}], name
            assert "buurtsignaal.bootstrap" not in imported
            assert "buurtsignaal.commands.opening" not in imported


def _is_from(node: ast.AST) -> TypeGuard[ast.ImportFrom]:
    return isinstance(node, ast.ImportFrom)


@pytest.mark.parametrize(
    "code",
    [
        "Admitted(text='x')",
        "core.message.Admitted(text='x')",
        "from core.message import Admitted as A",
        "make = Admitted",
        "class Mine(Admitted): pass",
        "replace(old, dedup_key='x', text='y')",
    ],
)
def test_the_test_sees_every_way_around_the_gate(code: str) -> None:
    assert builds_admitted(ast.parse(code))


@pytest.mark.parametrize("code", ["model.judge(x)", "pool.submit(model.judge, x)", "a.b.judge([])"])
def test_the_test_sees_every_way_to_a_verdict(code: str) -> None:
    assert judges(ast.parse(code))


def test_annotations_are_no_way_in() -> None:
    code = "from core.message import Admitted\ndef f(a: Admitted) -> list[Admitted]: return [a]"
    assert not builds_admitted(ast.parse(code))
