# SPDX-License-Identifier: EUPL-1.2
"""How much is won by what: a peer's recipe and ours on the same messages, and more messages.

The peer is Signalen's classifier, written anew from its description: words in lower case without
stop words, stemmed; counts of words and pairs as tf-idf; logistic regression with an L1 penalty,
one class against the rest; its strength is chosen by cross-validation inside the training part.
Both learn from the same writers and are measured on the same others.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import snowballstemmer
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from spacy.lang.nl.stop_words import STOP_WORDS

from classify.corpus import Example, Fold, load_corpus, writer_folds
from classify.evaluate import confusion, interval, macro_f1
from classify.fit import Material, learn, prepare
from core.label import Category
from core.resources import folder

_CATEGORIES = [category.value for category in Category]


async def run(scale: float) -> None:
    """Print one table of recipes and one of corpus sizes; half the folds at scale 0.5."""
    await asyncio.to_thread(_run, scale)


def _run(scale: float) -> None:
    material = prepare(load_corpus(folder("data") / "corpora" / "messages"))
    folds = writer_folds(material.examples)
    folds = folds[: max(1, round(len(folds) * scale))]
    _compare(material, folds)
    _learning_curve(material, folds[: max(1, len(folds) // 2)])


def _compare(material: Material, folds: Sequence[Fold]) -> None:
    print("recipe                         macro-F1 [95%]          without geen")
    for name, answer in (("Signalen, written anew", _peer), ("ours, first stage", _ours)):
        said = np.concatenate([answer(material, fold, 1.0) for fold in folds])
        _say(name, _gold(material, folds), said)


def _learning_curve(material: Material, folds: Sequence[Fold]) -> None:
    print("\nshare of writers  messages  macro-F1 [95%] of our first stage")
    scores = []
    for share in (0.125, 0.25, 0.5, 0.75, 1.0):
        said = np.concatenate([_ours(material, fold, share) for fold in folds])
        size = int(np.mean([len(_part(material, fold, share)) for fold in folds]))
        scores.append(_say(f"{share:16.1%}  {size:8}", _gold(material, folds), said))
    steps = " ".join(f"{b - a:+.3f}" for a, b in pairwise(scores))
    print(f"gain per step: {steps}")


def _say(name: str, gold: np.ndarray, said: np.ndarray) -> float:
    score = macro_f1(confusion(gold, said))
    low, high = interval(gold, said, 1)
    signal = gold != _CATEGORIES.index("geen")
    alone = macro_f1(confusion(gold[signal], said[signal]))
    print(f"{name:30} {score:.3f} [{low:.3f} {high:.3f}]   {alone:.3f}", flush=True)
    return score


def _gold(material: Material, folds: Sequence[Fold]) -> np.ndarray:
    return np.array(
        [
            _CATEGORIES.index(material.examples[i].category.value)
            for fold in folds
            for i in fold.validate
        ]
    )


def _part(material: Material, fold: Fold, share: float) -> list[int]:
    """Return rows of the first ``share`` of the writers, in an order that size does not decide."""
    writers = sorted({material.examples[i].writer for i in fold.train}, key=lambda w: w[::-1])
    kept = set(writers[: max(2, round(share * len(writers)))])
    return [i for i in fold.train if material.examples[i].writer in kept]


def _ours(material: Material, fold: Fold, share: float) -> np.ndarray:
    model = learn(material.only(_part(material, fold, share)), "x/y", seed=1)
    rows = model.columns.rows(material.only(fold.validate).documents)
    head = model.category
    best = head.logits(head.scores(rows)).argmax(axis=1)
    return np.array([_CATEGORIES.index(head.classes[i]) for i in best])


def _peer(material: Material, fold: Fold, share: float) -> np.ndarray:
    train = [material.examples[i] for i in _part(material, fold, share)]
    held_out = [material.examples[i] for i in fold.validate]
    logistic = OneVsRestClassifier(
        LogisticRegression(l1_ratio=1.0, solver="liblinear", max_iter=500, random_state=1)
    )
    search = GridSearchCV(
        make_pipeline(CountVectorizer(ngram_range=(1, 2)), TfidfTransformer(), logistic),
        {"onevsrestclassifier__estimator__C": [1.0, 10.0]},
        cv=3,
        scoring="f1_macro",
    )
    search.fit(_stemmed(train), [e.category.value for e in train])
    return np.array([_CATEGORIES.index(said) for said in search.predict(_stemmed(held_out))])


def _stemmed(examples: Sequence[Example]) -> list[str]:
    stemmer = snowballstemmer.stemmer("dutch")
    words = (re.findall(r"\w+", example.text.lower()) for example in examples)
    return [" ".join(stemmer.stemWords([w for w in row if w not in STOP_WORDS])) for row in words]
