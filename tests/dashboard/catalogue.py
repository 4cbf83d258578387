# SPDX-License-Identifier: EUPL-1.2
"""Finds every sentence that a page can say: in templates, modules, scripts and the taxonomy."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from core import resources
from core.label import load_taxonomy
from dashboard import render
from dashboard.assets import Assets
from dashboard.tongue import SCRIPT

HOUSE = Path(render.__file__).parent
TEMPLATES = sorted((HOUSE / "templates").glob("*.html"))
MODULES = sorted(HOUSE.rglob("*.py"))
SCRIPTS = sorted((HOUSE / "static" / "js").glob("*.js"))

#: (context, sentence or the two that go with a number)
Key = tuple[str, str | tuple[str, str]]


def used() -> set[Key]:
    """Return all of them."""
    return {*in_templates(), *in_modules(), *in_scripts(), *in_taxonomy()}


def in_templates() -> Iterator[Key]:
    """Yield what templates mark with ``_()`` or ``{% trans %}``."""
    jinja = render.environment(Assets())
    for path in TEMPLATES:
        source = path.read_text(encoding="utf-8")
        for _, function, found in jinja.extract_translations(source):  # type: ignore[attr-defined]
            texts = [found] if isinstance(found, str) else [text for text in found if text]
            yield ("", (texts[0], texts[1])) if function == "ngettext" else ("", texts[0])


def in_modules() -> Iterator[Key]:
    """Yield what modules hand to ``say`` and ``count``."""
    for path in MODULES:
        source = path.read_text(encoding="utf-8")
        # The report form has a ``say`` of its own, with keys and wording of its own.
        if "from dashboard.spoken import" not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                texts = [a.value for a in node.args if isinstance(a, ast.Constant)]
                if node.func.id == "say" and texts:
                    yield "", str(texts[0])
                if node.func.id == "count" and len(texts) >= 2:
                    yield "", (str(texts[0]), str(texts[1]))


def in_scripts() -> Iterator[Key]:
    """Yield what scripts hand to ``zeg``."""
    for path in SCRIPTS:
        for text in re.findall(r'\bzeg\("([^"]+)"', path.read_text(encoding="utf-8")):
            yield SCRIPT, text


def in_taxonomy() -> Iterator[Key]:
    """Yield names and meanings of categories and kinds as we ship them."""
    path = resources.folder("data") / "taxonomy" / "taxonomy.toml"
    for info in load_taxonomy(path).categories.values():
        yield "", info.name
        yield "", info.description
        for sub in info.subcategories:
            yield "", sub.name
