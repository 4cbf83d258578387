# SPDX-License-Identifier: EUPL-1.2
"""Whether the writer saw it or only heard of it."""

from __future__ import annotations

from classify.head import Floats, Head

#: The two classes of the head.
SEEN, HEARD = "seen", "heard"


def name_of(first_hand: bool) -> str:
    """Return the class that a label belongs to."""
    return SEEN if first_hand else HEARD


def choose(head: Head, row: Floats) -> bool:
    """Return True where the writer more likely saw it."""
    return head.classes[int(row.argmax())] == SEEN
