# SPDX-License-Identifier: EUPL-1.2
"""Where known police actions come from; none of it was written by a citizen."""

from __future__ import annotations
