# SPDX-License-Identifier: EUPL-1.2
"""Ready-made reports, configurations and tools for tests of routing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from core import errors
from core.label import Category, Urgency
from core.tenant import TargetConfig
from routing.options import Secret
from routing.report import Report, Where

#: What must never be in an error: it stands in the text of the sample report.
WORDS = "Jan de Vries (06-12345678) forceerde de achterdeur"
MASKED = "[naam] ([telefoon]) forceerde de achterdeur"

#: 32 bytes in base64, made up.
WEBHOOK_SECRET = "whsec_" + "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0MTI="


def report(**changed: Any) -> Report:
    """Return a report of a burglary."""
    given: dict[str, Any] = {
        "id": "019abcde-0000-7000-8000-000000000001",
        "tenant": "demo",
        "municipality": "Duinveld",
        "incident": "019abcde-0000-7000-8000-000000000002",
        "category": Category.INBRAAK,
        "category_name": "Inbraak",
        "subcategory": "woning",
        "subcategory_name": "Woning",
        "lmc": "bzibwn",
        "signalen": "overig/overig",
        "urgency": Urgency.ACTUEEL,
        "first_hand": True,
        "sent_at": datetime(2026, 11, 21, 20, 45, tzinfo=UTC),
        "text": MASKED,
        "full_text": WORDS,
        "places": (Where(text="Kerkstraat 12", kind="street", lat=52.03, lon=4.28),),
        "group": "Buurtpreventie Zeewijk",
        "probability": 0.874,
        "model": "eerste/1",
        "decided_by": "agnes",
        "decided_at": datetime(2026, 11, 21, 20, 50, tzinfo=UTC),
    }
    return Report(**(given | changed))


def config(
    kind: str, name: str = "proef", *, full_text: bool = False, **options: Any
) -> TargetConfig:
    """Return one receiver of a tenant file."""
    return TargetConfig(name=name, kind=kind, full_text=full_text, options=options)


def secrets(known: Mapping[str, str]) -> Secret:
    """Return what reads these environment variables, as the settings do it."""

    def read(name: str) -> str:
        if name not in known:
            raise errors.ConfigurationError(f"environment variable {name} is not set")
        return known[name]

    return read
