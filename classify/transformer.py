# SPDX-License-Identifier: EUPL-1.2
"""What our transformers inherit from scikit-learn, with types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:

    class Transformer:
        """A scikit-learn transformer of strings, as the type checker sees it."""

        def fit_transform(self, X: Any, y: Any = None, **fit_params: Any) -> Any: ...  # noqa: N803

        def get_params(self, deep: bool = True) -> dict[str, Any]: ...

else:
    from sklearn.base import BaseEstimator, TransformerMixin

    class Transformer(TransformerMixin, BaseEstimator):
        """A scikit-learn transformer of strings."""

        def __sklearn_tags__(self):  # noqa: ANN204
            tags = super().__sklearn_tags__()
            tags.input_tags.string = True
            tags.input_tags.two_d_array = False
            return tags
