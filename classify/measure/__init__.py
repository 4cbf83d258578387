# SPDX-License-Identifier: EUPL-1.2
"""How good a classifier is: figures, curves, comparisons and a report to look at."""

from __future__ import annotations
