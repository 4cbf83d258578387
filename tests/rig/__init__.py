# SPDX-License-Identifier: EUPL-1.2
"""A whole installation as processes of its own, for journeys, faults and benchmarks."""

from __future__ import annotations
