# SPDX-License-Identifier: EUPL-1.2
"""Our transformers keep scikit-learn's grammar and ours."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_union
from sklearn.utils import estimator_checks as checks

from classify.cues import CUES, cues
from classify.features import CueVectorizer, GramVectorizer

DOCUMENTS = ["er staat een fiets", "een fiets is weg", "de muziek staat hard", "fiets fiets fiets"]
KINDS = ("word", "char", "lemma")


# ``parametrize_with_checks`` refuses estimators of strings as a whole; these need no numbers.
CHECKS = (
    "check_do_not_raise_errors_in_init_or_set_params",
    "check_estimator_cloneable",
    "check_estimator_repr",
    "check_estimator_tags_renamed",
    "check_get_params_invariance",
    "check_mixin_order",
    "check_no_attributes_set_in_init",
    "check_parameters_default_constructible",
    "check_set_params",
    "check_valid_tag_types",
)


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("estimator", [GramVectorizer(), CueVectorizer()], ids=repr)
def test_scikit_learn_finds_no_fault(estimator: Any, check: str) -> None:
    run: Callable[[str, Any], None] = getattr(checks, check)
    run(type(estimator).__name__, estimator)


def test_not_fitted_is_said_so() -> None:
    for estimator in (GramVectorizer(), CueVectorizer()):
        with pytest.raises(NotFittedError):
            estimator.transform(DOCUMENTS)


def test_fitting_leaves_what_was_set_alone() -> None:
    estimator = GramVectorizer(kind="char", low=2, high=4, min_groups=2)
    before = estimator.get_params()
    assert estimator.fit(DOCUMENTS) is estimator
    assert estimator.get_params() == before


def test_a_pickled_transformer_says_the_same() -> None:
    estimator = GramVectorizer(kind="char").fit(DOCUMENTS)
    copy = pickle.loads(pickle.dumps(estimator))
    assert (copy.transform(DOCUMENTS) != estimator.transform(DOCUMENTS)).nnz == 0


@pytest.mark.parametrize("kind", KINDS)
def test_rows_have_length_one(kind: str) -> None:
    rows = GramVectorizer(kind=kind).fit_transform(DOCUMENTS)
    assert np.allclose(np.sqrt((rows**2).sum(axis=1)), 1.0)


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_of_unknown_words_is_an_empty_row(kind: str) -> None:
    vectorizer = GramVectorizer(kind=kind, low=2).fit(DOCUMENTS)
    assert vectorizer.transform(["ξψω"]).nnz == 0
    assert vectorizer.transform([""]).nnz == 0


def test_a_gram_of_one_group_only_is_not_kept() -> None:
    groups = ["a", "a", "b", "a"]
    vectorizer = GramVectorizer(min_groups=2).fit(DOCUMENTS, groups=groups)
    assert set(vectorizer.get_feature_names_out()) == {"staat"}


def test_pieces_of_words_do_not_cross_words() -> None:
    names = GramVectorizer(kind="char", low=2, high=3).fit(["ab cd"]).get_feature_names_out()
    assert set(names) == {"_a", "ab", "b_", "_ab", "ab_", "_c", "cd", "d_", "_cd", "cd_"}


def test_plural_and_singular_share_a_lemma() -> None:
    vectorizer = GramVectorizer(kind="lemma").fit(["straten mannen fietsen"])
    assert set(vectorizer.get_feature_names_out()) == {"straat", "man", "fiets"}


@given(st.lists(st.sampled_from(["fiets", "staat", "muziek", "onbekend", "🔥", "de"]), max_size=8))
def test_a_row_does_not_depend_on_its_neighbours(words: list[str]) -> None:
    document = " ".join(words)
    for kind in KINDS:
        vectorizer = GramVectorizer(kind=kind).fit(DOCUMENTS)
        alone = vectorizer.transform([document]).toarray()
        among = vectorizer.transform([*DOCUMENTS, document, *DOCUMENTS]).toarray()
        assert (alone[0] == among[len(DOCUMENTS)]).all()


def test_it_works_in_a_union_and_can_be_cloned() -> None:
    union = make_union(GramVectorizer(), GramVectorizer(kind="char"), CueVectorizer())
    assert clone(union).fit_transform(DOCUMENTS).shape[0] == len(DOCUMENTS)


def test_one_string_is_not_taken_for_many_documents() -> None:
    with pytest.raises(ValueError, match="several documents"):
        GramVectorizer().fit("een fiets")


@pytest.mark.parametrize(
    ("words", "cue"),
    [
        ("dat is niet waar", "negation"),
        ("het zou kunnen", "modality"),
        ("waarom hangt die daar ?", "asks"),
        ("gisteren was het stil", "past"),
        ("nu direct", "now"),
        ("ik heb gehoord", "hearsay"),
    ],
)
def test_cues_are_seen(words: str, cue: str) -> None:
    values = cues(words.split())
    assert values[CUES.index(cue)] > 0
    assert all(0.0 <= value <= 1.0 for value in values)
