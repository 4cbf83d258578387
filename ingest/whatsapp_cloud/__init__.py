# SPDX-License-Identifier: EUPL-1.2
"""What the connector for a municipality's own WhatsApp number is made of."""

from __future__ import annotations
