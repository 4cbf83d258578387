# SPDX-License-Identifier: EUPL-1.2
"""The words of an HTML mail, in lines; quoted ones begin with ``>``, hidden ones are left out."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_SILENT = frozenset({"script", "style", "head", "title", "template", "noscript"})
_BLOCKS = frozenset(
    {
        *("p", "div", "br", "li", "tr", "table", "ul", "ol", "hr", "blockquote", "pre"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "section", "article"),
    }
)
#: These have no end tag.
_VOID = frozenset({"br", "hr", "img", "meta", "link", "input", "wbr", "col", "area", "base"})
_SIGNATURE = re.compile(r"gmail_signature|moz-signature|\bsignature\b", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
#: Deeper than this nobody nests by hand.
_DEEPEST = 500


def words_of(html: str) -> str:
    """Return the text as a reader sees it."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = []
        self._line: list[str] = []
        #: Open elements: name, whether it hides its words, whether it quotes.
        self._open: list[tuple[str, bool, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line, a quote or something that is not read."""
        if tag in _BLOCKS:
            self._break()
        if tag in _VOID or len(self._open) >= _DEEPEST:
            return
        given = {name: value or "" for name, value in attrs}
        named = f"{given.get('class', '')} {given.get('id', '')}"
        hidden = (
            tag in _SILENT
            or "hidden" in given
            or bool(_HIDDEN.search(given.get("style", "")))
            or bool(_SIGNATURE.search(named))
        )
        self._open.append((tag, hidden, tag == "blockquote"))

    def handle_endtag(self, tag: str) -> None:
        """End what was begun last under this name, with all that was left open in it."""
        if tag in _BLOCKS:
            self._break()
        for index in range(len(self._open) - 1, -1, -1):
            if self._open[index][0] == tag:
                del self._open[index:]
                return

    def handle_data(self, data: str) -> None:
        """Take words."""
        if not any(hidden for _, hidden, _ in self._open):
            self._line.append(data)

    def text(self) -> str:
        """Return all lines."""
        self._break()
        return "\n".join(self._lines)

    def _break(self) -> None:
        line = re.sub(r"[ \t\r\n\f\u00a0]+", " ", "".join(self._line)).strip()
        self._line = []
        if line:
            quoted = any(quote for _, _, quote in self._open)
            self._lines.append(f"> {line}" if quoted else line)
        elif self._lines and self._lines[-1]:
            self._lines.append("")
