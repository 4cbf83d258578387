# SPDX-License-Identifier: EUPL-1.2
"""A municipality's own WhatsApp number."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.message import Origin
from ingest.whatsapp_cloud.seal import Seal

SOURCE = "whatsapp_cloud"


@dataclass(frozen=True, kw_only=True, slots=True)
class Number:
    """One number at Meta, with what proves that a message is from there."""

    tenant: str
    #: Meta's id of the number; not the number itself.
    phone_number_id: str
    #: App secrets; more than one while a secret is being replaced.
    secrets: tuple[str, ...] = field(repr=False)
    #: The word that Meta repeats when the address is registered.
    verify_token: str = field(repr=False)
    #: Hides residents' phone numbers.
    seal: Seal = field(repr=False)
    #: What kind of source its messages are.
    origin: Origin = Origin.REPORT
