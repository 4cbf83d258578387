# SPDX-License-Identifier: EUPL-1.2
"""Commands as people type them in apps that keep the slash to themselves: ``!status``."""

from __future__ import annotations

import re

from ingest.commands import ALIASES, COMMANDS

_SLASHED = re.compile(rf"(?<![\w/])/({'|'.join((*COMMANDS, *ALIASES))})\b")


def with_marks(text: str) -> str:
    """Return ``text`` with ``!status`` for ``/status``."""
    return _SLASHED.sub(r"!\1", text)
