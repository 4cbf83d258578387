# SPDX-License-Identifier: EUPL-1.2
"""Where the Bot API is; the token travels in its addresses, so it must be safe to send it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from core import errors

OFFICIAL = "https://api.telegram.org/bot"
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def api_address(options: Mapping[str, Any]) -> str:
    """Return the option ``api``, or where Telegram itself listens."""
    address = options.get("api", OFFICIAL)
    if isinstance(address, str):
        parts = urlsplit(address)
        safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
        if safe and parts.hostname and address.endswith("/bot"):
            return address
    raise errors.ConfigurationError(
        "connector telegram: 'api' must begin with https:// (or be on this machine) and end in /bot"
    )
