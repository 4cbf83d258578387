# SPDX-License-Identifier: EUPL-1.2
"""Something that was done with a signal and that decided nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

#: Who did what no person did.
SYSTEM = "system"


class StepKind(StrEnum):
    """What can happen to a signal besides decisions and letters."""

    #: Somebody looks at it; that decides nothing.
    ACKNOWLEDGED = "opgepakt"
    #: Nobody acknowledged it in time.
    ESCALATED = "geescaleerd"
    SNOOZED = "uitgesteld"
    #: The time of a snooze was over, or somebody ended it.
    WOKEN = "terug"
    MERGED = "samengevoegd"
    SPLIT = "losgemaakt"
    TIP = "tip"


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One line in the history of a signal."""

    id: str
    tenant: str
    signal_id: str
    kind: StepKind
    #: Account name, or ``system``.
    actor: str
    at: datetime
    #: Account that it went to, or name of the tip; never words of a citizen.
    detail: str = ""
    #: End of a snooze.
    until: datetime | None = None
