# SPDX-License-Identifier: EUPL-1.2
"""Tables of files that people took along, so that an erasure can reach them too."""

from __future__ import annotations

import sqlalchemy as sa

from store.columns import Moment, metadata

exports = sa.Table(
    "exports",
    metadata,
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("tenant", sa.String(64), nullable=False, index=True),
    #: ``lijst.csv``, ``dossier-<id>.json`` …
    sa.Column("file", sa.String(100), nullable=False),
    #: Account name.
    sa.Column("made_by", sa.String(100), nullable=False),
    sa.Column("made_at", Moment, nullable=False),
)

export_signals = sa.Table(
    "export_signals",
    metadata,
    sa.Column("export_id", sa.String(36), sa.ForeignKey("exports.id"), primary_key=True),
    sa.Column(
        "signal_id", sa.String(36), sa.ForeignKey("signals.id"), primary_key=True, index=True
    ),
    #: When it was erased here.
    sa.Column("erased_at", Moment),
    #: When somebody said that it is out of the file too.
    sa.Column("settled_at", Moment),
)
