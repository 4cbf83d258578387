# SPDX-License-Identifier: EUPL-1.2
"""Guards the corpus: honest labels, honest variety, honest splits."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path

import pytest

from classify.corpus import Example, corpus_hash, load_corpus, writer_folds
from core import errors
from core.label import SIGNAL_CATEGORIES, Category, load_taxonomy
from core.message import Origin
from core.resources import folder

#: Share of common three-word pieces from which two messages are one message.
ALIKE = 0.5


def shingles(text: str) -> set[str]:
    words = re.sub(r"\W+", " ", text.lower()).split()
    return {" ".join(words[i : i + 3]) for i in range(len(words) - 2)}


def near_duplicates(examples: list[Example]) -> list[tuple[str, str]]:
    """Return pairs that share most of their three-word pieces; only rare pieces are compared."""
    pieces = {e.id: shingles(e.text) for e in examples}
    pair_of = {e.id: e.pair for e in examples}
    holders: dict[str, list[str]] = defaultdict(list)
    for name, found in pieces.items():
        for piece in found:
            holders[piece].append(name)
    shared: Counter[tuple[str, str]] = Counter()
    for names in holders.values():
        if len(names) <= 30:
            shared.update(combinations(names, 2))
    return [
        (a, b)
        for (a, b), count in shared.items()
        if min(len(pieces[a]), len(pieces[b])) >= 4
        and count / len(pieces[a] | pieces[b]) > ALIKE
        and not (pair_of[a] and pair_of[a] == pair_of[b])
    ]


def test_every_message_is_written_anew(corpus: list[Example]) -> None:
    assert near_duplicates(corpus) == []


def test_a_copy_with_one_word_changed_is_noticed(corpus: list[Example]) -> None:
    original = next(e for e in corpus if len(e.text.split()) > 12)
    copy = load_copy(original)
    assert near_duplicates([original, copy]) == [(original.id, copy.id)]


def load_copy(original: Example) -> Example:
    words = original.text.split()
    return Example(
        id="copy",
        batch="x-x",
        writer="x",
        text=" ".join([*words[:-1], "appel"]),
        category=original.category,
    )


def test_texts_and_ids_are_unique(corpus: list[Example]) -> None:
    assert len({e.id for e in corpus}) == len(corpus)
    assert len({re.sub(r"\W+", "", e.text.lower()) or e.text for e in corpus}) == len(corpus)


def test_spans_lie_inside_the_text_and_begin_and_end_on_a_character(corpus: list[Example]) -> None:
    for example in corpus:
        for span in (*example.locations, *example.personal):
            assert 0 <= span.start < span.end <= len(example.text), example.id
            words = span.of(example.text)
            assert words == words.strip(), example.id


#: A place begins with its own words: "bij de Lidl" is "Lidl".
PLAIN_WORDS = re.compile(r"(?:bij|op|aan|naar|richting|vanaf|langs|boven) (?:de|het|een) ")


def test_no_place_begins_with_a_word_that_only_leads_to_it(corpus: list[Example]) -> None:
    entrance = re.compile(r"bij de (?:in|uit)gang|op de hoek van|op een rij")
    wrong = [
        (example.id, span.of(example.text))
        for example in corpus
        for span in example.locations
        if PLAIN_WORDS.match(span.of(example.text)) and not entrance.match(span.of(example.text))
    ]
    assert not wrong


def test_slugs_are_those_of_the_taxonomy(corpus: list[Example]) -> None:
    taxonomy = load_taxonomy(folder("data") / "taxonomy" / "taxonomy.toml")
    free = Counter(
        (e.category.value, e.subcategory)
        for e in corpus
        if e.subcategory and taxonomy[e.category].subcategory(e.subcategory) is None
    )
    # "overig" is a writer's way to say that no kind fits.
    assert {sub for _, sub in free} <= {"overig"}


def test_only_signals_have_an_urgency_and_a_witness(corpus: list[Example]) -> None:
    for example in corpus:
        is_signal = example.category is not Category.GEEN
        assert (example.urgency is not None) is is_signal, example.id
        assert (example.first_hand is not None) is is_signal, example.id


def test_there_are_enough_messages_of_each_kind(corpus: list[Example]) -> None:
    counts = Counter(e.category for e in corpus)
    assert len(corpus) >= 12_000
    assert min(counts[category] for category in SIGNAL_CATEGORIES) >= 500
    assert counts[Category.GEEN] >= 4_500
    assert sum(e.hard for e in corpus if e.category is Category.GEEN) >= 2_000
    assert sum(e.origin is Origin.PUBLIC for e in corpus) >= 1_500


def test_there_are_enough_chats_and_pairs(corpus: list[Example]) -> None:
    chats = Counter(e.chat for e in corpus if e.chat)
    assert sum(length >= 40 for length in chats.values()) >= 60
    assert all(any(e.incident for e in corpus if e.chat == chat) for chat in list(chats)[:10])
    pairs = Counter(e.pair for e in corpus if e.pair)
    assert sum(size >= 2 for size in pairs.values()) >= 300


def test_the_frozen_test_shares_no_writer_and_no_message_with_training(
    corpus: list[Example],
) -> None:
    frozen = load_corpus(folder("data") / "corpora" / "test")
    assert len(frozen) >= 1_000
    assert {e.writer for e in frozen}.isdisjoint(e.writer for e in corpus)
    texts = {e.text.casefold() for e in corpus if len(e.text) > 20}
    assert not [e.id for e in frozen if e.text.casefold() in texts]


def test_there_are_several_writers_and_many_voices(corpus: list[Example]) -> None:
    assert len({e.writer for e in corpus}) >= 20
    assert len({e.batch for e in corpus}) >= 40


def test_validation_never_shares_a_writer_with_training(corpus: list[Example]) -> None:
    folds = writer_folds(corpus)
    for fold in folds:
        train = {corpus[i].writer for i in fold.train}
        assert train.isdisjoint(corpus[i].writer for i in fold.validate)
    assert sorted(i for fold in folds for i in fold.validate) == list(range(len(corpus)))


def test_one_writer_alone_cannot_be_validated(corpus: list[Example]) -> None:
    alone = [e for e in corpus if e.writer == corpus[0].writer]
    with pytest.raises(errors.BadInput, match="at least two writers"):
        writer_folds(alone)


def test_a_broken_line_is_named_without_its_text(tmp_path: Path) -> None:
    (tmp_path / "a-b.jsonl").write_text('{"id": "1", "text": "geheim"}\n', encoding="utf-8")
    with pytest.raises(errors.BadInput, match=r"a-b.jsonl:1") as caught:
        load_corpus(tmp_path)
    assert "geheim" not in str(caught.value)


def test_a_message_of_a_chat_knows_the_ones_before_it(tmp_path: Path) -> None:
    lines = [
        f'{{"id": "{n}", "batch": "a-b", "text": "bericht {n}", "category": "geen", "chat": "c"}}'
        for n in range(9)
    ]
    (tmp_path / "a-b.jsonl").write_text("\n".join(lines), encoding="utf-8")
    examples = load_corpus(tmp_path)
    assert examples[0].context == ()
    assert examples[8].context == tuple(f"bericht {n}" for n in range(2, 8))


def test_the_hash_changes_with_any_character(tmp_path: Path) -> None:
    file = tmp_path / "a-b.jsonl"
    file.write_text("een", encoding="utf-8")
    before = corpus_hash(tmp_path)
    file.write_text("eén", encoding="utf-8")
    assert corpus_hash(tmp_path) != before
