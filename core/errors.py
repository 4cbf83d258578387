# SPDX-License-Identifier: EUPL-1.2
"""Every error a caller may want to catch.

::

    BuurtsignaalError
    ├── BadInput               what came in cannot be used; says what is accepted
    │   ├── TooLarge           more bytes, entries or characters than we accept
    │   └── NotAuthentic       a signature, time stamp or certificate does not hold
    ├── NoConsent              nothing may be read for this group
    ├── NotFound               no such group, signal, incident, rule …
    ├── AlreadyDecided         somebody else was first (compare-and-set lost)
    ├── NotAllowed             this role may not do this
    ├── ConfigurationError     settings, routes or tenant file do not hold together
    ├── ModelRefused           the model on disk is not the one that was signed off
    ├── Overloaded             too much is waiting; come back later
    └── DeliveryError
        ├── TargetUnavailable  try again later
        └── TargetRefused      never try again

No message of any of these may hold a secret or a citizen's text.
"""

from __future__ import annotations


class BuurtsignaalError(Exception):
    """Something went wrong in Buurtsignaal."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.__doc__)


class BadInput(BuurtsignaalError):
    """The input cannot be used."""


class TooLarge(BadInput):
    """The input is larger than is accepted."""


class NotAuthentic(BadInput):
    """The sender could not be verified."""


class NoConsent(BuurtsignaalError):
    """This group has given no consent, so nothing is read."""


class NotFound(BuurtsignaalError):
    """That does not exist (any more)."""


class AlreadyDecided(BuurtsignaalError):
    """Somebody else has decided this signal already."""


class NotAllowed(BuurtsignaalError):
    """This role may not do this."""


class ConfigurationError(BuurtsignaalError):
    """The configuration does not hold together."""


class ModelRefused(BuurtsignaalError):
    """The model on disk is not the one that was signed off."""


class Overloaded(BuurtsignaalError):
    """Too much is waiting; the sender should come back later."""


class DeliveryError(BuurtsignaalError):
    """A report could not be handed over."""


class TargetUnavailable(DeliveryError):
    """The receiver cannot be reached now; trying again helps."""

    def __init__(self, message: str | None = None, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        #: Seconds the receiver asked us to wait, when it said so.
        self.retry_after = retry_after


class TargetRefused(DeliveryError):
    """The receiver does not want this report; trying again does not help."""
