# SPDX-License-Identifier: EUPL-1.2
"""Floor 2: from a message to a verdict; pure, knows no store."""

from __future__ import annotations
