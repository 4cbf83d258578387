# SPDX-License-Identifier: EUPL-1.2
"""Alembic revisions of the store; run by ``store.schema``."""
