# SPDX-License-Identifier: EUPL-1.2
"""The shipped classifier on messages that are in no corpus."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from classify.pipeline import load_classifier
from core.label import Category, Urgency
from core.message import Origin
from core.resources import folder
from core.verdict import Classifier, Question, Verdict


def judge(classifier: Classifier, text: str, *context: str) -> Verdict:
    return classifier.judge([Question(text=text, context=context, origin=Origin.CHAT)])[0]


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("Vannacht is er bij ons ingebroken, achterdeur geforceerd en alles overhoop", "inbraak"),
        ("Mijn fiets is gestolen voor het station, slot doorgeknipt", "voertuigcriminaliteit"),
        ("Er wordt gevochten op het plein, een man heeft een mes!", "geweld"),
        ("Er ligt weer grofvuil naast de container, matras en bankstel", "afval"),
        (
            "De lantaarnpaal voor ons huis is al weken kapot, het is hier pikdonker",
            "openbare-ruimte",
        ),
        ("Auto staat weer dubbel geparkeerd op de stoep, ik kan er niet langs", "foutparkeren"),
        ("Roestig fietswrak zonder wielen staat al maanden vast aan het hek", "wrakken"),
        ("Onze dochter van 8 is al een uur zoek, wie heeft haar gezien?", "vermissing"),
    ],
)
def test_plain_signals_are_seen(classifier: Classifier, text: str, category: str) -> None:
    assert judge(classifier, text).category == category


@pytest.mark.parametrize(
    "text",
    [
        "Wie heeft er nog verhuisdozen over? Kom ze zo halen",
        "Dank jullie wel allemaal, fijne avond!",
        "Gefeliciteerd met je verjaardag buurvrouw",
        "Morgen barbecue in het park, wie neemt salade mee?",
        "Wanneer wordt het oud papier opgehaald?",
    ],
)
def test_small_talk_is_no_signal(classifier: Classifier, text: str) -> None:
    assert not judge(classifier, text).is_signal


def test_an_emergency_is_urgent(classifier: Classifier) -> None:
    verdict = judge(classifier, "Help, ze slaan nu een jongen in elkaar voor mijn deur, bel 112!!")
    assert verdict.category is Category.GEWELD
    assert verdict.urgency is Urgency.SPOED


def test_what_ends_a_signal_says_so_and_is_none(classifier: Classifier) -> None:
    verdict = judge(classifier, "Loos alarm, het was gewoon de buurman die zijn sleutel kwijt was")
    assert verdict.category is Category.GEEN
    assert verdict.closes
    assert verdict.probability > 0.9


@pytest.mark.parametrize("follow_up", ["hij loopt nu richting de Lidl", "zwarte jas, capuchon"])
def test_a_follow_up_is_a_signal_for_what_came_before_it(
    classifier: Classifier, follow_up: str
) -> None:
    first = "Vannacht is er ingebroken bij nummer 14, de inbreker is nog binnen"
    assert judge(classifier, first).category is Category.INBRAAK
    assert judge(classifier, follow_up, first, "Goedemorgen").is_signal


def test_thanks_after_a_signal_stay_thanks(classifier: Classifier) -> None:
    first = "Er wordt nu ingebroken bij nummer 14, ik zie een man door het raam klimmen"
    assert not judge(classifier, "Dank je wel voor het melden!", first).is_signal


def test_every_signal_points_at_its_words(classifier: Classifier) -> None:
    text = "Vanochtend lag er een matras naast de container"
    verdict = judge(classifier, text)
    words = " ".join(span.of(text) for span in verdict.evidence)
    assert "matras" in words or "container" in words
    assert all(span.weight > 0 for span in verdict.evidence)
    assert all(text[span.start - 1 : span.start] in {"", " "} for span in verdict.evidence)


def test_personal_data_and_place_come_with_the_verdict(classifier: Classifier) -> None:
    text = "Grofvuil voor Lindestraat 12, bel mevrouw Jansen op 06-12345678"
    verdict = judge(classifier, text)
    assert [place.key for place in verdict.places] == ["lindestraat 12"]
    assert {span.of(text) for span in verdict.personal} == {"Jansen", "06-12345678"}


def test_a_tenant_can_change_what_mistakes_cost(active: Path, tmp_path: Path) -> None:
    shipped = (folder("data") / "classify" / "thresholds.toml").read_text(encoding="utf-8")
    own = tmp_path / "thresholds.toml"
    own.write_text(re.sub(r"false_alarm = .*", "false_alarm = 1e-5", shipped), encoding="utf-8")
    anxious = load_classifier(active, thresholds=own)
    text = "Wie heeft er nog verhuisdozen over? Kom ze zo halen"
    assert not judge(load_classifier(active), text).is_signal
    assert judge(anxious, text).is_signal


def test_a_question_never_shows_its_text(classifier: Classifier) -> None:
    assert "geheim" not in repr(Question(text="geheim"))
    assert "geheim" not in repr(judge(classifier, "geheim"))


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "piece",
    [
        "1.",
        "1-",
        "a.",
        "a@",
        "@",
        "€1",
        "'a",
        "a-",
        "straat 1 ",
        "hoek van de ",
        "06-",
        "NL91",
        "A. ",
    ],
)
def test_a_nasty_text_of_64_kb_does_not_keep_the_others_waiting(
    classifier: Classifier, piece: str
) -> None:
    text = piece * (64_000 // len(piece))

    assert judge(classifier, text).probabilities
