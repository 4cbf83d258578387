# SPDX-License-Identifier: EUPL-1.2
"""Which bot on which homeserver, and where its keys for encrypted rooms lie."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

from core import errors
from ingest.options import Options

SOURCE = "matrix"
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_USER = re.compile(r"@[a-z0-9._=/+-]{1,100}:[A-Za-z0-9.:\[\]-]{1,150}")
_TOKEN = re.compile(r"[\x21-\x7e]{8,4096}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """Who the bot is, and where its homeserver listens."""

    #: Without a slash at the end.
    homeserver: str
    #: ``@buurtsignaal:gemeente.example``.
    user: str
    token: str = field(repr=False)
    #: Folder with the keys of encrypted rooms; None: encrypted rooms cannot be read.
    keys: Path | None = None
    #: Locks the keys in that folder.
    secret: str = field(default="", repr=False)
    #: Seconds that any answer may take, on top of a long poll.
    timeout: float = 20.0

    @property
    def name(self) -> str:
        """The bot's name without its server, as people type it behind a command."""
        return self.user[1:].split(":", 1)[0]


def address_in(given: Options, options: Mapping[str, Any]) -> Address:
    """Return the address; ``ConfigurationError`` names the option that is missing or odd."""
    user, token = given.text("user"), given.text("token")
    if not _USER.fullmatch(user):
        _refuse("'user' must look like @buurtsignaal:gemeente.example")
    if not _TOKEN.fullmatch(token):
        _refuse("'token' is no access token")
    keys = given.text("keys") if "keys" in options else None
    secret = given.text("secret") if "secret" in options else ""
    if (keys is None) != (secret == ""):
        _refuse("encrypted rooms need both 'keys' (a folder) and 'secret_env'")
    return Address(
        homeserver=_homeserver(given.text("homeserver")),
        user=user,
        token=token,
        keys=Path(keys) if keys else None,
        secret=secret,
    )


def _homeserver(address: str) -> str:
    parts = urlsplit(address)
    # The token travels in every request, so it must be safe to send it.
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    if not (safe and parts.hostname) or parts.query or parts.fragment or parts.username:
        _refuse("'homeserver' must begin with https:// (or be on this machine)")
    return address.rstrip("/")


def _refuse(what: str) -> NoReturn:
    raise errors.ConfigurationError(f"connector {SOURCE}: {what}")
