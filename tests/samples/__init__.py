# SPDX-License-Identifier: EUPL-1.2
"""Samples of sources, for contract tests."""

from __future__ import annotations
