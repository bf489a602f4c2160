# scikit-learn has no types of its own: here are those of its text estimators, as documented there.

from abc import ABCMeta
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray
from scipy import sparse
from sklearn import naive_bayes
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.feature_extraction import text
from typing_extensions import Self

__all__ = [
    "BernoulliNB",
    "ComplementNB",
    "CountVectorizer",
    "HashingVectorizer",
    "MultinomialNB",
    "RefinedNB",
    "TfidfTransformer",
    "TfidfVectorizer",
]

_Sparse: TypeAlias = sparse.csr_array | sparse.csr_matrix
_Features: TypeAlias = ArrayLike | sparse.sparray | sparse.spmatrix
_Accents: TypeAlias = Literal["ascii", "unicode"] | Callable[[str], str] | None
_Analyzer: TypeAlias = Literal["word", "char", "char_wb"] | Callable[[Any], Iterable[str]]
_Norm: TypeAlias = Literal["l1", "l2"] | None

class CountVectorizer(text.CountVectorizer):
    vocabulary_: dict[str, int]
    fixed_vocabulary_: bool
    def __init__(
        self,
        *,
        input: Literal["content", "file", "filename"] = "content",
        encoding: str = "utf-8",
        decode_error: Literal["strict", "ignore", "replace"] = "strict",
        strip_accents: _Accents = None,
        lowercase: bool = True,
        preprocessor: Callable[[Any], str] | None = None,
        tokenizer: Callable[[str], Iterable[str]] | None = None,
        stop_words: Literal["english"] | Iterable[str] | None = None,
        token_pattern: str | None = r"(?u)\b\w\w+\b",
        ngram_range: tuple[int, int] = (1, 1),
        analyzer: _Analyzer = "word",
        max_df: float = 1.0,
        min_df: float = 1,
        max_features: int | None = None,
        vocabulary: Mapping[str, int] | Iterable[str] | None = None,
        binary: bool = False,
        dtype: DTypeLike = np.int64,
    ) -> None: ...
    def fit(self, raw_documents: Iterable[Any], y: Any = None) -> Self: ...
    def fit_transform(self, raw_documents: Iterable[Any], y: Any = None) -> _Sparse: ...
    def transform(self, raw_documents: Iterable[Any]) -> _Sparse: ...
    def inverse_transform(self, X: _Features) -> list[NDArray[Any]]: ...
    def get_feature_names_out(self, input_features: Any = None) -> NDArray[Any]: ...
    def build_analyzer(self) -> Callable[[Any], list[str]]: ...

class TfidfTransformer(text.TfidfTransformer):
    idf_: NDArray[Any]
    def __init__(
        self,
        *,
        norm: _Norm = "l2",
        use_idf: bool = True,
        smooth_idf: bool = True,
        sublinear_tf: bool = False,
    ) -> None: ...
    def fit(self, X: _Features, y: Any = None) -> Self: ...
    def fit_transform(self, X: _Features, y: Any = None, **fit_params: Any) -> _Sparse: ...
    def transform(self, X: _Features, copy: bool = True) -> _Sparse: ...

class TfidfVectorizer(CountVectorizer, text.TfidfVectorizer):
    @property
    def idf_(self) -> NDArray[Any]: ...
    @idf_.setter
    def idf_(self, value: ArrayLike) -> None: ...
    def __init__(
        self,
        *,
        input: Literal["content", "file", "filename"] = "content",
        encoding: str = "utf-8",
        decode_error: Literal["strict", "ignore", "replace"] = "strict",
        strip_accents: _Accents = None,
        lowercase: bool = True,
        preprocessor: Callable[[Any], str] | None = None,
        tokenizer: Callable[[str], Iterable[str]] | None = None,
        analyzer: _Analyzer = "word",
        stop_words: Literal["english"] | Iterable[str] | None = None,
        token_pattern: str | None = r"(?u)\b\w\w+\b",
        ngram_range: tuple[int, int] = (1, 1),
        max_df: float = 1.0,
        min_df: float = 1,
        max_features: int | None = None,
        vocabulary: Mapping[str, int] | Iterable[str] | None = None,
        binary: bool = False,
        dtype: DTypeLike = np.float64,
        norm: _Norm = "l2",
        use_idf: bool = True,
        smooth_idf: bool = True,
        sublinear_tf: bool = False,
    ) -> None: ...

