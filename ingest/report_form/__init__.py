# SPDX-License-Identifier: EUPL-1.2
"""Reports that people make on purpose, on a page of the municipality."""

from __future__ import annotations
