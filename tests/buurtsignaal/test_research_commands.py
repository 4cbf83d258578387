# SPDX-License-Identifier: EUPL-1.2
"""What researchers type: classify, evaluate, signaalcheck and models; no secret is needed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from buurtsignaal import cli
from buurtsignaal.shelf import Shelf
from core import errors
from core.resources import folder

BREAK_IN = "Er klimt nu iemand met een koevoet door het raam bij nr 14, bel 112"


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SEAL_KEYS", "PSEUDONYM_SECRET", "DATABASE_URL"):
        monkeypatch.delenv(f"BUURTSIGNAAL_{name}", raising=False)


def run(*arguments: str, typed: bytes | None = None) -> Result:
    return CliRunner().invoke(cli.app, list(arguments), input=typed)


def lines(*rows: object) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def test_one_line_comes_out_for_each_line_in_their_order() -> None:
    rows = [{"id": n, "text": BREAK_IN if n % 2 else "Wie heeft een ladder?"} for n in range(600)]
    result = run("classify", typed=lines(*rows))
    assert result.exit_code == 0
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [a["id"] for a in answers] == list(range(600))
    assert {a["category"] for a in answers} == {"inbraak", "geen"}


def test_a_bad_line_stops_nothing_and_is_told_at_the_end() -> None:
    typed = lines({"id": 1, "text": BREAK_IN}) + b"geheim {\n" + lines({"id": 2, "text": "hoi"})
    result = run("classify", typed=typed)
    assert result.exit_code == 1
    first, bad, last = (json.loads(line) for line in result.stdout.splitlines())
    assert first["category"] == "inbraak"
    assert "line 2" in bad["error"]
    assert last["id"] == 2
    assert "1 line(s)" in result.stderr
    assert "geheim" not in result.output


def test_a_file_is_whole_or_not_there(tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(lines({"id": 1, "text": BREAK_IN, "chat": "a"}))
    assert run("classify", str(source), "-o", str(target)).exit_code == 0
    assert json.loads(target.read_text(encoding="utf-8"))["incident"] == "a#1"
    assert {file.name for file in tmp_path.iterdir()} == {"in.jsonl", "out.jsonl"}


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    result = run("classify", str(tmp_path / "nothing.jsonl"))
    assert isinstance(result.exception, errors.BadInput)
    assert "nothing.jsonl" in str(result.exception)


def test_evaluate_writes_a_report(tmp_path: Path) -> None:
    data = tmp_path / "data.jsonl"
    source = min((folder("data") / "corpora" / "messages").glob("w1-*.jsonl"))
    data.write_text(
        "\n".join(source.read_text(encoding="utf-8").splitlines()[:40]), encoding="utf-8"
    )
    result = run("evaluate", str(data), "-o", str(tmp_path / "report"))
    assert result.exit_code == 0, result.output
    assert "macro-F1" in result.output
    assert (tmp_path / "report" / "report.html").is_file()


def test_the_abilities_of_the_active_model_are_shown() -> None:
    result = run("signaalcheck")
    assert result.exit_code == 0
    assert "ontkenning" in result.output
    assert "alles" in result.output


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """Return a shelf with the active model twice, under two versions' folders."""
    shipped = Shelf.shipped()
    name = shipped.active()
    for version in ("buurt/a", "buurt/b"):
        shutil.copytree(shipped.folder / name, tmp_path / version)
    (tmp_path / "ACTIVE").write_text("buurt/a\n", encoding="utf-8")
    return Shelf(tmp_path)


def test_a_model_is_activated_and_brought_back(shelf: Shelf) -> None:
    assert shelf.activate("buurt/b") == "buurt/a"
    assert shelf.active() == "buurt/b"
    assert shelf.rollback() == "buurt/a"
    assert shelf.active() == "buurt/a"


def test_a_model_that_was_changed_is_never_activated(shelf: Shelf) -> None:
    with (shelf.folder / "buurt/b/model.joblib").open("ab") as file:
        file.write(b"x")
    with pytest.raises(errors.ModelRefused, match="SHA-256"):
        shelf.activate("buurt/b")
    assert shelf.active() == "buurt/a"


def test_an_unknown_model_names_those_that_are_there(shelf: Shelf) -> None:
    with pytest.raises(errors.NotFound, match="buurt/a, buurt/b"):
        shelf.activate("buurt/z")


def test_without_an_earlier_model_there_is_no_way_back(shelf: Shelf) -> None:
    with pytest.raises(errors.ConfigurationError, match="PREVIOUS"):
        shelf.rollback()


def test_the_card_of_a_model_is_shown(shelf: Shelf) -> None:
    assert "In het kort" in shelf.card("buurt/a")
    with pytest.raises(errors.NotFound, match="no card"):
        shelf.card("buurt/z")
