# SPDX-License-Identifier: EUPL-1.2
"""All tables of the first version, and the triggers that keep the ledgers append-only."""

from __future__ import annotations

from store.migrations.start import (
    account,
    desk,
    dossier,
    export,
    group,
    intake,
    ledger,
    order,
    question,
    registry,
    room,
    sending,
    signal,
    survey,
    trail,
)

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

#: What a table refers to comes before it.
_AREAS = (
    group,
    registry,
    intake,
    signal,
    question,
    desk,
    sending,
    trail,
    account,
    order,
    dossier,
    room,
    survey,
    export,
)


def upgrade() -> None:
    """Create everything."""
    for area in _AREAS:
        area.create()
    ledger.guard()
