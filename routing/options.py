# SPDX-License-Identifier: EUPL-1.2
"""Reads a receiver's options from the tenant file, and tells all that is wrong at once."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from core import errors
from core.tenant import TargetConfig

#: Returns the value of an environment variable; raises ``ConfigurationError`` without one.
Secret = Callable[[str], str]


class Options:
    """Each option is asked for once; ``check`` raises for what is wrong, missing or unknown.

    ``key_env`` names an environment variable that goes before ``key``; a secret has only that.
    """

    def __init__(self, config: TargetConfig, secret: Secret) -> None:
        self._config = config
        self._secret = secret
        self._asked: dict[str, None] = {}
        self._mistakes: list[str] = []

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text; a mistake when it is missing and has no default."""
        value = self._value(key, default)
        if isinstance(value, str) and (value.strip() or default == ""):
            return value.strip()
        self.wrong(key, "moet een tekst zijn" if value is not None else "ontbreekt")
        return ""

    def number(self, key: str, default: float, *, least: float, most: float) -> float:
        """Return a number between two bounds."""
        value = self._value(key, default)
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = least - 1
        if isinstance(value, bool) or not least <= number <= most:
            self.wrong(key, f"moet een getal van {least:g} tot {most:g} zijn")
            return default
        return number

    def texts(self, key: str) -> tuple[str, ...]:
        """Return one or more texts; a single one counts as a list."""
        value = self._value(key, None)
        found = [value] if isinstance(value, str) else value
        if isinstance(found, list) and found and all(isinstance(x, str) and x for x in found):
            return tuple(found)
        self.wrong(key, "moet een tekst zijn of een lijst van teksten")
        return ()

    def choice(self, key: str, choices: Sequence[str]) -> str:
        """Return one of the choices; the first is the default."""
        value = self._value(key, choices[0])
        if value in choices:
            return str(value)
        self.wrong(key, f"moet een van deze zijn: {', '.join(choices)}")
        return choices[0]

    def secrets(self, key: str, *, needed: bool) -> tuple[str, ...]:
        """Return the secrets whose variables ``key_env`` names, one or a list."""
        self._asked[f"{key}_env"] = None
        if key in self._config.options:
            self.wrong(key, f"hoort niet in een bestand; gebruik {key}_env")
            # Taken as asked, so that it is told once.
            self._asked[key] = None
        names = self._config.options.get(f"{key}_env")
        if names is None:
            if needed:
                self.wrong(f"{key}_env", "ontbreekt")
            return ()
        return tuple(self._read(f"{key}_env", name) for name in _listed(names))

    def trust(self) -> ssl.SSLContext:
        """Return what we trust: the system's certificates, or only those of ``ca_file``."""
        path = self.text("ca_file", "")
        if path and not Path(path).is_file():
            self.wrong("ca_file", "wijst geen bestand aan")
            path = ""
        try:
            context = ssl.create_default_context(cafile=path or None)
        except (ssl.SSLError, OSError):
            self.wrong("ca_file", "bevat geen certificaten in PEM-vorm")
            context = ssl.create_default_context()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context

    def wrong(self, key: str, what: str) -> None:
        """Note a mistake; never put a value in ``what``."""
        self._mistakes.append(f"'{key}' {what}")

    def check(self) -> None:
        """Raise ``ConfigurationError`` when anything was wrong."""
        for key in self._config.options:
            if key not in self._asked:
                accepted = ", ".join(sorted(self._asked))
                self.wrong(key, f"bestaat niet; kies uit: {accepted}")
        if self._mistakes:
            said = "; ".join(self._mistakes)
            raise errors.ConfigurationError(f"ontvanger '{self._config.name}': {said}")

    def _value(self, key: str, default: Any) -> Any:
        self._asked |= {key: None, f"{key}_env": None}
        variable = self._config.options.get(f"{key}_env")
        fallback = self._config.options.get(key, default)
        if variable is None:
            return fallback
        try:
            return self._secret(str(variable))
        except errors.ConfigurationError as error:
            if fallback is None:
                self._mistakes.append(str(error))
            return fallback

    def _read(self, key: str, name: object) -> str:
        try:
            return self._secret(str(name))
        except errors.ConfigurationError as error:
            self.wrong(key, f"helpt niet: {error}")
            return ""


def is_loopback(host: str) -> bool:
    """Whether the host is this very machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _listed(names: object) -> list[object]:
    return list(names) if isinstance(names, list | tuple) else [names]
