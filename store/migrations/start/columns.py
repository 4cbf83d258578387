# SPDX-License-Identifier: EUPL-1.2
"""Kinds of column as the first revision makes them, whatever the tables say later."""

from __future__ import annotations

import sqlalchemy as sa

MOMENT = sa.DateTime(timezone=True)
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
