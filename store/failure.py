# SPDX-License-Identifier: EUPL-1.2
"""What a failing database tells its callers: enough to act upon, and nobody's words."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import ExceptionContext

from core import errors

#: SQLSTATE of a deadlock, of a serialisation failure and of a lock that was not got in time.
_UNDONE = frozenset({"40P01", "40001", "55P03"})


class StoreUnavailable(errors.BuurtsignaalError):
    """The database cannot be used now."""

    def __init__(self, message: str | None = None, *, undone: bool = False) -> None:
        super().__init__(message)
        #: Nothing was stored for certain, and trying again at once helps.
        self.undone = undone


class StoreDamaged(errors.BuurtsignaalError):
    """What stands in the database cannot be read."""


def speak_plainly(engine: sa.Engine) -> None:
    """Make the engine raise ``StoreUnavailable`` for outages, and keep values out of errors."""
    sa.event.listen(engine, "handle_error", _translate)


def _translate(context: ExceptionContext) -> Exception | None:
    error, wrapped = context.original_exception, context.sqlalchemy_exception
    # PostgreSQL tells more on later lines (``Failing row contains (…)``), SQLite at the end.
    said = str(error).split("\n", 1)[0].split(" with text ", 1)[0]
    error.args = (said,)
    if type(wrapped) is sa.exc.DatabaseError or "decode to UTF-8" in said:
        return StoreDamaged(f"the database is damaged: {said}")
    if isinstance(wrapped, sa.exc.OperationalError | sa.exc.InterfaceError):
        undone = getattr(error, "sqlstate", None) in _UNDONE
        return StoreUnavailable(f"the database cannot be used now: {said}", undone=undone)
    if isinstance(wrapped, sa.exc.DBAPIError):
        wrapped.args = (f"{type(error).__name__}: {said}", *wrapped.args[1:])
    return None
