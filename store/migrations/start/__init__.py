# SPDX-License-Identifier: EUPL-1.2
"""What the first revision makes, one noun a file; Alembic looks for revisions elsewhere."""

from __future__ import annotations
