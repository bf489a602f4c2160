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
from sklearn.utils.validation import check_non_negative

from slugline import _core


def _is_native(X: Any) -> bool:
    return bool(sp.issparse(X)) and X.format == "csr" and X.dtype.kind in "fiub"


def _arrays(X: Any) -> tuple[Any, Any, Any]:
    return np.ascontiguousarray(X.data, dtype=np.float64), X.indices, X.indptr


def _class_sums(Y: Any, X: Any) -> Any:
    """Yᵀ X: classes × features."""
    return _core.class_sums(*_arrays(X), X.shape[1], np.ascontiguousarray(Y, dtype=np.float64))


def _scores(X: Any, weights: Any) -> Any:
    """X weightsᵀ: samples × classes."""
    return _core.log_likelihood(*_arrays(X), np.ascontiguousarray(weights, dtype=np.float64))


class MultinomialNB(naive_bayes.MultinomialNB):
    __doc__ = naive_bayes.MultinomialNB.__doc__

    def _count(self, X, Y):
        if not _is_native(X):
            super()._count(X, Y)
            return
        check_non_negative(X, "MultinomialNB (input X)")
        self.feature_count_ += _class_sums(Y, X)
        self.class_count_ += Y.sum(axis=0)

    def _joint_log_likelihood(self, X):
        if not _is_native(X):
            return super()._joint_log_likelihood(X)
        return _scores(X, self.feature_log_prob_) + self.class_log_prior_


class ComplementNB(naive_bayes.ComplementNB):
    __doc__ = naive_bayes.ComplementNB.__doc__

    def _count(self, X, Y):
        if not _is_native(X):
            super()._count(X, Y)
            return
        check_non_negative(X, "ComplementNB (input X)")
        self.feature_count_ += _class_sums(Y, X)
        self.class_count_ += Y.sum(axis=0)
        self.feature_all_ = self.feature_count_.sum(axis=0)

    def _joint_log_likelihood(self, X):
        if not _is_native(X):
            return super()._joint_log_likelihood(X)
        scores = _scores(X, self.feature_log_prob_)
        if len(self.classes_) == 1:
            scores += self.class_log_prior_
        return scores


class BernoulliNB(naive_bayes.BernoulliNB):
    __doc__ = naive_bayes.BernoulliNB.__doc__

    def _count(self, X, Y):
        if not _is_native(X):
            super()._count(X, Y)
            return
        self.feature_count_ += _class_sums(Y, X)
        self.class_count_ += Y.sum(axis=0)

    def _joint_log_likelihood(self, X):
        if not _is_native(X) or X.shape[1] != self.feature_log_prob_.shape[1]:
            return super()._joint_log_likelihood(X)
        absent = np.log(1 - np.exp(self.feature_log_prob_))
        scores = _scores(X, self.feature_log_prob_ - absent)
        scores += self.class_log_prior_ + absent.sum(axis=1)
        return scores
