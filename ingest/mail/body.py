# SPDX-License-Identifier: EUPL-1.2
"""The text of a mail, whatever it was packed in: parts, transfer encodings, character sets."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from email.message import Message

from ingest.mail.flowed import unflowed
from ingest.mail.markup import words_of

#: Parts and depth that no mail program makes.
_MOST_PARTS, _DEEPEST = 200, 20
#: What comes after this many characters is an old conversation, or meant to keep us busy.
_MOST_CHARACTERS = 200_000
#: Encodings that are no character set of a mail, or take very long on purpose.
_REFUSED = frozenset({"utf-7", "idna", "punycode", "unicode-escape", "raw-unicode-escape", "hz"})


def text_of(mail: Message) -> str:
    """Return the text: the plain part when there is one, else what the HTML part shows."""
    found: dict[str, Message] = {}
    for part in _parts(mail):
        kind = part.get_content_type()
        if kind in {"text/plain", "text/html"} and not _attached(part):
            found.setdefault(kind, part)
    plain = _plain(found["text/plain"]) if "text/plain" in found else ""
    if plain.strip() or "text/html" not in found:
        return plain
    return words_of(_decoded(found["text/html"]))


def _parts(mail: Message) -> Iterator[Message]:
    """Give every part in order; a mail inside the mail is an attachment and stays closed."""
    waiting, seen = [(mail, 0)], 0
    while waiting and seen < _MOST_PARTS:
        part, depth = waiting.pop()
        seen += 1
        inside = part.get_payload()
        if not part.is_multipart():
            yield part
        elif part.get_content_maintype() == "multipart" and depth < _DEEPEST:
            below = inside if isinstance(inside, list) else []
            waiting += [(each, depth + 1) for each in reversed(below) if isinstance(each, Message)]


def _attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or part.get_filename() is not None


def _plain(part: Message) -> str:
    text = _decoded(part)
    if _param(part, "format") != "flowed":
        return text
    return unflowed(text, delsp=_param(part, "delsp") == "yes")


def _param(part: Message, name: str) -> str:
    value = part.get_param(name)
    return value.strip().lower() if isinstance(value, str) else ""


def _decoded(part: Message) -> str:
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return ""
    return "\n".join(_in_charset(raw, _param(part, "charset"))[:_MOST_CHARACTERS].splitlines())


def _in_charset(raw: bytes, named: str) -> str:
    """Return the text; a wrong or missing name costs single characters at most."""
    try:
        name = codecs.lookup(named or "us-ascii").name
    except (LookupError, ValueError):
        name = "ascii"
    if name.replace("_", "-") in _REFUSED:
        name = "ascii"
    if name == "iso8859-1":
        # What calls itself Latin-1 is mostly what Windows makes of it.
        name = "cp1252"
    for each in (name, "utf-8", "cp1252"):
        try:
            return raw.decode(each)
        except (UnicodeError, LookupError):
            continue
    return raw.decode("utf-8", "replace")
