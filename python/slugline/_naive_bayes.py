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
from slugline._alone import is_alone
from slugline._few import is_valid
from slugline._sparse import csr_arrays, refuse_malformed
from slugline._versions import Versioned

#: Types whose products with 64-bit numbers are exact in them, as far as sums are.
_NUMBERS = frozenset(map(np.dtype, "?bBhHiIlLqQfd"))


def _is_native(X: Any) -> bool:
    native = bool(sp.issparse(X)) and X.format == "csr" and X.dtype in _NUMBERS
    # Of columns without values SciPy has an error of its own.
    return native and len(X.indices) == len(X.data)


def _is_plain(array: Any, shape: tuple[int, ...]) -> bool:
    """Whether a fitted array is the fitted one, and not replaced by the user."""
    return type(array) is np.ndarray and array.dtype == np.float64 and array.shape == shape


def _can_count(model: Any, X: Any, Y: Any) -> bool:
    return (
        _is_native(X)
        and type(Y) is np.ndarray
        and Y.ndim == 2
        and Y.dtype.kind in "if"
        and Y.dtype.itemsize == 8
        and len(Y) == X.shape[0]
        and _is_plain(model.feature_count_, (Y.shape[1], X.shape[1]))
    )


def _can_score(model: Any, X: Any) -> bool:
    weights = model.feature_log_prob_
    return (
        _is_native(X)
        and _is_plain(weights, np.shape(weights))
        and weights.ndim == 2
        and weights.shape[1] == X.shape[1]
    )


def _count(model: Any, X: Any, Y: Any) -> None:
    """Add Yᵀ X, classes × features, to the sums of a model."""
    # With many classes nearly all of Y are zeros: SciPy adds them, which changes nothing.
    rows, classes = np.nonzero(Y)
    weights = np.asarray(Y[rows, classes], dtype=np.float64)
    entries = (rows.view(np.uintp), classes.view(np.uintp), weights)
    sums = _core.class_sums(*csr_arrays(X), X.shape[1], Y.shape[1], entries)
    # The first ones are added to zeros: with many classes that takes as long as to sum up. But an
    # array that somebody else has, too, is the one that grows.
    if (
        not is_alone(vars(model), "feature_count_")
        or np.any(model.class_count_)
        or np.any(model.feature_count_)
    ):
        model.feature_count_ += sums
    else:
        model.feature_count_ = sums
    model.class_count_ += Y.sum(axis=0)


def _scores(X: Any, weights: Any) -> Any:
    """X weightsᵀ: samples × classes."""
    scores = _core.log_likelihood_of_few(X.data, X.indices, X.indptr, weights)
    if scores is not None:
        return scores
    return _core.log_likelihood(*csr_arrays(X), np.ascontiguousarray(weights, dtype=np.float64))


class MultinomialNB(Versioned, naive_bayes.MultinomialNB):
    __doc__ = naive_bayes.MultinomialNB.__doc__

    def _check_X(self, X):
        return X if is_valid(self, X) else super()._check_X(X)

    def _count(self, X, Y):
        if not _can_count(self, X, Y):
            super()._count(X, Y)
            return
        check_non_negative(X, "MultinomialNB (input X)")
        _count(self, X, Y)

    def _update_feature_log_prob(self, alpha):
        # As scikit-learn does, in the place of the sums: with many classes each array is large.
        smoothed = self.feature_count_ + alpha
        if not _is_plain(smoothed, np.shape(self.feature_count_)):
            super()._update_feature_log_prob(alpha)
            return
        of_class = np.log(smoothed.sum(axis=1))
        np.log(smoothed, out=smoothed)
        smoothed -= of_class[:, np.newaxis]
        self.feature_log_prob_ = smoothed

    def _joint_log_likelihood(self, X):
        if not _can_score(self, X):
            return super()._joint_log_likelihood(X)
        return _scores(X, self.feature_log_prob_) + self.class_log_prior_


class ComplementNB(Versioned, naive_bayes.ComplementNB):
    __doc__ = naive_bayes.ComplementNB.__doc__

    def _check_X(self, X):
        return X if is_valid(self, X) else super()._check_X(X)

    def _count(self, X, Y):
        if not _can_count(self, X, Y):
            super()._count(X, Y)
            return
        check_non_negative(X, "ComplementNB (input X)")
        _count(self, X, Y)
        self.feature_all_ = self.feature_count_.sum(axis=0)

    def _joint_log_likelihood(self, X):
        if not _can_score(self, X):
            return super()._joint_log_likelihood(X)
        scores = _scores(X, self.feature_log_prob_)
        if len(self.classes_) == 1:
            scores += self.class_log_prior_
        return scores


class BernoulliNB(Versioned, naive_bayes.BernoulliNB):
    __doc__ = naive_bayes.BernoulliNB.__doc__

    def _check_X(self, X):
        refuse_malformed(X)  # before it is binarised, where SciPy would write outside
        return super()._check_X(X)

    def _check_X_y(self, X, y, reset=True):
        refuse_malformed(X)
        return super()._check_X_y(X, y, reset=reset)

    def _count(self, X, Y):
        if not _can_count(self, X, Y):
            super()._count(X, Y)
            return
        _count(self, X, Y)

    def _joint_log_likelihood(self, X):
        if not _can_score(self, X):
            return super()._joint_log_likelihood(X)
        absent = np.log(1 - np.exp(self.feature_log_prob_))
        scores = _scores(X, self.feature_log_prob_ - absent)
        scores += self.class_log_prior_ + absent.sum(axis=1)
        return scores
