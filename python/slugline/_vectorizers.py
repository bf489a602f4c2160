"""scikit-learn's text vectorisers with analysis, counting and weighting done in Rust.

Each method here replaces the scikit-learn method of the same name. Where a setting needs Python
(see `_Native._analysis`), scikit-learn's own method runs instead.
"""

from __future__ import annotations

import io
import re
from functools import lru_cache
from numbers import Integral
from typing import Any

import numpy as np
import scipy.sparse as sp
from sklearn.feature_extraction import text
from sklearn.preprocessing import normalize
from sklearn.utils.validation import check_is_fitted, validate_data

from slugline import _core
from slugline._settings import checked

#: Patterns that mean "every whole word of at least n characters", on which Rust and Python agree
#: for all text.
_WHOLE_WORDS = re.compile(r"(?:\(\?u\))?\\b\\w(?:\\w\+|\+|\{[1-9]\d*,\})\\b")

#: Methods that a subclass or an instance replaces to change the analysis.
_HOOKS = (
    "build_analyzer",
    "build_preprocessor",
    "build_tokenizer",
    "decode",
    "get_stop_words",
    "_char_ngrams",
    "_char_wb_ngrams",
    "_word_ngrams",
)

_LARGEST = 2**31 - 1

# scikit-learn 1.9 returns sparse arrays where its configuration asks for them, matrices elsewhere.
_as_configured = getattr(text, "_align_api_if_sparse", lambda X: X)
_csr = sp.csr_array if hasattr(text, "_align_api_if_sparse") else sp.csr_matrix

_native_analysis = lru_cache(maxsize=128)(_core.Analysis)


def is_whole_words(token_pattern: Any) -> bool:
    """Whether Rust and Python find the same words by this pattern."""
    return isinstance(token_pattern, str) and bool(_WHOLE_WORDS.fullmatch(token_pattern))


def replaced_hooks(vectorizer: Any) -> list[str]:
    """Return the methods of scikit-learn's analysis that were replaced by other Python code."""
    own, kind = vars(vectorizer), type(vectorizer)
    return [
        hook
        for hook in _HOOKS
        if hook in own or getattr(kind, hook) is not getattr(text._VectorizerMixin, hook)
    ]


class _Native(text._VectorizerMixin):
    """From a vectoriser's settings and documents to those of the Rust side."""

    def _analysis(self) -> _core.Analysis | None:
        """Text analysis with these settings; None where Python code is part of it."""
        if replaced_hooks(self):
            return None
        words = self.analyzer == "word"
        if (
            self.preprocessor is not None
            or not (words or self.analyzer in ("char", "char_wb"))
            or self.strip_accents not in (None, "unicode", "ascii")
            or self.ngram_range[0] < 1
        ):
            return None
        pattern = stop_words = None
        if words:
            pattern = self.token_pattern
            if self.tokenizer is not None or not is_whole_words(pattern):
                return None
            stop_words = self.get_stop_words()
            if stop_words is not None:
                if id(self.stop_words) != vars(self).get("_stop_words_id"):
                    self._check_stop_words_consistency(
                        stop_words, self.build_preprocessor(), self.build_tokenizer()
                    )
                # What is no str equals no word of a text.
                stop_words = tuple(sorted(word for word in stop_words if isinstance(word, str)))
        low, high = self.ngram_range
        settings = (self.strip_accents, self.analyzer, pattern, stop_words, (int(low), int(high)))
        try:
            return _native_analysis(bool(self.lowercase), *settings)
        except UnicodeEncodeError:  # half a character in a stop word
            return None

    def _documents(self, raw_documents: Any) -> tuple[_core.Documents | None, Any]:
        """The documents for Rust, or else None; and the documents for scikit-learn's method."""
        if not hasattr(raw_documents, "__arrow_c_array__") and iter(raw_documents) is raw_documents:
            raw_documents = list(raw_documents)
        read, decode = raw_documents, self.decode
        if self.input != "content":
            read, decode = [self.decode(document) for document in raw_documents], None
        if self.input == "file":  # which can be read but once
            raw_documents = [io.StringIO(document) for document in read]
        try:
            return _core.Documents(read, decode, self.analyzer == "word"), raw_documents
        except _core.NotNative:
            return None, raw_documents

    def _matrix(self, arrays: tuple[Any, Any, Any], n_columns: int) -> Any:
        """A CSR matrix of sorted rows, of the vectoriser's dtype."""
        data, indices, indptr = arrays
        X = _csr(
            (data.astype(self.dtype, copy=False), indices, indptr),
            shape=(len(indptr) - 1, n_columns),
        )
        X.has_canonical_format = True
        return X

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__()
        return {name: value for name, value in state.items() if name != "_native_vocabulary"}


