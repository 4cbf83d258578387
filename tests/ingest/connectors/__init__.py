# SPDX-License-Identifier: EUPL-1.2
"""What is special about each connector; what they share is in ``tests/contract``."""

from __future__ import annotations
