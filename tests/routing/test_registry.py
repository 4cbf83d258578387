# SPDX-License-Identifier: EUPL-1.2
"""Receivers are found by their kind, and their options are checked as a whole."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from core import errors, resources
from core.tenant import load_tenant
from routing.registry import Tools, build_target, build_targets, target_kinds
from routing.targets.email import EmailTarget
from routing.targets.group import GroupTarget
from routing.targets.webhook import WebhookTarget
from tests.routing import samples

KNOWN = {
    "BUURTSIGNAAL_PW": "sesam",
    "BUURTSIGNAAL_WH": samples.WEBHOOK_SECRET,
    "BUURTSIGNAAL_SHORT": "whsec_c2hvcnQ=",
    "BUURTSIGNAAL_ODD": "whsec_not base64 at all",
    "BUURTSIGNAAL_LINE": "Bearer a\r\nX-Evil: b",
    "BUURTSIGNAAL_PORT": "2525",
    "BUURTSIGNAAL_GEMEENTE_WEBHOOK_SECRET": samples.WEBHOOK_SECRET,
}
TOOLS = Tools(secret=samples.secrets(KNOWN))

EMAIL: dict[str, Any] = {
    "host": "mail.example",
    "sender": "a@duinveld.example",
    "recipients": ["b@politie.example"],
}
WEBHOOK: dict[str, Any] = {
    "url": "https://gemeente.example/in",
    "secret_env": "BUURTSIGNAAL_WH",
    "source": "urn:nld:oin:0:systeem:buurtsignaal",
}


def test_every_file_in_the_folder_is_a_kind() -> None:
    files = (Path(__file__).parents[2] / "routing" / "targets").glob("[a-z]*.py")
    assert target_kinds() == tuple(sorted(file.stem for file in files))


def test_asking_for_kinds_imports_none_of_them() -> None:
    program = (
        "import sys; from routing.registry import target_kinds; target_kinds();"
        "print([m for m in ('httpx', 'aiosmtplib') if m in sys.modules])"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_the_demo_tenant_gets_its_receivers_and_a_voice_for_groups() -> None:
    async def speak(source: str, chat: str, text: str, reply_to: str | None, key: str) -> str:
        return "1"

    tenant = load_tenant(resources.folder("data") / "tenants" / "demo" / "tenant.toml")
    found = build_targets(tenant, Tools(secret=samples.secrets(KNOWN), speak=speak))
    kinds = {name: type(target) for name, target in found.items()}
    assert kinds == {
        "group": GroupTarget,
        "politie-mail": EmailTarget,
        "gemeente-webhook": WebhookTarget,
    }
    assert all(found[name].name == name for name in found)


def test_without_a_connector_that_speaks_there_is_no_voice() -> None:
    tenant = load_tenant(resources.folder("data") / "tenants" / "demo" / "tenant.toml")
    assert "group" not in build_targets(tenant, TOOLS)


def test_a_variable_goes_before_what_stands_in_the_file() -> None:
    target = build_target(
        samples.config("email", **EMAIL, port=587, port_env="BUURTSIGNAAL_PORT"), TOOLS
    )
    assert isinstance(target, EmailTarget)
    assert target.port == 2525


def test_a_variable_that_is_not_set_leaves_what_stands_in_the_file() -> None:
    target = build_target(
        samples.config("email", **EMAIL, port=26, port_env="BUURTSIGNAAL_NO"), TOOLS
    )
    assert isinstance(target, EmailTarget)
    assert target.port == 26


@pytest.mark.parametrize(
    ("kind", "changed", "mistakes"),
    [
        ("email", {"host": None}, ["'host' ontbreekt"]),
        ("email", {"host": 3}, ["'host' moet een tekst zijn"]),
        ("email", {"host": None, "host_env": "BUURTSIGNAAL_NO"}, ["BUURTSIGNAAL_NO is not set"]),
        ("email", {"port": 0}, ["'port' moet een getal van 1 tot 65535 zijn"]),
        ("email", {"port": "veel"}, ["'port' moet een getal"]),
        ("email", {"recipients": []}, ["'recipients' moet een tekst zijn of een lijst"]),
        ("email", {"recipients": ["x\r\nBcc: y@z"]}, ["'recipients' bevat een adres dat geen"]),
        ("email", {"sender": "Jan <a@b>"}, ["'sender' bevat een adres dat geen"]),
        ("email", {"starttls": "soms"}, ["'starttls' moet een van deze zijn: required, never"]),
        ("email", {"starttls": "never"}, ["'starttls' mag alleen 'never' zijn bij een mailserver"]),
        ("email", {"username": "u"}, ["'password_env' ontbreekt"]),
        ("email", {"ca_file": "/nergens"}, ["'ca_file' wijst geen bestand aan"]),
        ("email", {"ca_file": __file__}, ["'ca_file' bevat geen certificaten"]),
        ("email", {"smtp": 1, "timeout": 999}, ["'smtp' bestaat niet; kies uit: ca_file,",
                                                "'timeout' moet een getal van 1 tot 25 zijn"]),
        ("webhook", {"url": "ftp://x/"}, ["'url' moet met https:// beginnen"]),
        ("webhook", {"url": "http://gemeente.example/"}, ["http:// mag alleen op deze computer"]),
        ("webhook", {"url": "http://127.0.0.1.evil.example/"}, ["http:// mag alleen op deze"]),
        ("webhook", {"url": "https://"}, ["'url' moet met https:// beginnen"]),
        ("webhook", {"url": "https://gemeente.example:poort/"}, ["'url' is geen geldig adres"]),
        ("webhook", {"secret_env": None}, ["'secret_env' ontbreekt"]),
        ("webhook", {"secret_env": "BUURTSIGNAAL_SHORT"}, ["geen geheim van 24 tot 64 bytes"]),
        ("webhook", {"secret_env": "BUURTSIGNAAL_ODD"}, ["geen geheim van 24 tot 64 bytes"]),
        ("webhook", {"secret_env": "BUURTSIGNAAL_NO"}, ["'secret_env' helpt niet: environment"]),
        ("webhook", {"source": "buurtsignaal"}, ["'source' moet een URI zijn"]),
        ("webhook", {"authorization_env": "BUURTSIGNAAL_LINE"}, ["'authorization_env' moet een"]),
        ("group", {}, ["'source' ontbreekt", "'chat' ontbreekt"]),
    ],
)  # fmt: skip
def test_each_mistake_in_the_options_is_told(
    kind: str, changed: dict[str, Any], mistakes: list[str]
) -> None:
    base = {"email": EMAIL, "webhook": WEBHOOK, "group": {}}[kind]
    options = {key: value for key, value in (base | changed).items() if value is not None}
    with pytest.raises(errors.ConfigurationError, match="ontvanger 'proef'") as caught:
        build_target(samples.config(kind, **options), TOOLS)
    assert not [mistake for mistake in mistakes if mistake not in str(caught.value)]


@pytest.mark.parametrize(
    ("kind", "changed", "secret", "told"),
    [
        ("email", {"username": "u", "password": "xyzzy"}, "xyzzy", "'password' hoort niet in een"),
        ("webhook", {"secret": "whsec_xyzzy"}, "xyzzy", "'secret' hoort niet in een bestand"),
        ("webhook", {"url": "https://u:xyzzy@g.example/"}, "xyzzy", "mag geen wachtwoord bevatten"),
        ("webhook", {"authorization_env": "BUURTSIGNAAL_LINE"}, "X-Evil", "een enkele regel"),
    ],
)
def test_a_secret_in_the_wrong_place_is_refused_without_repeating_it(
    kind: str, changed: dict[str, Any], secret: str, told: str
) -> None:
    base = {"email": EMAIL, "webhook": WEBHOOK}[kind]
    with pytest.raises(errors.ConfigurationError) as caught:
        build_target(samples.config(kind, **(base | changed)), TOOLS)
    assert told in str(caught.value)
    assert secret not in str(caught.value)
