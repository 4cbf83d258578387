# SPDX-License-Identifier: EUPL-1.2
"""How a report looks to others: as a letter, as a line for the control room, as an event."""

from __future__ import annotations
