# SPDX-License-Identifier: EUPL-1.2
"""Settings, tenant files and what production refuses."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from buurtsignaal import settings
from buurtsignaal.bootstrap import House, build
from buurtsignaal.connections import connect_all, reveal, senders
from buurtsignaal.demo import scene
from buurtsignaal.people import add_account
from buurtsignaal.server import refuse_demo_accounts
from core import errors
from core.clock import FrozenClock

SEAL = base64.b64encode(b"k" * 32).decode()


@pytest.mark.parametrize(
    ("seal", "secret"),
    [
        (scene.SEAL_KEY, "x" * 32),
        (SEAL, scene.PSEUDONYM_SECRET),
    ],
)
def test_production_refuses_the_secrets_of_the_demo(
    seal: str, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUURTSIGNAAL_SEAL_KEYS", seal)
    monkeypatch.setenv("BUURTSIGNAAL_PSEUDONYM_SECRET", secret)

    with pytest.raises(errors.ConfigurationError, match="demo secret") as error:
        settings.load()

    assert seal not in str(error.value)
    assert secret not in str(error.value)


def test_secrets_have_no_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BUURTSIGNAAL_SEAL_KEYS", raising=False)
    monkeypatch.delenv("BUURTSIGNAAL_PSEUDONYM_SECRET", raising=False)

    with pytest.raises(errors.ConfigurationError, match=r"SEAL_KEYS.*PSEUDONYM_SECRET"):
        settings.load()


def test_production_does_not_start_on_a_database_with_demo_accounts(
    house: House, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_account(
        house,
        tenant="demo",
        username="demo-meldkamer",
        display_name="Mila",
        role="meldkamer",
        password="een wachtwoord van de demo",
        demo=True,
    )
    production = house.settings.model_copy(update={"environment": settings.Environment.PRODUCTION})
    house.store.close()

    with pytest.raises(errors.ConfigurationError, match="demo accounts"):
        refuse_demo_accounts(build(production, clock=clock))


def test_a_secret_in_a_tenant_file_is_refused() -> None:
    with pytest.raises(errors.ConfigurationError, match="token_env"):
        reveal({"token": "12345:abcdef"}, settings.secret)


def test_secrets_are_read_from_the_variables_that_the_file_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BUURTSIGNAAL_A", "a")
    monkeypatch.setenv("BUURTSIGNAAL_B", "b")
    options = {"senders": {"app": {"secrets_env": ["BUURTSIGNAAL_A", "BUURTSIGNAAL_B"]}}}

    assert reveal(options, settings.secret) == {"senders": {"app": {"secrets": ["a", "b"]}}}


def test_a_variable_without_our_prefix_is_never_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET", "x")

    with pytest.raises(errors.ConfigurationError, match="must start with"):
        settings.secret("AWS_SECRET")


def test_a_tenant_file_cannot_read_the_keys_of_the_installation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BUURTSIGNAAL_SEAL_KEYS", SEAL)

    with pytest.raises(errors.ConfigurationError, match="installation's own"):
        reveal({"callback_env": "BUURTSIGNAAL_SEAL_KEYS"}, settings.secret)


def test_the_tenant_file_of_the_demo_makes_a_connector(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUURTSIGNAAL_BUURTAPP_SECRET", scene.WEBHOOK_SECRET)
    monkeypatch.setenv("BUURTSIGNAAL_BUURTAPP_URL", "http://127.0.0.1:9/groep")

    connections = connect_all(house.tenants, settings.secret)

    assert [c.connector.name for c in connections] == ["webhook", "report_form"]
    assert [s.name for s in senders(connections)] == ["buurtapp"]


def test_a_folder_without_municipalities_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUURTSIGNAAL_SEAL_KEYS", SEAL)
    monkeypatch.setenv("BUURTSIGNAAL_PSEUDONYM_SECRET", "x" * 32)
    monkeypatch.setenv("BUURTSIGNAAL_TENANTS_DIR", str(tmp_path))
    monkeypatch.setenv("BUURTSIGNAAL_DATABASE_URL", f"sqlite:///{tmp_path}/b.db")

    with pytest.raises(errors.ConfigurationError, match="no municipality"):
        build(settings.load())
