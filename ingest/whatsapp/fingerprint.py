# SPDX-License-Identifier: EUPL-1.2
"""An id for each message of an export, the same in every export of that chat."""

from __future__ import annotations

import hashlib
import unicodedata
from collections import OrderedDict
from datetime import datetime

#: Equal messages further apart than this many others get the same id; nobody says that much
#: in one minute.
_REMEMBERED = 20_000


class Fingerprints:
    """Names messages by minute, writer and words, and counts those that are equal.

    The minute is the one on the phone's clock: iOS writes seconds and Android does not, and the
    hour that comes twice in autumn cannot be told apart in a part of a chat.
    """

    def __init__(self) -> None:
        self._counts: OrderedDict[bytes, int] = OrderedDict()

    def of(self, wall: datetime, author: str, words: str) -> str:
        """Return the id (64 hex) of the next message with these."""
        parts = (wall.strftime("%Y-%m-%dT%H:%M"), _plain(author), _plain(words))
        whole = "\x1f".join(parts).encode("utf-8", "surrogatepass")
        ordinal = self._next(hashlib.sha256(whole).digest())
        return hashlib.sha256(whole + f"\x1f{ordinal}".encode()).hexdigest()

    def _next(self, name: bytes) -> int:
        ordinal = self._counts.pop(name, -1) + 1
        self._counts[name] = ordinal
        if len(self._counts) > _REMEMBERED:
            self._counts.popitem(last=False)
        return ordinal


def _plain(text: str) -> str:
    """Return the text as all phones agree on it."""
    return " ".join(unicodedata.normalize("NFC", text).split())
