# SPDX-License-Identifier: EUPL-1.2
"""One catalogue for both languages: nothing lacks English, nothing is left over or loose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from core import errors, resources
from dashboard.tongue import load_tongues, read
from tests.dashboard.catalogue import SCRIPTS, TEMPLATES, Key, used

CATALOGUE = resources.folder("data") / "texts" / "pages.en.po"
#: What is the same in every language: names, formats, keys and units.
SAME = frozenset(
    {
        "Buurtsignaal",
        "CSV",
        "JSON",
        "LMC",
        "F1",
        "SHA-256",
        "API",
        "OpenAPI",
        "Esc",
        "English",
        "Nederlands",
    }
)
#: Words of the catalogue that English shares with Dutch.
ALIKE = re.compile(
    r"(Telegram|Matrix|XMPP|Mastodon|Bluesky|X|AMBER Alert|Upload|Version|Contact|Filters|Accounts|"
    r"App|Tokens|Incident: .*|Kappa|McNemar, p|open|Open|School|Graffiti|Model|e-mail|"
    r"account %\(username\)s|\(demo\)|%\(\w+\)s min|%\(name\)s, %\(places\)s.*)"
)
_FIELD = re.compile(r"%\((\w+)\)s")
_TAG = re.compile(r"</?(\w+)")
_JINJA = re.compile(r"\{#.*?#\}|\{% trans.*?endtrans %\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_CLASS = re.compile(r"\{% block bodyclass %\}.*?\{% endblock %\}")
_SPOKEN = re.compile(r'\b(?:aria-label|title|alt|placeholder)="([^"]*)"')


def english() -> dict[Key, tuple[str, ...]]:
    """Return the catalogue: sentence (or two) to English."""
    with CATALOGUE.open("rb") as file:
        found = read_po(file, locale="en", abort_invalid=True)
    catalogue: dict[Key, tuple[str, ...]] = {}
    for message in found:
        if message.id:
            said = message.string
            one: Key = (
                message.context or "",
                message.id if isinstance(message.id, str) else (message.id[0], message.id[1]),
            )
            catalogue[one] = (said,) if isinstance(said, str) else tuple(said or ())
    return catalogue


def pairs() -> Iterator[tuple[str, str]]:
    """Yield each Dutch sentence with its English."""
    for (_, dutch), said in english().items():
        yield from zip((dutch,) if isinstance(dutch, str) else dutch, said, strict=True)


def test_nothing_that_a_page_says_lacks_english() -> None:
    assert sorted(map(str, used() - set(english()))) == []


def test_the_catalogue_holds_nothing_that_no_page_says() -> None:
    assert sorted(map(str, set(english()) - used())) == []


def test_no_english_is_empty_or_still_dutch() -> None:
    assert [dutch for dutch, said in pairs() if not said.strip()] == []
    assert [d for d, said in pairs() if d == said and not ALIKE.fullmatch(d)] == []


def test_both_languages_have_the_same_fields_and_the_same_markup() -> None:
    for dutch, said in pairs():
        assert sorted(_FIELD.findall(said)) == sorted(_FIELD.findall(dutch)), dutch
        assert sorted(_TAG.findall(said)) == sorted(_TAG.findall(dutch)), dutch
        # Spaces at the ends join it to what stands beside it.
        assert (said[:1].isspace(), said[-1:].isspace()) == (
            dutch[:1].isspace(),
            dutch[-1:].isspace(),
        ), dutch


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_no_template_says_anything_past_the_catalogue(template: Path) -> None:
    bare = _JINJA.sub(" ", _CLASS.sub("", template.read_text(encoding="utf-8")))
    said = [*_SPOKEN.findall(bare), re.sub(r"<[^>]*>", " ", bare)]
    loose = {word for text in said for word in re.findall(r"[A-Za-zÀ-ÿ][\w-]+", text)}
    assert loose - SAME - {"nbsp", "amp", "lt", "gt"} == set()


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_no_script_says_anything_past_the_catalogue(script: Path) -> None:
    source = re.sub(r"^\s*(//|/?\*).*$", "", script.read_text(encoding="utf-8"), flags=re.MULTILINE)
    source = re.sub(r'\bzeg\("[^"]+"', "", source)
    texts = re.findall(r'"([^"\n]*)"|`([^`]*)`', source)
    loose = [a or b for a, b in texts if re.search(r"[a-zà-ÿ]{2,}[.,:]? [a-zà-ÿ]{2,}", a or b)]
    # Selectors, media queries, class names and errors for developers.
    kept = re.compile(
        r"[#.\[]|--|^\(prefers-|^input, select|^not one of|^click keypress$|^map layer|session"
    )
    assert [text for text in loose if not kept.search(text)] == []


def test_a_catalogue_that_cannot_be_read_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(errors.ConfigurationError, match="texts of the pages"):
        read(tmp_path / "pages.en.po", "en")
    broken = tmp_path / "broken.po"
    broken.write_text('msgid "een"\nmsgid "twee"\nfout\n', encoding="utf-8")
    with pytest.raises(errors.ConfigurationError, match=r"broken\.po"):
        read(broken, "en")


def test_both_languages_are_there() -> None:
    tongues = load_tongues()
    assert tongues["nl"].text("Inloggen") == "Inloggen"
    assert tongues["en"].text("Inloggen") == "Sign in"
    assert tongues["en"].text("een zin die niemand kent") == "een zin die niemand kent"
