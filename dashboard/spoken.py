# SPDX-License-Identifier: EUPL-1.2
"""A text that waits for its reader: made without knowing the language, said in the reader's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, SupportsIndex

from core.label import CategoryInfo, Taxonomy
from dashboard.tongue import DUTCH, Tongue


class Spoken(str):
    """A text for people; as a plain string it is Dutch, ``heard`` gives another language."""

    __slots__ = ("_said",)
    _said: Callable[[Tongue], str]

    def __new__(cls, said: Callable[[Tongue], str]) -> Spoken:
        """Make it from what it says in each language."""
        made = super().__new__(cls, said(DUTCH))
        made._said = said
        return made

    def within(self, tongue: Tongue) -> str:
        """Return the text in one language."""
        return self._said(tongue)

    def lower(self) -> Spoken:
        """Return it in small letters, in each language."""
        return Spoken(lambda tongue: self.within(tongue).lower())

    def capitalize(self) -> Spoken:
        """Return it with one capital, in each language."""
        return Spoken(lambda tongue: self.within(tongue).capitalize())

    def __add__(self, other: str) -> Spoken:
        """Return both, one after the other."""
        return Spoken(lambda tongue: self.within(tongue) + heard(tongue, other))

    def __radd__(self, other: str) -> Spoken:
        """Return both, one after the other."""
        return Spoken(lambda tongue: heard(tongue, other) + self.within(tongue))

    def __reduce_ex__(self, _protocol: SupportsIndex) -> tuple[Any, ...]:
        """Copies and pickles are plain Dutch."""
        return str, (str(self),)


def say(dutch: str, **fields: object) -> Spoken:
    """Return the sentence, ``%(name)s`` filled in; the catalogue knows it by its Dutch."""
    return Spoken(lambda tongue: tongue.text(dutch) % heard(tongue, fields))


def count(one: str, more: str, n: int, **fields: object) -> Spoken:
    """Return the sentence that goes with ``n``, which it may name as ``%(n)s``."""
    return Spoken(lambda tongue: tongue.count(one, more, n) % heard(tongue, {"n": n, **fields}))


def known(dutch: str) -> Spoken:
    """Return a text of a file that a municipality may change; unknown ones stay Dutch."""
    return Spoken(lambda tongue: tongue.text(dutch))


def joined(glue: str, parts: Iterable[str]) -> Spoken:
    """Return the parts with ``glue`` between them."""
    whole = tuple(parts)
    return Spoken(lambda tongue: heard(tongue, glue).join(heard(tongue, part) for part in whole))


def heard(tongue: Tongue, value: Any) -> Any:
    """Return a value, with every text inside lists and tables in one language."""
    if isinstance(value, Spoken):
        return value.within(tongue)
    if isinstance(value, Mapping):
        return {heard(tongue, key): heard(tongue, found) for key, found in value.items()}
    if type(value) in (list, tuple):
        return type(value)(heard(tongue, found) for found in value)
    return value


def spoken_taxonomy(taxonomy: Taxonomy) -> Taxonomy:
    """Return the taxonomy with names and meanings that every language knows."""
    return Taxonomy(
        {category: _with(known, info) for category, info in taxonomy.categories.items()}
    )


def plain_taxonomy(taxonomy: Taxonomy) -> Taxonomy:
    """Return the taxonomy in plain Dutch, for what leaves the house."""
    return Taxonomy({category: _with(str, info) for category, info in taxonomy.categories.items()})


def _with(change: Callable[[str], str], info: CategoryInfo) -> CategoryInfo:
    subs = tuple(replace(sub, name=change(sub.name)) for sub in info.subcategories)
    return replace(
        info, name=change(info.name), description=change(info.description), subcategories=subs
    )
