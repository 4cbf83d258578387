# SPDX-License-Identifier: EUPL-1.2
"""Has the line forget what was said in a group that changed beside it.

A withdrawal on a page, a stricter mode, a command on another process: the line hears of those
only with the next message of the group. Until then its memory would hold what nobody may use.
"""

from __future__ import annotations

from collections.abc import Callable

from store.database import Store

#: Events that are read at once.
_PAGE = 500
#: Kind of the event that every change of a group leaves.
_KIND = "group.changed"


class ChangedGroups:
    """Reads which groups changed since the last look; call ``look`` from one thread at a time."""

    def __init__(self, store: Store, forget: Callable[[str], None]) -> None:
        self._store = store
        self._forget = forget
        self._last: int | None = None

    def look(self) -> None:
        """Have each group forgotten that changed; the first look only remembers where it was."""
        with self._store.read() as work:
            newest = work.events.last_id()
            if self._last is None or newest < self._last:
                self._last = newest
        while self._page():
            continue

    def _page(self) -> bool:
        with self._store.read() as work:
            found = work.events.after(None, self._last or 0, _PAGE)
        for group in {event.ref for event in found if event.kind == _KIND}:
            self._forget(group)
        if found:
            self._last = found[-1].id
        return len(found) == _PAGE
