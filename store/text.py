# SPDX-License-Identifier: EUPL-1.2
"""How a citizen's words go into the database and come out of it."""

from __future__ import annotations

import re

from store.seal import Sealer

#: PostgreSQL takes no NUL in a text, and neither database takes half of a surrogate pair.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """Return ``text``, equally long, with what no database accepts replaced by U+FFFD."""
    return _UNSTORABLE.sub("\ufffd", text)


def seal_text(sealer: Sealer, text: str, context: str) -> bytes:
    """Encrypt ``text`` exactly as it is."""
    return sealer.seal(text.encode("utf-8", "surrogatepass"), context)


def open_text(sealer: Sealer, sealed: bytes, context: str) -> str:
    """Decrypt what ``seal_text`` made."""
    return sealer.open(sealed, context).decode("utf-8", "surrogatepass")
