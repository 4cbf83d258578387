# SPDX-License-Identifier: EUPL-1.2
"""The documentation does not lag: what exists is named, what is shown works, links lead on."""

from __future__ import annotations

import ast
import asyncio
import importlib.util
import json
import re
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent
from types import ModuleType
from typing import Any

import pytest
import typer.main

from buurtsignaal.cli import app
from buurtsignaal.municipalities import load_municipalities
from buurtsignaal.settings import PREFIX, Settings
from core.consent import ConsentState
from core.label import Category, Urgency, load_taxonomy
from core.message import Batch
from core.outcome import Outcome
from dashboard.access import Role
from ingest.admission import Reason
from ingest.commands import ALIASES, COMMANDS
from ingest.registry import connector_names
from ingest.telegram.order import REPORT
from ingest.texts import load_texts
from routing.registry import Tools, target_kinds
from routing.rules import KEYS
from tests.routing import samples

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
README = ROOT / "README.md"
REFERENCE = DOCS / "reference"
HOWTO = DOCS / "howto"

#: Folders of the checkout that hold nothing of ours.
_NOT_OURS = frozenset({"node_modules", "var", "dist", "build", "vendor", "__pycache__"})
#: Hosts and places that nothing here may name; in parts, so that this file does not either.
_UNNAMED = tuple(
    "".join(parts)
    for parts in (
        ("pyp", "i.org"),
        ("python", "hosted.org"),
        ("npm", "js.org"),
        ("npm", "js.com"),
        ("yarn", "pkg.com"),
        ("..", "/shared"),
    )
)


def page(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def ours(folder: Path = ROOT) -> Iterator[Path]:
    """Give every file of the repository, leaving out what was built or fetched."""
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            hidden = path.name.startswith(".") and path.name != ".ci"
            if not hidden and path.name not in _NOT_OURS and not path.name.endswith(".egg-info"):
                yield from ours(path)
        elif path.suffix not in {".db", ".joblib"}:
            yield path


PAGES = [path for path in ours() if path.suffix == ".md"]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


_BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)


def blocks(path: Path, language: str) -> list[str]:
    """Return the code blocks of a page in one language."""
    found = _BLOCK.findall(page(path))
    return [dedent(block) for _, named, block in found if named == language]


def rows(path: Path) -> list[str]:
    return [line for line in page(path).splitlines() if line.startswith("| ")]


# -- what exists is named ---------------------------------------------------------------------


def test_every_setting_is_explained_and_no_other() -> None:
    named = {row.split("`")[1] for row in rows(REFERENCE / "settings.md") if row.startswith("| `")}
    assert named == {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}


def test_a_setting_is_marked_as_needed_when_it_is() -> None:
    for row in rows(REFERENCE / "settings.md"):
        if row.startswith("| `"):
            field = Settings.model_fields[row.split("`")[1].removeprefix(PREFIX).lower()]
            assert ("| **yes** |" in row) is field.is_required(), row


