# SPDX-License-Identifier: EUPL-1.2
"""Floor 2: which queue and which outside receiver a signal goes to, and how it gets there."""

from __future__ import annotations