class CountVectorizer(_Native, text.CountVectorizer):
    __doc__ = text.CountVectorizer.__doc__

    @checked
    def fit_transform(self, raw_documents, y=None):
        """Learn the vocabulary and return the counts of each document.

        Parameters
        ----------
        raw_documents : iterable
            Documents: str, bytes, file names or files, as ``input`` says; or text in Arrow memory.

        y : None
            Ignored.

        Returns
        -------
        X : sparse matrix of shape (n_samples, n_features)
            Document-term matrix.
        """
        slow = text.CountVectorizer.fit_transform
        if isinstance(raw_documents, str) or self.vocabulary is not None:
            return slow(self, raw_documents)
        self._validate_ngram_range()
        analysis = self._analysis()
        if analysis is None:
            return slow(self, raw_documents)
        documents, raw_documents = self._documents(raw_documents)
        if documents is None:
            return slow(self, raw_documents)
        self._warn_for_unused_params()
        self._validate_vocabulary()
        vocabulary, arrays = _core.learn(analysis, documents, self._kept)
        terms = vocabulary.terms()
        self.vocabulary_ = dict(zip(terms, range(len(terms)), strict=True))
        self._native_vocabulary = (self.vocabulary_, vocabulary)
        X = self._matrix(arrays, len(terms))
        if self.binary:
            X.data.fill(1)
        return _as_configured(X)

    def _kept(self, n_documents: int, df: Any, totals: Any) -> Any:
        """The columns that pruning leaves; None where that is all. df, totals: one per term.

        NumPy's own (unstable) sort decides ties of ``max_features``, as in scikit-learn.
        """
        max_df, min_df, limit = self.max_df, self.min_df, self.max_features
        high = max_df if isinstance(max_df, Integral) else max_df * n_documents
        low = min_df if isinstance(min_df, Integral) else min_df * n_documents
        if high < low:
            raise ValueError("max_df corresponds to < documents than min_df")
        kept = np.flatnonzero((df <= high) & (df >= low))
        if limit is not None and len(kept) > limit:
            dtype = np.zeros(0, dtype=self.dtype).sum().dtype
            frequency = (df if self.binary else totals).astype(dtype)
            kept = np.sort(kept[(-frequency[kept]).argsort()[:limit]])
        if len(kept) == 0:
            raise ValueError(
                "After pruning, no terms remain. Try a lower min_df or a higher max_df."
            )
        return None if len(kept) == len(df) else kept

    def _count_vocab(self, raw_documents, fixed_vocab):
        slow = super()._count_vocab
        analysis = self._analysis() if fixed_vocab else None
        if analysis is None:
            return slow(raw_documents, fixed_vocab)
        vocabulary = self._known_vocabulary()
        if vocabulary is None:
            return slow(raw_documents, fixed_vocab)
        documents, raw_documents = self._documents(raw_documents)
        if documents is None:
            return slow(raw_documents, fixed_vocab)
        arrays = _core.count(analysis, vocabulary, documents)
        return self.vocabulary_, _as_configured(self._matrix(arrays, len(vocabulary)))

    def _known_vocabulary(self) -> _core.Vocabulary | None:
        """`vocabulary_` on the Rust side; None where it holds something else than texts."""
        terms_by_name = self.vocabulary_
        known = vars(self).get("_native_vocabulary")
        if known and known[0] is terms_by_name and len(known[1]) == len(terms_by_name):
            return known[1]
        terms: list[Any] = [None] * len(terms_by_name)
        try:
            for term, column in terms_by_name.items():
                terms[column] = term
            vocabulary = _core.Vocabulary(terms)
        except (IndexError, TypeError, UnicodeEncodeError):
            return None
        self._native_vocabulary = (terms_by_name, vocabulary)
        return vocabulary


