# SPDX-License-Identifier: EUPL-1.2
"""Fits one linear head on rows of features; only training needs this."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.naive_bayes import MultinomialNB
from sklearn.svm import LinearSVC

from classify.columns import Columns
from classify.head import Floats, Head, plain
from classify.recipe import Recipe


def fit_head(
    rows: sparse.csr_array, labels: Sequence[str], columns: Columns, recipe: Recipe, seed: int
) -> Head:
    """Return a head learnt from ``rows``, uncalibrated."""
    scale = column_scale(columns, recipe)
    classes = sorted(set(labels))
    if len(classes) < 2:
        return plain(classes, [(np.zeros((columns.width, 1)), np.zeros(1))])
    scaled = sparse.csr_matrix(rows @ sparse.diags_array(scale))
    experts = [_margin(scaled, labels, recipe, seed)]
    if recipe.smoothing is not None:
        experts.append(_counting(scaled, labels, recipe.smoothing))
    return plain(classes, [(weights * scale[:, None], bias) for weights, bias in experts])


def _margin(rows: Any, labels: Sequence[str], recipe: Recipe, seed: int) -> tuple[Floats, Floats]:
    model = LinearSVC(
        C=recipe.strength,
        class_weight="balanced" if recipe.balanced else None,
        random_state=seed,
        max_iter=5000,
    )
    model.fit(rows, np.asarray(labels))
    weights, intercept = np.asarray(model.coef_.T), np.asarray(model.intercept_)
    if weights.shape[1] == 1:
        weights = np.hstack([-weights / 2, weights / 2])
        intercept = np.concatenate([-intercept / 2, intercept / 2])
    return weights, intercept


def _counting(rows: Any, labels: Sequence[str], smoothing: float) -> tuple[Floats, Floats]:
    model = MultinomialNB(alpha=smoothing, fit_prior=False)
    model.fit(rows, np.asarray(labels))
    # Centred per column: what all classes share decides nothing.
    weights = model.feature_log_prob_ - model.feature_log_prob_.mean(axis=0)
    return np.asarray(weights.T), np.zeros(len(model.classes_))


def column_scale(columns: Columns, recipe: Recipe) -> Floats:
    """Return by how much each column is multiplied for this head."""
    scale = np.ones(columns.width)
    for start, end, block in zip(columns.starts, columns.starts[1:], columns.blocks, strict=False):
        if block.kind == "cue":
            scale[start:end] = recipe.cues
        elif block.kind == "char" and recipe.whole_words:
            scale[start:end] = 0.0
    return scale
