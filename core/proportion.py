# SPDX-License-Identifier: EUPL-1.2
"""How sure a share is that was counted on a few."""

from __future__ import annotations

from math import sqrt

_Z = 1.959964


def interval(hits: int, total: int) -> tuple[float, float] | None:
    """Return the 95% interval of a share; None when nothing was counted.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
    Journal of the American Statistical Association 22 (1927).
    """
    if not total:
        return None
    share, square = hits / total, _Z * _Z
    middle = (share + square / (2 * total)) / (1 + square / total)
    spread = share * (1 - share) / total + square / (4 * total * total)
    half = _Z * sqrt(spread) / (1 + square / total)
    # At the ends the sum is exact on paper and a hair off in floating point.
    return max(0.0, middle - half), min(1.0, middle + half)
