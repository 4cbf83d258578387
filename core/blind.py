# SPDX-License-Identifier: EUPL-1.2
"""Which signals people judge without the model's opinion."""

from __future__ import annotations

import hmac

_ALL = 1 << 64


def drawn(key: bytes, signal_id: str, share: float) -> bool:
    """Whether this signal is in the blind sample; always the same answer for one ``key``.

    Nobody who lacks the key can tell beforehand which signals are drawn.
    """
    digest = hmac.digest(key, signal_id.encode(), "sha256")
    return int.from_bytes(digest[:8]) < share * _ALL
