# SPDX-License-Identifier: EUPL-1.2
"""The form speaks plain Dutch (B1) and English; a municipality's own file is checked at start."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core import errors
from core.label import Category
from core.ownreport import Kind, OwnReport
from dashboard.contrast import ink_on
from dashboard.report.form import kinds_of
from dashboard.report.helping import national_help
from dashboard.report.house import load_house
from dashboard.report.picture import Step, draw
from dashboard.report.wording import load_wordings
from tests.dashboard.test_language import OFFICIALESE

WORDINGS = load_wordings()


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_sentences_are_short_and_plain(lang: str) -> None:
    texts = [*WORDINGS[lang].texts.values(), *(p.about[lang] for p in national_help())]
    sentences = [s for text in texts for s in re.split(r"[.!?:]\s", text) if s.strip()]
    assert [s for s in sentences if len(s.split()) > 20] == []
    assert [s for s in sentences if OFFICIALESE.search(s)] == []
    assert sum(len(s.split()) for s in sentences) / len(sentences) <= 10


def test_a_theme_offers_what_there_is_a_name_for() -> None:
    offered = kinds_of((Category.STRAATINTIMIDATIE, Category.AFVAL), WORDINGS["nl"])
    names = [kind.name for kind in offered]
    assert names[-2:] == ["straatintimidatie", "afval"]
    assert "straatintimidatie/volgen" in names
    assert all(WORDINGS["en"].kind(kind) for kind in offered)


def test_the_gravest_of_what_was_ticked_counts() -> None:
    ticked = ("overlast", "straatintimidatie/volgen", "straatintimidatie/sissen")
    own = OwnReport(kinds=tuple(Kind.of(name) for name in ticked))
    assert (own.category, own.subcategory) == (Category.STRAATINTIMIDATIE, None)
    assert OwnReport(kinds=own.kinds[:2]).subcategory == "volgen"


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_letters_can_be_read_on_any_colour() -> None:
    for step in range(0, 256, 5):
        for colour in (f"#{step:02x}{step:02x}{step:02x}", f"#{step:02x}80{255 - step:02x}"):
            low, high = sorted((luminance(colour), luminance(ink_on(colour))))
            assert (high + 0.05) / (low + 0.05) >= 4.5, colour


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kleur = 1", "kleur"),
        ("[colours]\nachtergrond = '#000000'", "achtergrond"),
        ("[colours]\nbrand = 'red; } body { display: none'", "brand"),
        ("logo = '../geheim.svg'", "logo"),
        ("logo = 'logo.html'", "logo"),
        ("logo = 'weg.svg'", "logo"),
        ("logo = 'logo.svg'", "logo_text"),
        ("[texts.fr]\ntitle = 'x'", "fr"),
        ("[[place]]\nname = 'x'", "phone"),
        ("[[place]]\nname='x'\nphone='1;2'\nshown='1'\nsite='https://x'\nnl='x'\nen='x'", "digits"),
        (
            "[[place]]\nname='x'\nphone='112'\nshown='1'\nsite='javascript:1'\nnl='x'\nen='x'",
            "https",
        ),
    ],
)
def test_what_is_odd_in_a_municipalitys_file_is_told(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "logo.svg").write_text("<svg/>")
    (tmp_path / "form.toml").write_text(text)
    with pytest.raises(errors.ConfigurationError, match=re.escape(said)):
        load_house(tmp_path / "form.toml")


@pytest.mark.parametrize(
    "own",
    [{"onbekend": "x"}, {"intro": "{gemeente.__class__}"}, {"intro": "{ander}"}, {"intro": " "}],
)
def test_own_words_cannot_say_what_does_not_fit(own: dict[str, str]) -> None:
    with pytest.raises(errors.ConfigurationError, match=r"form\.toml"):
        WORDINGS["nl"].of(own, "form.toml")


def test_the_drawing_says_in_words_what_it_shows_and_holds_no_markup_of_others() -> None:
    drawn = draw("Titel", [Step(title="Een <b>", text="Wie & wat"), Step(title="Twee", text="x")])
    assert "<desc" in drawn
    assert "Een &lt;b&gt;" in drawn
    assert "<b>" not in drawn
    assert "style=" not in drawn
