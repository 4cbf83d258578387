# SPDX-License-Identifier: EUPL-1.2
"""What Alembic runs: all revisions on the connection that ``store.schema`` gives it."""

from __future__ import annotations

from alembic import context

from store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
context.run_migrations()
