# SPDX-License-Identifier: EUPL-1.2
"""The pages speak plain Dutch (B1): short sentences, u, no officialese."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dashboard import render

TEMPLATES = sorted(Path(render.__file__).with_name("templates").glob("*.html"))
OFFICIALESE = re.compile(
    r"\b(teneinde|conform|middels|derhalve|alsmede|dient te|indien|betreffende|inzake|geschiedt|"
    r"jij|jouw|jullie)\b",
    re.IGNORECASE,
)


def sentences(template: Path) -> list[str]:
    """Return what the template itself says."""
    text = template.read_text(encoding="utf-8")
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}", " ", text, flags=re.DOTALL)
    text = re.sub(r"\{\{.*?\}\}", "iets", text, flags=re.DOTALL)
    text = re.sub(r"</(p|li|h\d|td|th|dt|dd|label|button|summary|option|a)>|<br>", ". ", text)
    text = re.sub(r"<[^>]+>", " ", text)
    return [" ".join(s.split()) for s in re.split(r"[.!?:]\s", text) if s.strip()]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_sentences_are_short_and_plain(template: Path) -> None:
    found = sentences(template)
    assert [s for s in found if len(s.split()) > 20] == []
    assert [s for s in found if OFFICIALESE.search(s)] == []
