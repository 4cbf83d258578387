# SPDX-License-Identifier: EUPL-1.2
"""Floor 4, the composition root: the only place that sees the whole line."""

from __future__ import annotations

__version__ = "0.1.0"
