# SPDX-License-Identifier: EUPL-1.2
"""Asks the DNS for a DKIM key."""

from __future__ import annotations

from collections.abc import Callable

import dns.exception
import dns.resolver

#: Gives the TXT record of a name, or None when there is none; raises ``NoAnswer`` when unsure.
Resolve = Callable[[str], bytes | None]


class NoAnswer(Exception):
    """The DNS does not answer now; ask again later."""


def resolver(*, timeout: float = 5.0, ask: dns.resolver.Resolver | None = None) -> Resolve:
    """Return what asks the DNS; at most ``timeout`` seconds each time."""

    def resolve(name: str) -> bytes | None:
        try:
            found = (ask or dns.resolver.Resolver()).resolve(name, "TXT", lifetime=timeout)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return None
        except dns.exception.DNSException as error:
            raise NoAnswer(type(error).__name__) from None
        texts = [b"".join(record.strings) for record in found]
        # More than one record: the key is the one that says so (RFC 6376, 3.6.2.2).
        return next((text for text in texts if b"p=" in text), None)

    return resolve
