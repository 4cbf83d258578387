# SPDX-License-Identifier: EUPL-1.2
"""The words of a text in HTML, as somebody would read them aloud."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_BREAKS = frozenset({"br", "p", "div", "li", "tr", "h1", "h2", "h3", "h4", "blockquote"})
_UNREAD = frozenset({"script", "style", "template"})
_SPACE = re.compile(r"[ \t\r\f\v]+")
_LINES = re.compile(r" ?\n[ \n]*")


def words_of(markup: str) -> str:
    """Return the text without tags; paragraphs and breaks become new lines."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return _LINES.sub("\n", _SPACE.sub(" ", "".join(reader.parts))).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where a line ends and where nothing is meant for readers."""
        del attrs
        self._silent += tag in _UNREAD
        if tag in _BREAKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """Go on reading after what was not meant for readers."""
        if tag in _UNREAD and self._silent:
            self._silent -= 1
        if tag in _BREAKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        """Take the words."""
        if not self._silent:
            self.parts.append(data)
