# SPDX-License-Identifier: EUPL-1.2
"""Lets into a lesson who is signed in outside of it, as the same person with the same role."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.tenant import Tenant
from dashboard.auth import Doorkeeper, Visitor


@dataclass(frozen=True, slots=True)
class PracticeKeeper:
    """Asks the real doorkeeper; a lesson has no accounts, passwords or sessions of its own."""

    keeper: Doorkeeper
    #: The municipality as the lesson knows it.
    tenant: Tenant

    @property
    def cookie(self) -> str:
        """Name of the session cookie."""
        return self.keeper.cookie

    def visitor(self, token: str | None, *, touch: bool = True) -> Visitor | None:
        """Return who this cookie's value belongs to, or None."""
        return self._here(self.keeper.visitor(token, touch=touch))

    def by_session(self, session: str, *, touch: bool = False) -> Visitor | None:
        """Return who is signed in under this session, or None."""
        return self._here(self.keeper.by_session(session, touch=touch))

    def _here(self, visitor: Visitor | None) -> Visitor | None:
        if visitor is None or visitor.tenant.slug != self.tenant.slug:
            return None
        return replace(visitor, tenant=self.tenant)
