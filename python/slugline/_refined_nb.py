"""Refined naive Bayes on rows of numbers, fitted in Rust."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any

import numpy as np
import scipy.sparse as sp
from scipy.special import log_softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.extmath import safe_sparse_dot
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import (
    _check_sample_weight,
    check_is_fitted,
    check_non_negative,
    validate_data,
)

from slugline import _core
from slugline._few import is_valid
from slugline._settings import checked
from slugline._sparse import csr_arrays
from slugline._versions import Versioned


class RefinedNB(Versioned, ClassifierMixin, BaseEstimator):
    """Naive Bayes, refined by a linear support vector machine.

    The weights of naive Bayes are corrected by what they get wrong: every training row is scored
    by the model without it, and a linear support vector machine (squared hinge loss, one class
    against the others) learns from these margins what to add to the weights. The same refinement
    as that of ``TextClassifier(refine=True)``, for any rows: those of a ``TfidfVectorizer``, say.
    (A term that one text alone holds is left out of that text's length there, which rows do not
    show: a few labels in a thousand differ.)

    Parameters
    ----------
    naive_bayes : {"complement", "multinomial"}, default="complement"
        The model that is refined.

    alpha : float, default=0.3
        Additive smoothing of naive Bayes, above 0.

    C : float, default=0.3
        How much a mistake on a training row counts beside the size of the correction, from 1e-6
        to 1e6.

    max_iter : int, default=3
        The number of passes over the training rows, up to 10000. Three are enough for rows of
        length 1; there is no test of convergence.

    n_jobs : int or None, default=None
        The number of threads of ``fit``. None: ``SLUGLINE_NUM_THREADS``, else one per processor;
        -1: one per processor. Results are the same for any number.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The classes, sorted.

    coef_ : ndarray of shape (1, n_features) if n_classes == 2 else (n_classes, n_features)
        The refined weights; of two classes those of the second.

    intercept_ : ndarray of shape (1,) if n_classes == 2 else (n_classes,)
        The refined biases.

    n_iter_ : int
        The number of passes.

    n_features_in_ : int
        Number of features seen during ``fit``.

    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of features seen during ``fit``, where all are strings.

    See Also
    --------
    sklearn.svm.LinearSVC : The same loss without naive Bayes.

    Notes
    -----
    Probabilities are a softmax of the margins, which is not calibrated:
    :class:`~sklearn.calibration.CalibratedClassifierCV` makes them so.

    Examples
    --------
    >>> from slugline.sklearn import RefinedNB, TfidfVectorizer
    >>> from sklearn.pipeline import make_pipeline
    >>> texts = ["new phones and chips", "ministers vote on a bill", "chips for phones"]
    >>> pipeline = make_pipeline(TfidfVectorizer(sublinear_tf=True), RefinedNB())
    >>> pipeline.fit(texts, ["technology", "policy", "technology"]).predict(["ministers vote"])
    array(['policy'], dtype='<U10')
    """

    _parameter_constraints = {  # noqa: RUF012 (scikit-learn's own is a plain dict, too)
        "naive_bayes": [StrOptions({"complement", "multinomial"})],
        "alpha": [Interval(Real, 0, None, closed="neither")],
        "C": [Interval(Real, 1e-6, 1e6, closed="both")],
        "max_iter": [Interval(Integral, 1, 10_000, closed="both")],
        "n_jobs": [Integral, None],
    }

    def __init__(self, naive_bayes="complement", *, alpha=0.3, C=0.3, max_iter=3, n_jobs=None):
        self.naive_bayes = naive_bayes
        self.alpha = alpha
        self.C = C
        self.max_iter = max_iter
        self.n_jobs = n_jobs

    @checked
    def fit(self, X, y, sample_weight=None):
        """Fit naive Bayes and refine it.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Training rows, without negative values.

        y : array-like of shape (n_samples,)
            The classes.

        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows, 0 or more.

        Returns
        -------
        self : object
            The fitted classifier.
        """
        X, y = validate_data(self, X, y, accept_sparse="csr", dtype=np.float64)
        check_classification_targets(y)
        check_non_negative(X, "RefinedNB (input X)")
        if sample_weight is not None:
            sample_weight = _check_sample_weight(
                sample_weight, X, dtype=np.float64, ensure_non_negative=True
            )
        classes, targets = np.unique(y, return_inverse=True)
        settings = {
            "naive_bayes": self.naive_bayes,
            "alpha": float(self.alpha),
            "C": float(self.C),
            "max_iter": int(self.max_iter),
        }
        coef, intercept = _core.fit_refined(
            settings,
            _rows(X),
            X.shape[1],
            (targets.astype(np.uintp), len(classes)),
            sample_weight,
            _core.threads(self.n_jobs),
        )
        self.classes_ = classes
        if len(classes) == 2:
            # The margins of two classes are opposites.
            coef, intercept = coef[1:].copy(), intercept[1:].copy()
        self.coef_, self.intercept_ = coef, intercept
        self.n_iter_ = settings["max_iter"]
        return self

    def decision_function(self, X):
        """Return the margin of each class: above 0 says yes.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The rows.

        Returns
        -------
        scores : ndarray of shape (n_samples,) if n_classes == 2 else (n_samples, n_classes)
            X coef_ᵀ + intercept_; of two classes the margin of the second.
        """
        check_is_fitted(self)
        if not is_valid(self, X):
            X = validate_data(self, X, accept_sparse="csr", reset=False)
        scores = None
        if sp.issparse(X):
            scores = _core.log_likelihood_of_few(X.data, X.indices, X.indptr, self.coef_)
        if scores is None:
            scores = safe_sparse_dot(X, self.coef_.T, dense_output=True)
        scores = scores + self.intercept_
        return scores.ravel() if len(self.classes_) == 2 else scores

    def predict(self, X):
        """Return the class with the highest margin.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The rows.

        Returns
        -------
        y : ndarray of shape (n_samples,)
            The class of each row.
        """
        scores = self.decision_function(X)
        best = (scores > 0).astype(np.intp) if scores.ndim == 1 else scores.argmax(axis=1)
        return self.classes_[best]

    def predict_log_proba(self, X):
        """Return the logarithms of the probabilities.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The rows.

        Returns
        -------
        log_proba : ndarray of shape (n_samples, n_classes)
            The logarithm of each class's probability.
        """
        scores = self.decision_function(X)
        if scores.ndim == 1:
            scores = np.column_stack([-scores, scores])
        return log_softmax(scores, axis=1)

    def predict_proba(self, X):
        """Return probabilities: the softmax of the margins, which is not calibrated.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The rows.

        Returns
        -------
        proba : ndarray of shape (n_samples, n_classes)
            The probability of each class.
        """
        return np.exp(self.predict_log_proba(X))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.positive_only = True
        # As naive Bayes, on the few dense columns of scikit-learn's checks.
        tags.classifier_tags.poor_score = True
        return tags


def _rows(X: Any) -> tuple[Any, Any, Any]:
    """The CSR arrays of X, with sorted columns and without duplicates."""
    X = sp.csr_matrix(X) if not sp.issparse(X) else X
    if not X.has_canonical_format:
        X = X.copy()
        X.sum_duplicates()
    data, indices, indptr = csr_arrays(X)
    return data, indices.astype(np.int64, copy=False), indptr.astype(np.int64, copy=False)
