# SPDX-License-Identifier: EUPL-1.2
"""The only place that reads the environment; every name starts with ``BUURTSIGNAAL_``."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from core import errors, resources

PREFIX = "BUURTSIGNAAL_"

#: Secrets that the demo makes up carry this mark, so that production can refuse them.
DEMO_MARK = "demo"


class Environment(StrEnum):
    """Where this process runs."""

    PRODUCTION = "production"
    DEMO = "demo"
    TEST = "test"


def tenants_folder() -> Path:
    """Return where the municipalities' files are; needs no other setting."""
    given = os.environ.get(f"{PREFIX}TENANTS_DIR")
    return Path(given) if given else resources.folder("data") / "tenants"


class JudgeSettings(BaseSettings):
    """What judging alone needs: no secret, no database."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="ignore", frozen=True, hide_input_in_errors=True
    )

    model_dir: Path | None = Field(None, description="default: the model in models/ACTIVE")
    gazetteer: Path | None = Field(
        None, description="CSV of places with coordinates (see data/gazetteers); default: none"
    )
    pdok_municipality: str | None = Field(
        None,
        pattern=r"^[\w'][\w '().-]{0,79}$",
        description="ask the PDOK Locatieserver where places of this municipality are; "
        "default: nothing is asked",
    )
    pdok_url: str = Field(
        "https://api.pdok.nl/bzk/locatieserver/search/v3_1/",
        pattern=r"^(https://|http://(127\.0\.0\.1|localhost)[:/])",
        description="where the Locatieserver is; https except on this machine",
    )


class Settings(JudgeSettings):
    """What a deployment decides; no secret has a default."""

    environment: Environment = Field(Environment.PRODUCTION, description="production, demo or test")
    database_url: SecretStr = Field(
        SecretStr("sqlite:///var/buurtsignaal.db"),
        description="sqlite:///path or postgresql+psycopg://user@host/name",
    )
    seal_keys: SecretStr = Field(
        description="base64 keys of 32 bytes, comma-separated; the first encrypts, all decrypt"
    )
    pseudonym_secret: SecretStr = Field(
        description="32 characters or more; names people and messages without naming them"
    )
    tenants_dir: Path = Field(
        default_factory=tenants_folder,
        description="a folder per municipality with tenant.toml and routes.toml",
    )
    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8000, ge=0, le=65535, description="port to listen on")
    public_url: str = Field(
        "http://127.0.0.1:8000", description="how browsers come in; https except on this machine"
    )
    security_contact: str = Field(
        "mailto:security@example.org", description="mailto: or https: address for security.txt"
    )
    # Judging 64 lines of a chat with both stages takes under a second on one core, and a /stop that
    # arrives behind them waits no longer than that.
    group_commit: int = Field(
        64, ge=1, description="most messages that share a transaction; 1 commits one by one"
    )
    shadow_model: str | None = Field(
        None, description="name/version of a model that judges along; only counts are kept"
    )
    metrics_token: SecretStr | None = Field(
        None, description="32 characters or more; /metrics answers who shows it as bearer token"
    )
    api_calls: int = Field(
        120, ge=1, description="calls a minute of one token, or one address without, at /api/v1"
    )
    api_contact: str = Field(
        "api@example.org",
        pattern=r"^[^@\s]+@[^@\s]+$",
        description="mail address of whoever answers questions about /api/v1",
    )
    log_level: str = Field("INFO", description="of our own log lines; no text is in them")

    @model_validator(mode="after")
    def _production_is_no_demo(self) -> Settings:
        if self.environment is not Environment.PRODUCTION:
            return self
        secrets = {"seal_keys": self.seal_keys, "pseudonym_secret": self.pseudonym_secret}
        for name, secret in secrets.items():
            if DEMO_MARK in secret.get_secret_value().lower():
                raise ValueError(f"{PREFIX}{name.upper()} is a demo secret; make your own")
        return self

    @model_validator(mode="after")
    def _secret_is_long(self) -> Settings:
        if len(self.pseudonym_secret.get_secret_value()) < 32:
            raise ValueError(f"{PREFIX}PSEUDONYM_SECRET needs at least 32 characters")
        if self.metrics_token is not None and len(self.metrics_token.get_secret_value()) < 32:
            raise ValueError(f"{PREFIX}METRICS_TOKEN needs at least 32 characters")
        return self


_S = TypeVar("_S", bound=JudgeSettings)


def load(**overrides: Any) -> Settings:
    """Read the settings; raise ``ConfigurationError`` that names each variable that is wrong."""
    return _load(Settings, overrides)


def load_for_judging(**overrides: Any) -> JudgeSettings:
    """Read what judging needs, for commands that open no store."""
    return _load(JudgeSettings, overrides)


def _load(kind: type[_S], overrides: dict[str, Any]) -> _S:
    try:
        return kind(**overrides)
    except ValidationError as error:
        lines = "; ".join(_say(e) for e in error.errors(include_input=False, include_url=False))
        raise errors.ConfigurationError(
            f"settings: {lines}. 'buurtsignaal settings' explains each of them."
        ) from None


def _say(error: Any) -> str:
    name = "_".join(str(part) for part in error["loc"]).upper()
    return f"{PREFIX}{name}: {error['msg']}" if name else str(error["msg"])


def secret(name: str) -> str:
    """Return the secret in environment variable ``name``, as tenant files name them.

    Raises ``ConfigurationError`` when it is missing, does not carry our prefix, or is one of the
    installation's own settings: a municipality's file must not send our keys anywhere.
    """
    if not name.startswith(PREFIX):
        raise errors.ConfigurationError(f"a secret's variable must start with {PREFIX}")
    if name.removeprefix(PREFIX).lower() in Settings.model_fields:
        raise errors.ConfigurationError(f"{name} is the installation's own; use another variable")
    value = os.environ.get(name)
    if not value:
        raise errors.ConfigurationError(f"environment variable {name} is not set")
    return value