class HashingVectorizer(text.HashingVectorizer):
    def __init__(
        self,
        *,
        input: Literal["content", "file", "filename"] = "content",
        encoding: str = "utf-8",
        decode_error: Literal["strict", "ignore", "replace"] = "strict",
        strip_accents: _Accents = None,
        lowercase: bool = True,
        preprocessor: Callable[[Any], str] | None = None,
        tokenizer: Callable[[str], Iterable[str]] | None = None,
        stop_words: Literal["english"] | Iterable[str] | None = None,
        token_pattern: str | None = r"(?u)\b\w\w+\b",
        ngram_range: tuple[int, int] = (1, 1),
        analyzer: _Analyzer = "word",
        n_features: int = 1048576,
        binary: bool = False,
        norm: _Norm = "l2",
        alternate_sign: bool = True,
        dtype: DTypeLike = np.float64,
    ) -> None: ...
    def partial_fit(self, X: Any, y: Any = None) -> Self: ...
    def fit(self, X: Any, y: Any = None) -> Self: ...
    def transform(self, X: Iterable[Any]) -> _Sparse: ...
    def fit_transform(self, X: Iterable[Any], y: Any = None) -> _Sparse: ...

class _DiscreteNB(metaclass=ABCMeta):
    class_count_: NDArray[np.float64]
    class_log_prior_: NDArray[np.float64]
    classes_: NDArray[Any]
    feature_count_: NDArray[np.float64]
    feature_log_prob_: NDArray[np.float64]
    n_features_in_: int
    def fit(self, X: _Features, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self: ...
    def partial_fit(
        self,
        X: _Features,
        y: ArrayLike,
        classes: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> Self: ...
    def predict(self, X: _Features) -> NDArray[Any]: ...
    def predict_proba(self, X: _Features) -> NDArray[np.float64]: ...
    def predict_log_proba(self, X: _Features) -> NDArray[np.float64]: ...
    def predict_joint_log_proba(self, X: _Features) -> NDArray[np.float64]: ...
    def score(
        self, X: _Features, y: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> float: ...

class MultinomialNB(_DiscreteNB, naive_bayes.MultinomialNB):
    def __init__(
        self,
        *,
        alpha: ArrayLike = 1.0,
        force_alpha: bool = True,
        fit_prior: bool = True,
        class_prior: ArrayLike | None = None,
    ) -> None: ...

class ComplementNB(_DiscreteNB, naive_bayes.ComplementNB):
    feature_all_: NDArray[np.float64]
    def __init__(
        self,
        *,
        alpha: ArrayLike = 1.0,
        force_alpha: bool = True,
        fit_prior: bool = True,
        class_prior: ArrayLike | None = None,
        norm: bool = False,
    ) -> None: ...

class RefinedNB(ClassifierMixin, BaseEstimator):
    classes_: NDArray[Any]
    coef_: NDArray[np.float64]
    intercept_: NDArray[np.float64]
    n_iter_: int
    n_features_in_: int
    feature_names_in_: NDArray[Any]
    def __init__(
        self,
        naive_bayes: Literal["complement", "multinomial"] = "complement",
        *,
        alpha: float = 0.3,
        C: float = 0.3,
        max_iter: int = 3,
        n_jobs: int | None = None,
    ) -> None: ...
    def fit(self, X: _Features, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self: ...
    def decision_function(self, X: _Features) -> NDArray[np.float64]: ...
    def predict(self, X: _Features) -> NDArray[Any]: ...
    def predict_log_proba(self, X: _Features) -> NDArray[np.float64]: ...
    def predict_proba(self, X: _Features) -> NDArray[np.float64]: ...
    def __sklearn_tags__(self) -> Any: ...

class BernoulliNB(_DiscreteNB, naive_bayes.BernoulliNB):
    def __init__(
        self,
        *,
        alpha: ArrayLike = 1.0,
        force_alpha: bool = True,
        binarize: float | None = 0.0,
        fit_prior: bool = True,
        class_prior: ArrayLike | None = None,
    ) -> None: ...
