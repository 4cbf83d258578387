# SPDX-License-Identifier: EUPL-1.2
"""The first stage in a compiled form; says the same as ``classify.plain`` and is much faster."""

from __future__ import annotations
