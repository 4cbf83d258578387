# SPDX-License-Identifier: EUPL-1.2
"""What the connector for X is made of."""

from __future__ import annotations
