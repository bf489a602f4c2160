"""The quick way of a few texts, or of rows that were made of them.

For one text scikit-learn's validation takes many times as long as the work. Here is the work alone,
for input of the usual types while nothing of the estimator was replaced; wherever anything else is
found, the result is None (or False), and scikit-learn's methods run.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp
from sklearn import get_config
from sklearn.feature_extraction import text

from slugline import _core

# scikit-learn 1.9 returns sparse arrays where its configuration asks for them, matrices elsewhere.
as_configured = getattr(text, "_align_api_if_sparse", lambda X: X)
new_csr = sp.csr_array if hasattr(text, "_align_api_if_sparse") else sp.csr_matrix

_CSR = (sp.csr_matrix, sp.csr_array)
_FLOAT, _INT = np.dtype(np.float64), np.dtype(np.int64)
#: Rows with more values are validated by scikit-learn, in little of the time that they take.
_MANY = 1 << 14

_COUNTED = text.CountVectorizer.transform
_WEIGHED = text.TfidfVectorizer.transform


def goes_on(kind: type, vectorizer: Any, weighed: bool) -> bool:
    """Whether the methods after a class's `transform` are scikit-learn's, and no others."""

    def is_next(kind: type, expected: Any) -> bool:
        found: Any = super(kind, vectorizer)
        return getattr(getattr(found, "transform", None), "__func__", None) is expected

    if not weighed:
        return is_next(kind, _COUNTED)
    return is_next(kind, _WEIGHED) and is_next(text.TfidfVectorizer, _COUNTED)


def counts_of_few(vectorizer: Any, raw_documents: Any, dtype: Any) -> Any:
    """The CSR arrays of the counts of a few `str`, as numbers of this type."""
    terms = vectorizer._unchanged_terms()
    if terms is None or type(raw_documents) not in (list, tuple) or vectorizer.input != "content":
        return None
    analysis = vectorizer._analysis()
    if analysis is None:
        return None
    arrays = _core.count_few(
        analysis, terms, raw_documents, dtype is np.float64, bool(vectorizer.binary)
    )
    return None if arrays is None else (arrays, len(terms))


def weigh_few(tfidf: Any, arrays: tuple[Any, Any, Any], n_columns: int) -> bool:
    """Weigh and normalise counts in place, as a fitted transformer does."""
    own = vars(tfidf)
    norm = own.get("norm", tfidf)
    if (
        "transform" in own
        or own.get("n_features_in_") != n_columns
        or getattr(tfidf, "feature_names_in_", None) is not None
        or not (norm is None or (type(norm) is str and norm in ("l1", "l2")))
    ):
        return False
    data, indices, indptr = arrays
    idf = own.get("idf_")
    if idf is None:
        if hasattr(tfidf, "idf_"):
            return False
    elif not (
        type(idf) is np.ndarray
        and idf.dtype == _FLOAT
        and idf.shape == (n_columns,)
        and idf.flags.c_contiguous
        and idf.flags.aligned
    ):
        return False
    if tfidf.sublinear_tf:
        np.log(data, data)
        data += 1.0
    if idf is not None and not _core.times_idf(data, indices, idf):
        return False
    return norm is None or _core.normalise(data, indptr, norm)


def csr_of(arrays: tuple[Any, Any, Any], n_columns: int) -> Any:
    """A CSR matrix of sorted rows without duplicates, from arrays that Rust has made."""
    shape = (len(arrays[2]) - 1, n_columns)
    kind = _KINDS.get(get_config().get("sparse_interface", "spmatrix"))
    if kind is None or kind not in _USUAL:
        X = new_csr(arrays, shape=shape)
        X.has_canonical_format = True
        return as_configured(X)
    # Without SciPy's checks and conversions, which take longer than counting the words of a text.
    X = kind.__new__(kind)
    own = vars(X)
    own.update(_USUAL[kind])
    own["data"], own["indices"], own["indptr"] = arrays
    own["_shape"] = shape
    return X


def _usual(kind: Any) -> dict[str, Any] | None:
    """The attributes of a CSR matrix; None where SciPy keeps others than are known here."""
    plain = kind(([1.0], [0], [0, 1]), shape=(1, 1))
    plain.has_canonical_format = True
    known = {"data", "indices", "indptr", "_shape", "maxprint"}
    known |= {"_has_canonical_format", "_has_sorted_indices"}
    own = dict(vars(plain))
    return own if set(own) == known and own["_shape"] == (1, 1) else None


_KINDS = {"sparray": sp.csr_array, "spmatrix": sp.csr_matrix}
_USUAL = {kind: own for kind in _CSR if (own := _usual(kind)) is not None}


def is_valid(model: Any, X: Any) -> bool:
    """Whether scikit-learn's validation of X for a fitted model would find nothing, and give X."""
    if type(X) not in _CSR:
        return False
    data, shape = X.data, X.shape
    return bool(
        type(data) is np.ndarray
        and data.dtype in (_FLOAT, _INT)
        and data.ndim == 1
        and len(data) < _MANY
        and len(shape) == 2
        and shape[0] > 0
        and shape[1] > 0
        and shape[1] == getattr(model, "n_features_in_", None)
        and getattr(model, "feature_names_in_", None) is None
        and (data.dtype == _INT or get_config()["assume_finite"] or np.isfinite(data).all())
    )