def commands(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Give every command that does something, with the words that call it."""
    subcommands = getattr(command, "commands", None)
    if subcommands is None:
        yield path, command
        return
    for name, sub in subcommands.items():
        yield from commands(sub, f"{path} {name}")


def test_every_command_and_every_option_is_explained() -> None:
    text = page(REFERENCE / "command-line.md")
    for call, command in commands(typer.main.get_command(app), "buurtsignaal"):
        assert f"`{call}" in text, call
        options = [opt for param in command.params for opt in param.opts if opt.startswith("--")]
        for option in options:
            assert f"`{option}" in text or f" {option} " in text, f"{call} {option}"


def test_every_category_has_its_row() -> None:
    table = rows(REFERENCE / "taxonomy.md")
    for category, info in taxonomy().categories.items():
        row = f"| `{category}` | {info.name} |"
        (found,) = [line for line in table if line.startswith(row)]
        assert f"| {info.receiver} | {_code(info.lmc)} | {_code(info.signalen)} |" in found


def test_every_subcategory_has_its_row() -> None:
    table = rows(REFERENCE / "taxonomy.md")
    for category, info in taxonomy().categories.items():
        for sub in info.subcategories:
            row = f"| `{category}` | `{sub.slug}` | {sub.name} |"
            (found,) = [line for line in table if line.startswith(row)]
            receiver = sub.receiver or f"*{info.receiver}*"
            lmc = _code(sub.lmc) if sub.lmc else _inherited(info.lmc)
            signalen = _code(sub.signalen) if sub.signalen else _inherited(info.signalen)
            assert found == f"{row} {receiver} | {lmc} | {signalen} |"


def taxonomy() -> Any:
    return load_taxonomy(ROOT / "data" / "taxonomy" / "taxonomy.toml")


def _code(code: str | None) -> str:
    return f"`{code}`" if code else "–"


def _inherited(code: str | None) -> str:
    return f"*{code}*" if code else "–"


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("reference/taxonomy.md", [*Urgency, *Category]),
        ("reference/architecture.md", [*connector_names(), *target_kinds()]),
        ("reference/consent.md", [*ConsentState, *Reason]),
        ("reference/consent.md", [f"/{name}" for name in (*COMMANDS, *ALIASES, REPORT)]),
        ("reference/roles.md", list(Role)),
        ("howto/set-up-a-municipality.md", list(KEYS)),
    ],
)
def test_every_word_of_the_program_is_explained(file: str, words: list[str]) -> None:
    text = page(DOCS / file)
    assert [word for word in words if f"`{word}`" not in text] == []


def test_the_index_names_every_page() -> None:
    text = page(DOCS / "README.md")
    written = [path.relative_to(DOCS).as_posix() for path in PAGES if path.is_relative_to(DOCS)]
    left_out = [
        name for name in written if not name.startswith("decisions/0") and name != "README.md"
    ]
    assert [name for name in left_out if f"({name})" not in text] == []


# -- what is shown works ----------------------------------------------------------------------


def test_the_two_commands_of_the_readme_exist() -> None:
    assert re.search(r"^make demo .*\nmake test ", page(README), re.MULTILINE)
    targets = re.findall(r"^([a-z]+):", page(ROOT / "Makefile"), re.MULTILINE)
    assert {"demo", "test"} <= set(targets)


def test_every_make_target_that_a_page_calls_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", page(ROOT / "Makefile"), re.MULTILINE))
    for path in PAGES:
        for called in _called(path):
            assert called in targets, f"{name_of(path)}: make {called}"


def _called(path: Path) -> list[str]:
    """Return what follows ``make`` in the code of a page."""
    code = [*blocks(path, "sh"), *re.findall(r"`([^`\n]+)`", page(path))]
    return re.findall(r"\bmake ([a-z]+)", "\n".join(code))


def test_the_figures_in_the_readme_are_those_of_the_active_model() -> None:
    active = page(ROOT / "models" / "ACTIVE").strip()
    metrics = json.loads(page(ROOT / "models" / active / "metrics.json"))
    expected = [f"`models/{active}/metrics.json`", *figure_rows(metrics)]
    assert [line for line in expected if line not in page(README)] == []


def figure_rows(metrics: dict[str, Any]) -> list[str]:
    """Return the table of the README as the figures of a model make it."""
    parts = metrics["test"]["parts"]
    columns = {
        "first stage": metrics,
        "both stages": metrics["second_stage"],
        **{f"test: {name}": part for name, part in parts.items() if name != "all"},
    }
    head = f"| | {' | '.join(columns)} |"
    rows: list[tuple[str, Callable[[dict[str, Any]], str]]] = [
        ("messages", lambda m: str(m["messages"])),
        ("mean F1 over the categories", lambda m: f"{m['macro_f1']:.2f}"),
        ("95% interval", lambda m: "{:.2f} – {:.2f}".format(*m["macro_f1_interval"])),
        ("signals that are found", lambda m: f"{m['signal']['recall']:.2f}"),
        ("found signals that are right", lambda m: f"{m['signal']['precision']:.2f}"),
        ("urgent messages that are flagged as urgent", _spoed),
        ("mean error of the certainty (ECE)", lambda m: f"{m['ece']:.3f}"),
    ]
    return [
        head,
        *(f"| {name} | {' | '.join(show(m) for m in columns.values())} |" for name, show in rows),
    ]


def _spoed(metrics: dict[str, Any]) -> str:
    return f"{metrics['spoed_recall_end_to_end']:.2f}"


def test_the_example_municipality_is_accepted(tmp_path: Path) -> None:
    tenant, routes = blocks(HOWTO / "set-up-a-municipality.md", "toml")
    folder = tmp_path / "delft"
    folder.mkdir()
    (folder / "tenant.toml").write_text(tenant, encoding="utf-8")
    (folder / "routes.toml").write_text(routes, encoding="utf-8")
    found = load_municipalities(tmp_path, taxonomy(), load_texts())
    assert len(list(found["delft"].tree.rules())) == 4


def test_every_toml_example_can_be_read() -> None:
    for path in PAGES:
        for block in blocks(path, "toml"):
            assert tomllib.loads(block), name_of(path)


def test_every_python_example_can_be_read() -> None:
    for path in PAGES:
        for block in blocks(path, "python"):
            assert ast.parse(block).body, name_of(path)


def module(name: str, source: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return an example of a page as the module it is meant to be."""
    file = folder / f"{name}.py"
    file.write_text(source, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec
    assert spec.loader
    made = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, name, made)
    spec.loader.exec_module(made)
    return made


async def test_the_example_connector_reads_its_sample(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    how = HOWTO / "add-a-connector.md"
    code, _sample = blocks(how, "python")
    (lines,) = [block for block in blocks(how, "") if "pleintje" in block]
    file = tmp_path / "logbook.txt"
    file.write_text(lines, encoding="utf-8")
    made = module("logbook", code, tmp_path, monkeypatch).connect("delft", {"file": file})
    batches: list[Batch] = []

    async def submit(batch: Batch) -> Outcome:
        batches.append(batch)
        return Outcome()

    await made.run(submit, asyncio.Event())
    assert sum(len(batch.items) for batch in batches) == 3
    assert made.problems.total == 1


async def test_the_example_target_delivers_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, _partner = blocks(HOWTO / "add-a-target.md", "python")
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    from routing.options import Options  # beside the module that the page shows

    config = samples.config("folder", path=str(inbox))
    secret = samples.secrets({})
    made = module("folder", code, tmp_path, monkeypatch)
    target = made.build(config, Options(config, secret), Tools(secret=secret))
    for _ in range(2):
        await target.deliver(samples.report().masked(), "key")
    (written,) = inbox.iterdir()
    assert samples.MASKED in written.read_text(encoding="utf-8")


# -- links lead on ----------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_relative_link_leads_somewhere(path: Path) -> None:
    text = _BLOCK.sub("", page(path))
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        found = (path.parent / file).resolve() if file else path
        assert found.exists(), f"{target} does not exist"
        assert found.is_relative_to(ROOT), f"{target} lies outside of the repository"
        if anchor:
            assert anchor in _anchors(found), f"{target} has no such heading"


def _anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


def test_locks_hold_no_address() -> None:
    assert "://" not in page(ROOT / "requirements.lock")
    locked = json.loads(page(ROOT / "package-lock.json"))["packages"].values()
    assert [package["resolved"] for package in locked if "://" in package.get("resolved", "")] == []


def test_no_file_names_a_package_registry_or_a_place_outside() -> None:
    named = []
    for path in ours():
        content = path.read_bytes().lower()
        named += [f"{name_of(path)}: {host}" for host in _UNNAMED if host.encode() in content]
    assert named == []


def test_the_licence_is_whole() -> None:
    text = page(ROOT / "LICENSE")
    articles = [int(n) for n in re.findall(r"^## (\d+)\. ", text, re.MULTILINE)]
    assert text.startswith("# EUROPEAN UNION PUBLIC LICENCE v. 1.2")
    assert articles == list(range(1, 16))
    assert "## Appendix" in text
