# SPDX-License-Identifier: EUPL-1.2
"""Timings and long fault runs; each prints figures and ratios of one run on one machine."""

from __future__ import annotations