class TfidfTransformer(text.TfidfTransformer, auto_wrap_output_keys=None):  # type: ignore[call-arg]
    __doc__ = text.TfidfTransformer.__doc__

    def transform(self, X, copy=True):
        """Turn a count matrix into a tf or tf-idf representation.

        Parameters
        ----------
        X : sparse matrix of (n_samples, n_features)
            A matrix of term counts.

        copy : bool, default=True
            Whether to work on a copy of X. ``False`` only has an effect on CSR matrices.

        Returns
        -------
        vectors : sparse matrix of shape (n_samples, n_features)
            Tf-idf-weighted document-term matrix.
        """
        check_is_fitted(self)
        X = validate_data(
            self, X, accept_sparse="csr", dtype=[np.float64, np.float32], copy=copy, reset=False
        )
        if not sp.issparse(X):
            X = _csr(X, dtype=X.dtype)
        if self.sublinear_tf:
            np.log(X.data, X.data)
            X.data += 1.0
        idf = getattr(self, "idf_", None)
        if idf is not None:
            _weigh(X, idf)
        return _as_configured(_normalise(X, self.norm))


def _weigh(X: Any, idf: Any) -> None:
    """Multiply the columns of X with idf, in place."""
    if np.result_type(X.dtype, idf) == X.dtype and _is_plain(X.data):
        _core.times_idf(X.data, X.indices, np.ascontiguousarray(idf, dtype=X.dtype))
    else:  # computed in the wider type and rounded afterwards
        X.data *= idf[X.indices]


def _normalise(X: Any, norm: str | None) -> Any:
    """Scale the rows of X to length 1, in place."""
    if norm is None or (_is_plain(X.data) and _core.normalise(X.data, X.indptr, norm)):
        return X
    # Numbers that are not finite: an error, which scikit-learn words.
    return normalize(X, norm=norm, copy=False)


def _is_plain(data: Any) -> bool:
    return bool(data.flags.writeable and data.flags.c_contiguous)


class TfidfVectorizer(CountVectorizer, text.TfidfVectorizer):
    __doc__ = text.TfidfVectorizer.__doc__

    @checked
    def fit(self, raw_documents, y=None):
        """Learn vocabulary and idf.

        Parameters
        ----------
        raw_documents : iterable
            Documents: str, bytes, file names or files, as ``input`` says; or text in Arrow memory.

        y : None
            Ignored.

        Returns
        -------
        self : object
            Fitted vectorizer.
        """
        self._count_and_learn_idf(raw_documents)
        return self

    @checked
    def fit_transform(self, raw_documents, y=None):
        """Learn vocabulary and idf, and return the weighted documents.

        Parameters
        ----------
        raw_documents : iterable
            Documents: str, bytes, file names or files, as ``input`` says; or text in Arrow memory.

        y : None
            Ignored.

        Returns
        -------
        X : sparse matrix of (n_samples, n_features)
            Tf-idf-weighted document-term matrix.
        """
        X = self._count_and_learn_idf(raw_documents)
        return self._tfidf.transform(X, copy=False)

    def _count_and_learn_idf(self, raw_documents: Any) -> Any:
        self._check_params()
        self._tfidf = TfidfTransformer(
            norm=self.norm,
            use_idf=self.use_idf,
            smooth_idf=self.smooth_idf,
            sublinear_tf=self.sublinear_tf,
        )
        X = super().fit_transform(raw_documents)
        self._tfidf.fit(X)
        return X


class HashingVectorizer(_Native, text.HashingVectorizer):
    __doc__ = text.HashingVectorizer.__doc__

    def transform(self, X):
        """Turn documents into rows of hashed terms.

        Parameters
        ----------
        X : iterable over raw text documents, length = n_samples
            Documents: str, bytes, file names or files, as ``input`` says; or text in Arrow memory.

        Returns
        -------
        X : sparse matrix of shape (n_samples, n_features)
            Document-term matrix.
        """
        slow = super().transform
        if isinstance(X, str):
            return slow(X)
        self._validate_ngram_range()
        analysis = self._analysis()
        # The largest n_features is refused by `fit`, as in scikit-learn, but not by `transform`.
        if analysis is None or self.n_features == _LARGEST:
            return slow(X)
        documents, X = self._documents(X)
        if documents is None or len(documents) == 0:
            return slow(X)
        arrays = _core.hash(analysis, documents, self.n_features, bool(self.alternate_sign))
        rows = self._matrix(arrays, self.n_features)
        if self.binary:
            rows.data.fill(1)
        return _as_configured(_normalise(rows, self.norm))
