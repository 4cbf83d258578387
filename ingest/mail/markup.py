# SPDX-License-Identifier: EUPL-1.2
"""The words of an HTML mail, in lines; quoted ones begin with ``>``, hidden ones are left out.

Not the standard library's parser: two hundred thousand unfinished tags keep it busy for minutes.
This one looks at each character once, and asks no more of the HTML than mail programs make.
"""

from __future__ import annotations

import re
from html import unescape

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
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:-]{0,40})")
_ATTRIBUTE = re.compile(r"([A-Za-z-]{1,40})(?:\s{0,9}=\s{0,9}(\"[^\"]*\"|'[^']*'|[^\s\"']+))?")
#: More of a tag is not looked at.
_LONGEST_TAG = 1_000
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
#: Deeper than this nobody nests by hand.
_DEEPEST = 100


def words_of(html: str) -> str:
    """Return the text as a reader sees it."""
    reader, at = _Reader(), 0
    while at < len(html):
        start = html.find("<", at)
        reader.handle_data(unescape(html[at : start if start >= 0 else len(html)]))
        if start < 0:
            break
        at = _after_tag(html, start, reader)
    return reader.text()


def _after_tag(html: str, start: int, reader: _Reader) -> int:
    """Handle what begins at ``start`` and return where it ends; what never ends ends the mail."""
    if html.startswith("<!--", start):
        end = html.find("-->", start + 4)
        return end + 3 if end >= 0 else len(html)
    found = _TAG.match(html, start)
    if found is None and not html.startswith(("<!", "<?"), start):
        reader.handle_data("<")
        return start + 1
    end = html.find(">", start)
    if end < 0:
        return len(html)
    if found and found[1]:
        reader.handle_endtag(found[2].lower())
    elif found:
        reader.handle_starttag(found[2].lower(), _attributes(html[found.end() : end]))
    return end + 1


def _attributes(inside: str) -> dict[str, str]:
    found = _ATTRIBUTE.findall(inside[:_LONGEST_TAG])
    return {name.lower(): unescape(value.strip("\"'")) for name, value in found}


class _Reader:
    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line: list[str] = []
        #: Open elements: name, whether it hides its words, whether it quotes.
        self._open: list[tuple[str, bool, bool]] = []

    def handle_starttag(self, tag: str, given: dict[str, str]) -> None:
        """Begin a line, a quote or something that is not read."""
        if tag in _BLOCKS:
            self._break()
        if tag in _VOID or len(self._open) >= _DEEPEST:
            return
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
