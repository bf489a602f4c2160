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
from sklearn.utils.validation import check_is_fitted, validate_data

from slugline import _core
from slugline._few import as_configured, counts_of_few, csr_of, goes_on, new_csr, weigh_few
from slugline._settings import checked
from slugline._sparse import normalise, weigh
from slugline._texts import refuse_no_texts, refuse_table
from slugline._versions import Versioned
from slugline._vocabulary import Given, OwnsVocabulary

#: Patterns that mean "every whole word of at least n characters", on which Rust and Python agree
#: for all text.
_WHOLE_WORDS = re.compile(r"(?:\(\?u\))?\\b\\w(?:\\w\+|\+|\{[1-9]\d*,\})\\b")

_USUAL_PATTERN = r"(?u)\b\w\w+\b"

#: What a subclass or an instance replaces to change the analysis.
_HOOKS = (
    "build_analyzer",
    "build_preprocessor",
    "build_tokenizer",
    "decode",
    "get_stop_words",
    "_char_ngrams",
    "_char_wb_ngrams",
    "_check_stop_words_consistency",
    "_white_spaces",
    "_word_ngrams",
)
#: What `fit_transform` or `transform` of scikit-learn call beside.
_HOOKS_OF_LEARNING = (
    "_limit_features",
    "_sort_features",
    "_validate_ngram_range",
    "_validate_vocabulary",
    "_warn_for_unused_params",
)
_HOOKS_OF_HASHING = ("_get_hasher", "_validate_ngram_range")

_LARGEST = 2**31 - 1

#: Types to which SciPy casts counts as NumPy does. All others (complex ones, float16, objects,
#: the other byte order) scikit-learn's own code takes or refuses.
_NUMBERS = frozenset(map(np.dtype, "?bBhHiIlLqQfd"))
#: Types of which a sum of hashed terms is what the sum of whole numbers is, cast; and those that
#: have no −1, which is an error with an alternating sign.
_SUMS = _NUMBERS - {np.dtype("?")}
_UNSIGNED = frozenset(map(np.dtype, "BHILQ"))
#: Types in which `max_features` ranks the same sums as Rust has.
_WIDE = frozenset(map(np.dtype, "ilqfd"))

_native_analysis = lru_cache(maxsize=128)(_core.Analysis)


def is_whole_words(token_pattern: Any) -> bool:
    """Whether Rust and Python find the same words by this pattern."""
    if type(token_pattern) is str and token_pattern == _USUAL_PATTERN:
        return True
    return isinstance(token_pattern, str) and bool(_WHOLE_WORDS.fullmatch(token_pattern))


def _originals(kind: type, hooks: tuple[str, ...]) -> dict[str, Any]:
    """Return scikit-learn's attributes of these names, before anybody replaces them."""
    return {hook: getattr(kind, hook) for hook in hooks}


_ANALYSIS = _originals(text._VectorizerMixin, _HOOKS)
_LEARNING = _originals(text.CountVectorizer, _HOOKS_OF_LEARNING)
_HASHING = _originals(text.HashingVectorizer, _HOOKS_OF_HASHING)


def replaced_hooks(vectorizer: Any, originals: dict[str, Any] = _ANALYSIS) -> list[str]:
    """Return the parts of scikit-learn's work that were replaced by other Python code."""
    own, kind = vars(vectorizer), type(vectorizer)
    replaced = [
        hook for hook, original in originals.items() if getattr(kind, hook, None) is not original
    ]
    # Hardly ever: a text is classified in little more time than it takes to look for each of them.
    if not own.keys().isdisjoint(originals):
        replaced += [hook for hook in originals if hook in own and hook not in replaced]
    return replaced


def _is_of(dtype: Any, dtypes: frozenset[Any]) -> bool:
    """Whether a dtype parameter is one of these types."""
    try:
        # None means NumPy's default to NumPy, and the values' own type to SciPy.
        return dtype is not None and np.dtype(dtype) in dtypes
    except Exception:  # which scikit-learn raises where it comes to it
        return False


@lru_cache(maxsize=128)
def _sorted_texts(stop_words: frozenset[Any]) -> tuple[str, ...]:
    # What is no str equals no word of a text.
    return tuple(sorted(word for word in stop_words if isinstance(word, str)))


class _Native(Versioned, text._VectorizerMixin):
    """Conversion of a vectoriser's settings and documents for the Rust side."""

    def _analysis(self) -> _core.Analysis | None:
        """Text analysis with these settings; None where Python code is part of it."""
        if replaced_hooks(self):
            return None
        words = self.analyzer == "word"
        if (
            self.preprocessor is not None
            or not (words or self.analyzer in ("char", "char_wb"))
            or self.strip_accents not in (None, "unicode", "ascii")
        ):
            return None
        low, high = self.ngram_range
        if type(low) is not int or type(high) is not int:
            if not (isinstance(low, Integral) and isinstance(high, Integral)):
                return None
            low, high = int(low), int(high)
        # slugline's own analysis has no longer n-grams.
        if not 1 <= low <= high <= _core.LONGEST_NGRAM:
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
                stop_words = _sorted_texts(stop_words)
        settings = (self.strip_accents, self.analyzer, pattern, stop_words, (low, high))
        try:
            return _native_analysis(bool(self.lowercase), *settings)
        except UnicodeEncodeError:  # half a character in a stop word
            return None

    def _documents(self, raw_documents: Any) -> tuple[_core.Documents | None, Any]:
        """The documents for Rust (None: not possible), and those for scikit-learn's method."""
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
        except TypeError as error:
            # Arrow memory of something else than text. Of a table scikit-learn reads the names.
            refuse_table(raw_documents, "raw_documents", "text")
            refuse_no_texts(raw_documents, "raw_documents", error)
            raise

    def _matrix(self, arrays: tuple[Any, Any, Any], n_columns: int) -> Any:
        """A CSR matrix of sorted rows, of the vectoriser's dtype."""
        data, indices, indptr = arrays
        dtype = np.dtype(self.dtype)
        if data.dtype.kind == "f" and dtype.kind in "iu":
            data = data.astype(np.int64)  # from which whole numbers wrap as C's do
        X = new_csr(
            (data.astype(dtype, copy=False), indices, indptr),
            shape=(len(indptr) - 1, n_columns),
        )
        X.has_canonical_format = True
        return X


