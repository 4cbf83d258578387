# SPDX-License-Identifier: EUPL-1.2
"""What was learnt of places and names finds more than the rules do, and keeps nobody's words."""

from __future__ import annotations

import itertools
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from classify.corpus import Example, read_file
from classify.learn_tags import learn_tagger, lessons
from classify.lexicon import fold, shipped_lexicon
from classify.personal import PersonalFinder
from classify.places import PlaceFinder
from classify.refine import refined
from classify.second import with_names
from classify.spans import overlap
from classify.tag_features import WordViewer, ruled, shape, tokens
from classify.tagger import Tagger, Tagging, pack_tagger, rule_spans, unpack_tagger
from core.verdict import Personal, PersonalKind, Place, Span

LEXICON = shipped_lexicon()
PLACES, PEOPLE = PlaceFinder(), PersonalFinder(LEXICON)
LEARNT, HELD_OUT = ("w14", "w16", "w17", "w19", "w23"), "t1"


def corpus(messages: Path, *writers: str) -> list[Example]:
    files = [file for w in writers for file in sorted(messages.glob(f"{w}-*.jsonl"))]
    return [example for file in files for example in read_file(file)]


@pytest.fixture(scope="module")
def tagger(messages: Path) -> Tagger:
    return learn_tagger(lessons(corpus(messages, *LEARNT), LEXICON), seed=3)


@pytest.fixture(scope="module")
def tagging(tagger: Tagger) -> Tagging:
    return Tagging(tagger, LEXICON)


def told(tagging: Tagging, text: str) -> list[tuple[Span, str]]:
    return tagging.spans(text, rule_spans(PLACES.find(text), PEOPLE.find(text)))


def words_of(tagging: Tagging, text: str, kind: str) -> list[str]:
    return [span.of(text) for span, found in told(tagging, text) if found == kind]


def f1(pairs: list[tuple[tuple[Span, ...], list[Span]]]) -> float:
    hits = sum(
        any(overlap(gold, span) >= 0.5 for span in found)
        for right, found in pairs
        for gold in right
    )
    return 2 * hits / sum(len(right) + len(found) for right, found in pairs)


def test_it_finds_more_than_the_rules_with_a_writer_it_never_saw(
    tagging: Tagging, messages: Path
) -> None:
    examples = corpus(messages, HELD_OUT)
    learnt = [
        (e.locations, [s for s, kind in told(tagging, e.text) if kind == "LOC"]) for e in examples
    ]
    by_rule = [(e.locations, list[Span](PLACES.find(e.text))) for e in examples]
    assert f1(learnt) > f1(by_rule) + 0.08


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Fietswrak ligt bij de Lidl", "Lidl"),
        ("er is ingebroken in de Kerkstraat 12", "Kerkstraat 12"),
        ("vechtpartij achter de Jumbo, kom snel", "achter de Jumbo"),
    ],
)
def test_borders_follow_the_written_rule(tagging: Tagging, text: str, place: str) -> None:
    assert words_of(tagging, text, "LOC") == [place]


def test_here_and_at_ours_are_no_place(tagging: Tagging) -> None:
    assert words_of(tagging, "hier bij ons thuis is het stil", "LOC") == []


def test_what_one_writer_alone_uses_is_not_learnt(tagger: Tagger, messages: Path) -> None:
    viewer, users = WordViewer(LEXICON), defaultdict(set)
    for example in corpus(messages, *LEARNT):
        for token in tokens(example.text):
            for trait in viewer.view(token.text).traits:
                users[trait].add(example.writer)
    assert {len(users[trait]) for trait in tagger.traits[1:]} <= {2, 3, 4, 5}


def test_no_known_name_is_kept_by_its_letters(tagger: Tagger) -> None:
    words = {trait[2:] for trait in tagger.traits if trait.startswith("w:")}
    assert not words & LEXICON.names
    assert not {part for pair in tagger.pairs for part in pair[1:].split("|")} & LEXICON.names


def test_packed_and_unpacked_it_says_the_same(tagger: Tagger, messages: Path) -> None:
    again = unpack_tagger(pack_tagger(tagger))
    assert again is not None
    once, twice = Tagging(tagger, LEXICON), Tagging(again, LEXICON)
    texts = [example.text for example in corpus(messages, HELD_OUT)[:100]]
    assert [told(once, text) for text in texts] == [told(twice, text) for text in texts]


def test_a_model_from_before_has_no_tagger() -> None:
    assert unpack_tagger(None) is None
    assert pack_tagger(None) is None


def test_the_same_seed_learns_the_same(messages: Path) -> None:
    material = lessons(corpus(messages, "w19", "w17")[:300], LEXICON)
    one, two = learn_tagger(material, seed=5), learn_tagger(material, seed=5)
    assert one.traits == two.traits
    assert np.array_equal(one.near, two.near)


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(text=st.text(max_size=300))
def test_any_text_gives_disjoint_spans_inside_it(tagging: Tagging, text: str) -> None:
    found = [span for span, _ in told(tagging, text)]
    assert all(0 <= span.start < span.end <= len(text) for span in found)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))


def test_a_text_of_64_kb_is_read_to_its_end(tagging: Tagging) -> None:
    text = ("fiets weg bij de Lidl. " * 2_900)[:65_000] + " bij de Jumbo"
    found = words_of(tagging, text, "LOC")
    assert found[0] == "Lidl"
    assert found[-1] == "Jumbo"
    assert len(found) > 2_000


def test_votes_of_the_encoder_count(tagging: Tagging) -> None:
    text = "gisteren iets geks gezien op de Zandhazert"
    span = Span(start=text.index("Zandhazert"), end=len(text))
    with_vote = tagging.spans(text, [], [(span, "LOC")])
    without = tagging.spans(text, [], [])
    assert (span, "LOC") in with_vote
    assert with_vote != without or (span, "LOC") in without


def test_tokens_of_a_span_begin_once() -> None:
    text = "hoek Kerkstraat/Markt."
    said = ruled(tokens(text), [(Span(start=5, end=21), "LOC")])
    assert said == ["O", "B-LOC", "I-LOC", "I-LOC", "O"]


@pytest.mark.parametrize(
    ("word", "outline"),
    [("Kerkstraat", "Xx"), ("2548", "9999"), ("BX", "X"), ("12a", "9x"), ("fold", "x")],
)
def test_a_word_has_an_outline(word: str, outline: str) -> None:
    assert shape(word) == outline


def test_a_name_found_in_part_is_masked_whole() -> None:
    known = [Personal(start=0, end=6, kind=PersonalKind.NAME)]
    assert with_names(known, [(Span(start=0, end=15), "NAME")]) == (
        Personal(start=0, end=15, kind=PersonalKind.NAME),
    )


def test_a_name_never_swallows_a_telephone_number() -> None:
    phone = Personal(start=5, end=15, kind=PersonalKind.PHONE)
    assert with_names([phone], [(Span(start=0, end=15), "NAME")]) == (phone,)


def test_a_place_of_the_own_list_stays_where_nothing_was_learnt() -> None:
    text = "stank bij De Grauwe Juffer"
    known = Place(start=10, end=26, kind="landmark", key="de grauwe juffer", lat=52.1, lon=4.2)
    assert refined(text, [known], []) == (known,)


def test_letters_beyond_forty_are_not_looked_at(tagging: Tagging) -> None:
    word = "kerk" * 5_000
    assert told(tagging, word) == told(tagging, word)
    assert len(WordViewer(LEXICON).view(fold(word)).form) <= 40
