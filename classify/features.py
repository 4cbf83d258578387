# SPDX-License-Identifier: EUPL-1.2
"""Our features as scikit-learn transformers, for pipelines and searches.

A document is a string of normalised words with spaces between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.utils.validation import check_is_fitted

from classify.cues import CUES
from classify.grams import Cues, learn_grams
from classify.transformer import Transformer


class GramVectorizer(Transformer):
    """Words and word pairs, pieces of words, or lemmas, as normalised tf-idf.

    ``min_groups`` counts in how many groups (author batches) a gram must occur to be kept, so
    that nothing that one writer alone wrote ends up in a model.
    """

    def __init__(
        self,
        *,
        kind: str = "word",
        low: int = 1,
        high: int = 2,
        min_groups: int = 1,
        sublinear: bool = True,
    ) -> None:
        self.kind = kind
        self.low = low
        self.high = high
        self.min_groups = min_groups
        self.sublinear = sublinear

    def fit(self, X: Iterable[str], y: Any = None, groups: Sequence[str] | None = None) -> Self:  # noqa: N803, ARG002
        """Learn which grams there are and how rare each one is."""
        documents = _documents(X)
        names = list(groups) if groups is not None else [str(i) for i in range(len(documents))]
        self.grams_ = learn_grams(
            documents,
            names,
            kind=self.kind,
            low=self.low,
            high=self.high,
            min_groups=self.min_groups,
            sublinear=self.sublinear,
        )
        return self

    def transform(self, X: Iterable[str]) -> sparse.csr_array:  # noqa: N803
        """Return one row of tf-idf per document."""
        _check_fitted(self)
        return self.grams_.rows(_documents(X))

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:  # noqa: ARG002
        """Return the grams in column order."""
        _check_fitted(self)
        return np.array(self.grams_.known, dtype=object)


class CueVectorizer(Transformer):
    """Negation, modality, question, tense, time and form of a message, as numbers 0 to 1."""

    def __init__(self, *, weight: float = 1.0) -> None:
        self.weight = weight

    def fit(self, X: Iterable[str], y: Any = None) -> Self:  # noqa: N803, ARG002
        """Learn nothing: the cues are rules."""
        _documents(X)
        self.cues_ = Cues(self.weight)
        return self

    def transform(self, X: Iterable[str]) -> sparse.csr_array:  # noqa: N803
        """Return one row of cues per document."""
        _check_fitted(self)
        return self.cues_.rows(_documents(X))

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:  # noqa: ARG002
        """Return the names of the cues."""
        return np.array(CUES, dtype=object)


def _check_fitted(transformer: Any) -> None:
    check_is_fitted(transformer)


def _documents(documents: Iterable[str]) -> list[list[str]]:
    if isinstance(documents, str):
        raise ValueError("expected several documents, got one string")  # noqa: TRY004
    found = list(documents)
    if not all(isinstance(document, str) for document in found):
        raise ValueError("every document must be a string of normalised words")
    return [document.split() for document in found]
