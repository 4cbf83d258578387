# SPDX-License-Identifier: EUPL-1.2
"""What the form says, in Dutch and English, with a municipality's own words where it has them."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

from core import errors, resources
from core.label import SIGNAL_CATEGORIES
from core.ownreport import Kind

LANGUAGES = ("nl", "en")


@dataclass(frozen=True, kw_only=True, slots=True)
class Wording:
    """One language; ``wording("send")`` is the text of that key."""

    lang: str
    #: Written in the consent ledger: says which words people agreed to.
    version: str
    texts: Mapping[str, str]
    kinds: Mapping[str, str]

    def __call__(self, key: str, **fields: object) -> str:
        """Return a text with its fields filled in."""
        return self.texts[key].format_map(fields)

    def kind(self, kind: Kind) -> str:
        """Return what people call a kind."""
        return self.kinds.get(kind.name) or self.kinds[kind.category.value]

    def of(self, own: Mapping[str, str], where: str) -> Wording:
        """Return it with a municipality's own words; ``ConfigurationError`` when they are odd."""
        if not own:
            return self
        for key, text in own.items():
            _check(where, key, text, self.texts)
        told = "\n".join(f"{key}={own[key]}" for key in sorted(own))
        mark = hashlib.sha256(told.encode()).hexdigest()[:8]
        return Wording(
            lang=self.lang,
            version=f"{self.version}-{mark}"[:32],
            texts={**self.texts, **own},
            kinds=self.kinds,
        )


def load_wordings() -> Mapping[str, Wording]:
    """Read both languages; raise ``ConfigurationError`` where one says less than the other."""
    folder = resources.folder("data") / "texts"
    found = {lang: _read(folder / f"form.{lang}.toml", lang) for lang in LANGUAGES}
    dutch, english = found["nl"], found["en"]
    if set(dutch.texts) != set(english.texts) or set(dutch.kinds) != set(english.kinds):
        raise errors.ConfigurationError("form.nl.toml and form.en.toml name different texts")
    for key, text in english.texts.items():
        _check("form.en.toml", key, text, dutch.texts)
    missing = [c.value for c in SIGNAL_CATEGORIES if c.value not in dutch.kinds]
    if missing:
        raise errors.ConfigurationError(f"form.nl.toml: no name for {', '.join(missing)}")
    return found


def _read(path: Path, lang: str) -> Wording:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        texts, kinds = dict(table["texts"]), dict(table["kinds"])
        return Wording(lang=lang, version=str(table["version"]), texts=texts, kinds=kinds)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise errors.ConfigurationError(f"{path}: cannot read the form's texts") from error


def _check(where: str, key: str, text: object, known: Mapping[str, str]) -> None:
    if key not in known:
        raise errors.ConfigurationError(f"{where}: the form has no text '{key}'")
    if not isinstance(text, str) or not text.strip():
        raise errors.ConfigurationError(f"{where}: text '{key}' must be a text with words")
    if odd := sorted(_fields(where, key, text) - _fields(where, key, known[key])):
        raise errors.ConfigurationError(f"{where}: text '{key}' cannot use {{{odd[0]}}}")


def _fields(where: str, key: str, text: str) -> set[str]:
    try:
        parsed = [part for part in Formatter().parse(text) if part[1] is not None]
    except ValueError as error:
        raise errors.ConfigurationError(f"{where}: text '{key}': {error}") from error
    # Only bare names, so that no wording reaches into an object.
    if any(spec or conversion for _, _, spec, conversion in parsed):
        raise errors.ConfigurationError(f"{where}: text '{key}': fields are bare names")
    return {str(name) for _, name, _, _ in parsed}