class CountVectorizer(OwnsVocabulary, _Native, text.CountVectorizer):
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
        if isinstance(raw_documents, str) or not self._learns_natively():
            return slow(self, raw_documents)
        self._validate_ngram_range()
        try:
            analysis = self._analysis()
            if analysis is not None:
                documents, raw_documents = self._documents(raw_documents)
        except Exception:
            # Of a parameter without effect scikit-learn warns before it finds anything wrong.
            self._warn_for_unused_params()
            raise
        if analysis is None or documents is None:
            return slow(self, raw_documents)
        self._warn_for_unused_params()
        self._validate_vocabulary()
        columns, terms, arrays = _core.learn(analysis, documents, self._kept)
        X = self._matrix(arrays, len(columns))
        self._learned(columns, terms)
        if self.binary:
            X.data.fill(1)
        return as_configured(X)

    def transform(self, raw_documents):
        """Turn documents into rows of counts, weighed by a TfidfVectorizer.

        Parameters
        ----------
        raw_documents : iterable
            Documents: str, bytes, file names or files, as ``input`` says; or text in Arrow memory.

        Returns
        -------
        X : sparse matrix of shape (n_samples, n_features)
            Document-term matrix.
        """
        X = self._transformed_few(raw_documents)
        return super().transform(raw_documents) if X is None else X

    def _transformed_few(self, raw_documents: Any) -> Any:
        """What `transform` gives for a few `str` where nothing was replaced, else None."""
        weighed = isinstance(self, text.TfidfVectorizer)
        tfidf = vars(self).get("_tfidf") if weighed else None
        dtype = self.dtype
        if (
            not (dtype is np.float64 or (dtype is np.int64 and not weighed))
            or replaced_hooks(self, _COUNTING_FEW)
            or not goes_on(CountVectorizer, self, weighed)
        ):
            return None
        if weighed and (
            type(tfidf) is not TfidfTransformer or TfidfTransformer.transform is not _WEIGHING
        ):
            return None
        found = counts_of_few(self, raw_documents, dtype)
        if found is None or (weighed and not weigh_few(tfidf, *found)):
            return None
        return csr_of(*found)

    def _learns_natively(self) -> bool:
        """Whether no Python code has a part in learning a vocabulary."""
        return (
            self.vocabulary is None
            and _is_of(self.dtype, _NUMBERS if self.max_features is None else _WIDE)
            and not replaced_hooks(self, _LEARNING)
            and not replaced_hooks(self, _COUNTING)
        )

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
        columns, terms, given, past = self._columns() if fixed_vocab else (None, None, None, False)
        if type(columns) is not dict or not _is_of(self.dtype, _NUMBERS):
            return slow(raw_documents, fixed_vocab)
        analysis = self._analysis()
        if analysis is None:
            return slow(raw_documents, fixed_vocab)
        documents, raw_documents = self._documents(raw_documents)
        if documents is None:
            return slow(raw_documents, fixed_vocab)
        if replaced_hooks(self, _COUNTING):  # to which it goes back
            given, past = Given(), False
        # Nobody can change a `dict` that nobody else has: to look through it pays off in time.
        before = given.looked_up if past and given is not None else 0
        try:
            found, arrays, read = _core.count(
                analysis, columns, terms, documents, given is None, before
            )
        except _core.NotNative:
            return slow(raw_documents, fixed_vocab)
        if found is not None:
            self._looked_through(found, given, past)
        elif given is not None:
            given.looked_up += read
        return columns, as_configured(self._matrix(arrays, len(columns)))


_COUNTING = _originals(CountVectorizer, ("_count_vocab",))
_COUNTING_FEW = {
    **_COUNTING,
    **_originals(CountVectorizer, ("_check_vocabulary", "_columns", "_matrix")),
    "__sklearn_is_fitted__": None,
}


class TfidfTransformer(Versioned, text.TfidfTransformer, auto_wrap_output_keys=None):  # type: ignore[call-arg]
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
            X = new_csr(X, dtype=X.dtype)
        if self.sublinear_tf:
            np.log(X.data, X.data)
            X.data += 1.0
        if hasattr(self, "idf_"):
            weigh(X, self.idf_)
        return as_configured(normalise(X, self.norm))


_WEIGHING = TfidfTransformer.transform


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
        self._check_params()
        self._warn_for_unused_params()
        self._learn_idf(raw_documents)
        return self

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
        self._check_params()
        X = self._learn_idf(raw_documents)
        return self._tfidf.transform(X, copy=False)

    def _learn_idf(self, raw_documents: Any) -> Any:
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
        dtypes = _SUMS - _UNSIGNED if self.alternate_sign else _SUMS
        if isinstance(X, str) or not _is_of(self.dtype, dtypes) or replaced_hooks(self, _HASHING):
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
        data, _, indptr = arrays
        if self.binary:
            data.fill(1)
        norm = self.norm
        if self.dtype is np.float64 and (
            norm is None
            or (type(norm) is str and norm in ("l1", "l2") and _core.normalise(data, indptr, norm))
        ):
            return csr_of(arrays, self.n_features)
        return as_configured(normalise(self._matrix(arrays, self.n_features), norm))
