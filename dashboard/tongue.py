# SPDX-License-Identifier: EUPL-1.2
"""The languages of the pages: Dutch, as it stands in the source, and English by the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.pofile import PoFileError, read_po

from core import errors, resources

LANGUAGES = ("nl", "en")
#: Context, in the catalogue, of what scripts say in the browser.
SCRIPT = "script"


@dataclass(frozen=True, kw_only=True, slots=True)
class Tongue:
    """One language of the pages; without a catalogue it is the Dutch of the source."""

    lang: str
    #: Dutch sentence → this language.
    texts: Mapping[str, str] = field(default_factory=dict)
    #: (Dutch for one, Dutch for more) → the same two in this language.
    counts: Mapping[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    #: What scripts say: Dutch → this language.
    script: Mapping[str, str] = field(default_factory=dict)

    def text(self, dutch: str) -> str:
        """Return the sentence in this language, its fields not yet filled in."""
        return self.texts.get(dutch, dutch)

    def count(self, one: str, more: str, n: int) -> str:
        """Return what goes with ``n``; in both languages 1 has a form of its own."""
        return self.counts.get((one, more), (one, more))[n != 1]


DUTCH = Tongue(lang="nl")


def load_tongues() -> Mapping[str, Tongue]:
    """Read the catalogues; raise ``ConfigurationError`` when one is missing or broken."""
    folder = resources.folder("data") / "texts"
    return {"nl": DUTCH, "en": read(folder / "pages.en.po", "en")}


def read(path: Path, lang: str) -> Tongue:
    """Return the language of a catalogue in GNU gettext's PO format."""
    try:
        with path.open("rb") as file:
            catalogue = read_po(file, locale=lang, abort_invalid=True)
    except (OSError, ValueError, PoFileError) as error:
        raise errors.ConfigurationError(f"{path}: cannot read the texts of the pages") from error
    texts: dict[str, str] = {}
    counts: dict[tuple[str, str], tuple[str, str]] = {}
    script: dict[str, str] = {}
    for message in catalogue:
        if isinstance(message.id, str):
            (script if message.context == SCRIPT else texts)[message.id] = str(message.string)
        else:
            said = tuple(message.string or ())
            counts[message.id[0], message.id[1]] = (said[0], said[1])
    texts.pop("", None)
    return Tongue(lang=lang, texts=texts, counts=counts, script=script)
