# SPDX-License-Identifier: EUPL-1.2
"""The command line, on a real database."""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from buurtsignaal import cli
from buurtsignaal.commands.opening import house
from core import errors
from core.clock import AMSTERDAM

PASSWORD = "een heel lang wachtwoord"


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    values = {
        "ENVIRONMENT": "test",
        "DATABASE_URL": f"sqlite:///{tmp_path}/b.db",
        "SEAL_KEYS": base64.b64encode(b"k" * 32).decode(),
        "PSEUDONYM_SECRET": "a secret of the tests, 32 or more",
    }
    for name, value in values.items():
        monkeypatch.setenv(f"BUURTSIGNAAL_{name}", value)


def run(*arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(cli.app, list(arguments), input=typed)


def test_routes_test_says_where_a_signal_goes_and_why() -> None:
    result = run("routes", "test", "--category", "inbraak", "--urgency", "spoed")

    assert result.exit_code == 0
    assert "Wachtrij: meldkamer" in result.output
    assert "politie (regel" in result.output


def test_routes_test_fails_when_another_queue_was_expected() -> None:
    result = run("routes", "test", "--category", "afval", "--expect", "meldkamer")

    assert result.exit_code == 1
    assert "Verwacht was: meldkamer" in result.output


def test_routes_check_reads_the_whole_file() -> None:
    assert "hold together" in run("routes", "check").output


def test_a_token_is_made_listed_and_ended() -> None:
    scopes = ("--scope", "signalen:meldkamer", "--scope", "bronnen")
    made = run("tokens", "make", "zaaksysteem", *scopes, "--days", "30")
    assert made.exit_code == 0
    secret = made.stdout.strip()
    assert secret.startswith("bs_")
    listed = run("tokens", "list").output
    assert "bronnen signalen:meldkamer  zaaksysteem" in listed
    assert secret not in listed
    token = listed.split()[0]
    assert run("tokens", "revoke", token).exit_code == 0
    assert f"{token}  over" in run("tokens", "list").output
    again = run("tokens", "revoke", token)
    assert isinstance(again.exception, errors.AlreadyDecided)


@pytest.mark.parametrize("wish", [("besluiten", "30"), ("onzin", "30"), ("bronnen", "366")])
def test_a_token_that_may_not_be_is_not_made(wish: tuple[str, str]) -> None:
    scope, days = wish
    refused = run("tokens", "make", "X", "--scope", scope, "--days", days)
    assert isinstance(refused.exception, errors.BadInput)
    assert run("tokens", "list").output == ""


def test_an_account_is_made_and_listed() -> None:
    made = run("accounts", "add", "Anna", "--role", "meldkamer", typed=f"{PASSWORD}\n{PASSWORD}\n")

    assert made.exit_code == 0
    assert "anna" in run("accounts", "list").output.lower()
    assert PASSWORD not in made.output


def test_a_short_password_is_refused_with_what_is_accepted() -> None:
    result = run("accounts", "add", "anna", "--role", "meldkamer", typed="kort\nkort\n")

    assert "at least 14 characters" in str(result.exception)


def test_the_audit_chain_is_verified() -> None:
    run("accounts", "add", "anna", "--role", "beheer", typed=f"{PASSWORD}\n{PASSWORD}\n")

    assert "1 lines, the chain is whole" in run("audit", "verify").output


def export(folder: Path, *texts: str) -> Path:
    file = folder / "chat.txt"
    now = datetime.now(AMSTERDAM)
    file.write_text("".join(f"{now:%d-%m-%Y %H:%M} - Anna: {text}\n" for text in texts))
    return file


def test_without_consent_an_import_reads_nothing(tmp_path: Path) -> None:
    result = run("import", str(export(tmp_path, "Hoi allemaal")), "--group", "buurt")

    assert "0 read, 1 dropped" in result.output


def test_with_consent_an_import_reads_and_a_second_time_adds_nothing(tmp_path: Path) -> None:
    file = export(tmp_path, "Hoi allemaal", "Er is bij ons ingebroken, het slot is geforceerd")

    first = run("import", str(file), "--group", "buurt", "--consent", "F-1")
    second = run("import", str(file), "--group", "buurt")

    assert "2 read, 0 dropped, 0 known already, 1 signals" in first.output
    assert "0 read, 0 dropped, 2 known already, 0 signals" in second.output


def test_a_file_of_another_kind_is_refused_with_what_is_accepted(tmp_path: Path) -> None:
    file = tmp_path / "chat.docx"
    file.write_bytes(b"PK")

    assert ".jsonl" in str(run("import", str(file), "--group", "buurt").exception)


def test_a_wrong_setting_is_named_without_its_value(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BUURTSIGNAAL_PSEUDONYM_SECRET", "te kort geheim")
    monkeypatch.setattr("sys.argv", ["buurtsignaal", "groups", "list"])

    with pytest.raises(SystemExit) as ended:
        cli.main()

    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert "PSEUDONYM_SECRET needs at least 32 characters" in said
    assert "te kort geheim" not in said


def test_an_unexpected_error_is_shown_without_its_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "reewoner"[::-1]  # not in the source lines that a traceback shows

    def broken() -> None:
        raise ValueError(text)

    monkeypatch.setattr(cli, "app", broken)

    with pytest.raises(SystemExit):
        cli.main()

    said = capsys.readouterr().err
    assert "unexpected ValueError" in said
    assert text not in said


def test_settings_are_explained() -> None:
    result = run("settings")

    assert "BUURTSIGNAAL_SEAL_KEYS" in result.output
    assert "required" in result.output


def group_id() -> str:
    return run("groups", "list").output.split()[0]


def test_a_group_gets_its_neighbourhood_and_mode(tmp_path: Path) -> None:
    run("import", str(export(tmp_path, "Hoi")), "--group", "buurt")

    result = run("groups", "set", group_id(), "--area", "zeewijk", "--mode", "only-yes")

    assert "area 'zeewijk', mode only-yes" in result.output
    assert "choose from" in str(run("groups", "set", group_id(), "--area", "x").exception)
    assert "choose from" in str(run("groups", "set", group_id(), "--mode", "x").exception)


def test_a_group_that_is_stopped_is_erased_and_not_read_again(tmp_path: Path) -> None:
    file = export(tmp_path, "Er is bij ons ingebroken, het slot is geforceerd")
    run("import", str(file), "--group", "buurt", "--consent", "F-1")

    assert "stopped" in run("groups", "stop", group_id(), "--reference", "F-2").output

    assert "ingetrokken" in run("groups", "list").output
    assert "0 read, 1 dropped" in run("import", str(file), "--group", "buurt").output
    assert "ingetrokken" in run("groups", "ledger", group_id()).output


def test_a_new_seal_key_can_take_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = export(tmp_path, "Er is bij ons ingebroken, het slot is geforceerd")
    run("import", str(file), "--group", "buurt", "--consent", "F-1")
    old, fresh = os.environ["BUURTSIGNAAL_SEAL_KEYS"], run("keys", "new").output.strip()
    monkeypatch.setenv("BUURTSIGNAAL_SEAL_KEYS", f"{fresh},{old}")

    assert "sealed with the first key" in run("keys", "reseal").output

    monkeypatch.setenv("BUURTSIGNAAL_SEAL_KEYS", fresh)
    assert "0 texts" in run("keys", "reseal").output


def test_an_order_is_asked_for_approved_by_another_and_stopped() -> None:
    for name in ("agnes", "bert"):
        run("accounts", "add", name, "--role", "beheer", typed=f"{PASSWORD}\n{PASSWORD}\n")
    area = next(iter(load_areas()))
    asked = run(
        *("orders", "request", "--by", "agnes", "--term", "vuurwerk", "--term", "#overlast"),
        *("--purpose", "weten waar vuurwerk is", "--legal-basis", "artikel 172 Gemeentewet"),
        *("--source", "rss", "--area", area, "--days", "14"),
    )
    assert "waits for the approval" in asked.output
    order_id = asked.output.split()[0]

    own = run("orders", "approve", order_id, "--by", "agnes", typed=f"{PASSWORD}\n")
    assert "another person" in str(own.exception)
    approved = run("orders", "approve", order_id, "--by", "bert", typed=f"{PASSWORD}\n")
    assert "runs from" in approved.output
    assert PASSWORD not in approved.output

    assert "loopt" in run("orders", "list").output
    assert "agnes" not in run("orders", "list", "--register").output
    assert "any more" in run("orders", "stop", order_id, "--by", "bert").output
    assert "gestopt" in run("orders", "list", "--register").output


def load_areas() -> Mapping[str, str]:
    with house() as opened:
        return opened.tenant().areas
