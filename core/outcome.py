# SPDX-License-Identifier: EUPL-1.2
"""What became of a batch; counts and ids only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """Told to the connector after the commit."""

    #: Messages whose consent held and that were judged.
    read: int = 0
    #: Messages dropped before they were looked at (no consent, opted out, private).
    dropped: int = 0
    #: Messages that had been handled before.
    duplicates: int = 0
    #: Ids of the signals that were stored.
    signals: tuple[str, ...] = ()

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(
            read=self.read + other.read,
            dropped=self.dropped + other.dropped,
            duplicates=self.duplicates + other.duplicates,
            signals=self.signals + other.signals,
        )
