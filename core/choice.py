# SPDX-License-Identifier: EUPL-1.2
"""What one member wants: a no holds at once, a yes only from when it was said."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

Choice = Literal["ja", "nee"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """Where a member stands, after all that they ever said."""

    choice: Choice | None = None
    #: From when they say yes.
    since: datetime | None = None
    #: When they last said no.
    refused_at: datetime | None = None

    def then(self, choice: Choice, at: datetime) -> Wish:
        """Return the wish after a word said at ``at``; a yes from before the no is no news."""
        if choice == "nee":
            return Wish(choice="nee", refused_at=max(self.refused_at or at, at))
        if self.outlives(at):
            return self
        return replace(self, choice="ja", since=min(self.since or at, at))

    def outlives(self, at: datetime) -> bool:
        """Whether their last no still counts against a yes that was said at ``at``."""
        return self.refused_at is not None and at <= self.refused_at

    def refuses(self, sent_at: datetime) -> bool:
        """Whether what they wrote then must stay unread: a new yes opens nothing older."""
        if self.choice == "nee":
            return True
        return self.refused_at is not None and not self.agrees(sent_at)

    def agrees(self, sent_at: datetime) -> bool:
        """Whether they had said yes when they wrote it, and still do."""
        return self.choice == "ja" and self.since is not None and sent_at >= self.since
