"""scikit-learn's discrete naive Bayes classifiers with sums and scores computed in Rust.

Only the two products with a sparse feature matrix are replaced; the small arrays of classes ×
features stay NumPy's. The additions happen in SciPy's order, so all bits are the same. A dense
feature matrix is left to NumPy.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp
from sklearn import naive_bayes
from sklearn.preprocessing import binarize
from sklearn.utils.validation import check_non_negative

from slugline import _core


def _is_native(X: Any) -> bool:
    return sp.issparse(X) and X.format == "csr" and X.dtype.kind in "fiub"


def _arrays(X: Any) -> tuple[Any, Any, Any]:
    return np.ascontiguousarray(X.data, dtype=np.float64), X.indices, X.indptr


def _class_sums(Y: Any, X: Any) -> Any:
    """Yᵀ X: classes × features."""
    return _core.class_sums(*_arrays(X), X.shape[1], np.ascontiguousarray(Y, dtype=np.float64))


class MultinomialNB(naive_bayes.MultinomialNB):
    __doc__ = naive_bayes.MultinomialNB.__doc__

    def _count(self, X, Y):
        if not _is_native(X):
            return super()._count(X, Y)
        check_non_negative(X, "MultinomialNB (input X)")
        self.feature_count_ += _class_sums(Y, X)
        self.class_count_ += Y.sum(axis=0)
        return None

    def _joint_log_likelihood(self, X):
        if not _is_native(X):
            return super()._joint_log_likelihood(X)
        return _core.log_likelihood(*_arrays(X), self.feature_log_prob_) + self.class_log_prior_
