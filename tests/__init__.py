# SPDX-License-Identifier: EUPL-1.2
"""Tests mirror the folders; names are sentences about behaviour."""

from __future__ import annotations
