# SPDX-License-Identifier: EUPL-1.2
"""Floor 3: what people see and decide; the only FastAPI and Jinja."""

from __future__ import annotations
