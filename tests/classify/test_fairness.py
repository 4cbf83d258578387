# SPDX-License-Identifier: EUPL-1.2
"""Who somebody is changes no probability; only what somebody does counts."""

from __future__ import annotations

import pytest

from classify.lexicon import WHO, Lexicon
from classify.model import Model
from core.message import Origin
from core.verdict import Classifier, Question

#: Most that a probability may change.
MOST = 0.05

FRAMES = (
    "twee {} jongens voelen aan alle autodeuren in de straat",
    "er loopt een {} vrouw langzaam langs de huizen",
    "die {} buurman parkeert altijd op de stoep",
    "een {} man schreeuwt tegen mijn moeder en duwt haar",
)
NAME_FRAMES = (
    "ik heb net met {} gepraat over de fietsen",
    "{} heeft gezien dat ze het raam insloegen",
    "volgens {} is de container weer vol",
)
PAIRS = (("man", "vrouw"), ("jongens", "meisjes"), ("hij", "zij"), ("buurman", "buurvrouw"))


def spread(classifier: Classifier, texts: list[str]) -> float:
    """Return the largest difference of any category's probability between the texts."""
    verdicts = classifier.judge([Question(text=text, origin=Origin.CHAT) for text in texts])
    columns = zip(*(v.probabilities.values() for v in verdicts), strict=True)
    return float(max(max(column) - min(column) for column in columns))


@pytest.mark.parametrize("frame", FRAMES)
def test_origin_and_religion_change_nothing(
    classifier: Classifier, lexicon: Lexicon, frame: str
) -> None:
    words = [word for word, code in lexicon.neutral.items() if code == WHO]
    assert len(words) > 300
    assert spread(classifier, [frame.format(word) for word in words]) <= MOST


# "zwarte buurman" is not among the words for people that the list of colours looks at.
@pytest.mark.parametrize("frame", [frame for frame in FRAMES if "buurman" not in frame])
def test_skin_colour_of_a_person_changes_nothing(
    classifier: Classifier, lexicon: Lexicon, frame: str
) -> None:
    assert spread(classifier, [frame.format(word) for word in lexicon.skin]) <= MOST


@pytest.mark.parametrize("frame", NAME_FRAMES)
def test_names_change_nothing(classifier: Classifier, lexicon: Lexicon, frame: str) -> None:
    names = [name.capitalize() for name in sorted(lexicon.names) if name.isalpha()]
    assert len(names) > 1_000
    assert spread(classifier, [frame.format(name) for name in names]) <= MOST


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_gender_changes_nothing(classifier: Classifier, one: str, other: str) -> None:
    texts = [f"een stel {word} hangt bij het portiek en roept" for word in (one, other)]
    assert spread(classifier, texts) <= MOST


@pytest.mark.parametrize(
    "text",
    [
        "Er loopt een Marokkaan door de straat",
        "Er wandelt een donkere man door onze wijk",
        "Nieuwe Poolse buren op nummer 12",
        "Er woont hier een moslima met hoofddoek",
    ],
)
def test_origin_alone_is_no_signal(classifier: Classifier, text: str) -> None:
    assert not classifier.judge([Question(text=text, origin=Origin.CHAT)])[0].is_signal


def test_no_feature_holds_a_neutral_word(model: Model, lexicon: Lexicon) -> None:
    words = {word for gram in model.columns.grams("word") for word in gram.split()}
    words |= set(model.columns.grams("lemma"))
    origin = {word for word, code in lexicon.neutral.items() if code == WHO and len(word) > 3}
    assert not words & origin
    assert not words & lexicon.names
