# SPDX-License-Identifier: EUPL-1.2
"""Floor 1: the only place that knows SQLAlchemy."""

from __future__ import annotations
