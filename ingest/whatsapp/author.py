# SPDX-License-Identifier: EUPL-1.2
"""Who wrote a line of an export."""

from __future__ import annotations

import re

from ingest.whatsapp.phrases import quotes_somebody, unmarked

#: No name in an address book is longer.
_LONGEST = 100
_COLON = re.compile(r":(?:[ \u00a0\u202f]|$)", re.MULTILINE)


def split_author(rest: str) -> tuple[str, str] | None:
    """Return who and what behind date and time; None for a line that WhatsApp wrote."""
    found = _COLON.search(rest, 0, _LONGEST + 2)
    if not found:
        return None
    name = unmarked(rest[: found.start()])
    # "Jan heeft het onderwerp gewijzigd van "A: b" …" has a colon and no writer.
    if not name or quotes_somebody(name):
        return None
    # WhatsApp puts "~" before the name of somebody who is in no address book; the next export
    # can come from a phone that knows him.
    return name.removeprefix("~").strip() or name, rest[found.end() :]
