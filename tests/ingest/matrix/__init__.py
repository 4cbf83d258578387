# SPDX-License-Identifier: EUPL-1.2
"""Tests of the Matrix connector."""

from __future__ import annotations
