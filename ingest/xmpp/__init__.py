# SPDX-License-Identifier: EUPL-1.2
"""What the XMPP connector is made of."""

from __future__ import annotations
