# The extension module: crates/slugline-python, where arguments and shapes are documented.

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from slugline._types import Texts

__VERSION__: str
LONGEST_NGRAM: int

_Floats: TypeAlias = NDArray[np.float64]
# The parameter, what is the case, and whether a search ended at a limit.
_Notice: TypeAlias = tuple[str, str, bool]
# data, indices and indptr of a CSR matrix.
_Rows: TypeAlias = tuple[NDArray[Any], NDArray[Any], NDArray[Any]]

class NotNative(Exception): ...

def readable(text: str) -> str: ...
def similar_labels(counts: dict[str, int]) -> list[list[tuple[str, int]]]: ...

@final
class Documents:
    def __new__(
        cls,
        documents: Texts | Iterable[Any],
        decode: Callable[[Any], str] | None = None,
        words: bool = True,
    ) -> Documents: ...
    def __len__(self) -> int: ...

@final
class Analysis:
    def __new__(
        cls,
        lowercase: bool,
        strip_accents: str | None,
        analyzer: str,
        token_pattern: str | None,
        stop_words: Sequence[str] | None,
        ngram_range: tuple[int, int],
    ) -> Analysis: ...

@final
class Vocabulary:
    @staticmethod
    def packed(columns: dict[Any, Any]) -> bytes | None: ...
    @staticmethod
    def unpacked(packed: bytes) -> Vocabulary: ...
    def columns(self) -> dict[str, int]: ...
    def __len__(self) -> int: ...

@final
class Classifier:
    @staticmethod
    def fit(
        settings: dict[str, Any],
        documents: Documents,
        labels: tuple[Sequence[str], str],
        targets: NDArray[np.uintp] | _Floats,
        sample_weight: _Floats | None,
        options: dict[str, Any],
    ) -> Classifier: ...
    @staticmethod
    def from_sums(
        settings: dict[str, Any],
        program: str,
        labels: tuple[Sequence[str], str],
        terms: Sequence[str],
        idf: Sequence[float] | None,
        class_count: Sequence[float],
        feature_count: _Floats,
    ) -> Classifier: ...
    @staticmethod
    def topics() -> Classifier: ...
    @staticmethod
    def load(path: str) -> Classifier: ...
    @staticmethod
    def from_bytes(bytes: bytes) -> Classifier: ...
    def save(self, path: str, note: str | None = None) -> list[str]: ...
    def to_bytes(self, note: str | None = None) -> bytes: ...
    @property
    def note(self) -> str | None: ...
    def without_note(self) -> Classifier: ...
    def notices(self) -> list[_Notice]: ...
    def merge(self, other: Classifier) -> Classifier: ...
    def predict(self, documents: Documents, threads: int) -> NDArray[np.uintp]: ...
    def predict_proba(self, documents: Documents, threads: int) -> _Floats: ...
    def predict_log_proba(self, documents: Documents, threads: int) -> _Floats: ...
    def joint_log_likelihood(self, documents: Documents, threads: int) -> _Floats: ...
    def predict_shares(self, documents: Documents, threads: int) -> tuple[_Floats, _Floats]: ...
    def calibrated(
        self, documents: Documents, labels: Sequence[str], by_length: bool | None
    ) -> Classifier: ...
    def with_other_below(self, limit: float | None) -> Classifier: ...
    @property
    def prior_count(self) -> int: ...
    @property
    def temperature(self) -> float: ...
    @property
    def other_below(self) -> float | None: ...
    def classify(self, text: str) -> tuple[int, list[float], int, list[float], float, bool]: ...
    def explain(
        self, text: str, label: str | None = None, versus: str | None = None
    ) -> tuple[
        str, str | None, float, float, list[tuple[str, int, float, list[tuple[int, int]]]]
    ]: ...
    def top_terms(self, label: str, n: int) -> list[tuple[str, float]]: ...
    @property
    def labels(self) -> list[str]: ...
    @property
    def label_type(self) -> str: ...
    @property
    def settings(self) -> str: ...
    @property
    def sums_are_exact(self) -> bool: ...
    @property
    def n_documents(self) -> int: ...
    def terms(self) -> list[str]: ...
    def idf(self) -> _Floats: ...
    def class_count(self) -> _Floats: ...
    def feature_count(self) -> _Floats: ...

@final
class Trainer:
    def __new__(
        cls, settings: dict[str, Any], memory: str | None, options: dict[str, Any]
    ) -> Trainer: ...
    def add(
        self,
        documents: Documents,
        labels: Sequence[str],
        targets: NDArray[np.uintp],
        sample_weight: _Floats | None,
    ) -> None: ...
    def labels(self) -> list[str]: ...
    def finish(
        self,
        label_type: str,
        class_prior: Sequence[float] | None,
        prior: Sequence[tuple[str, str, float]],
        background: str | None,
    ) -> tuple[Classifier, int]: ...

# What texts without labels give: the classifier, rounds, whether they were enough, held shares,
# free shares, and how far these two differ.
_Learned: TypeAlias = tuple[Classifier, int, bool, list[float] | None, list[float], float]

def words_of(documents: Documents) -> list[str]: ...
def read_word_vectors(path: str) -> tuple[list[str], NDArray[np.float32]]: ...
def describe(
    vectors: str | tuple[Sequence[str], NDArray[np.float32]],
    topics: Sequence[tuple[str, str]],
    terms: Sequence[str],
    strength: float,
    sharpness: float,
    max_expansion: int,
) -> tuple[list[str], _Floats]: ...
def settings_in_file(settings: dict[str, Any]) -> str: ...
def notices(settings: dict[str, Any]) -> list[_Notice]: ...
def partial_fit(
    model: Classifier,
    settings: dict[str, Any],
    documents: Documents,
    labels: tuple[Sequence[str], _Floats | None],
    sample_weight: _Floats | None,
    threads: int,
) -> Classifier: ...
def forget(
    model: Classifier,
    settings: dict[str, Any],
    documents: Documents,
    labels: tuple[Sequence[str], _Floats | None],
    sample_weight: _Floats | None,
    threads: int,
) -> Classifier: ...
def audit(
    settings: dict[str, Any],
    documents: Documents,
    labels: Sequence[str],
    options: dict[str, Any],
) -> tuple[list[str], list[list[int]], float, list[tuple[int, str, str, float, float]]]: ...
def fit_semi_supervised(
    settings: dict[str, Any],
    documents: Documents,
    labels: tuple[Sequence[str], str],
    targets: NDArray[np.uintp] | _Floats,
    sample_weight: _Floats | None,
    options: dict[str, Any],
    unlabelled: Documents,
    unlabelled_options: dict[str, Any],
) -> _Learned: ...
def adapt(
    model: Classifier, documents: Documents, unlabelled_options: dict[str, Any], threads: int
) -> _Learned: ...
def learn(
    analysis: Analysis,
    documents: Documents,
    keep: Callable[[int, NDArray[np.int64], NDArray[Any]], Any],
) -> tuple[dict[str, int], Vocabulary, _Rows]: ...
def count(
    analysis: Analysis,
    columns: dict[Any, Any],
    known: Vocabulary | None,
    documents: Documents,
    unchanged: bool,
    before: int,
) -> tuple[Vocabulary | None, _Rows, int]: ...
def count_few(
    analysis: Analysis, vocabulary: Vocabulary, documents: Any, floats: bool, binary: bool
) -> _Rows | None: ...
def hash(
    analysis: Analysis, documents: Documents, n_features: int, alternate_sign: bool
) -> _Rows: ...
def log_likelihood_of_few(data: Any, indices: Any, indptr: Any, weights: Any) -> _Floats | None: ...
def fit_refined(
    settings: dict[str, Any],
    rows: _Rows,
    n_columns: int,
    classes: tuple[NDArray[np.uintp], int],
    sample_weight: _Floats | None,
    threads: int,
) -> tuple[_Floats, _Floats]: ...
def class_sums(
    data: _Floats,
    indices: NDArray[Any],
    indptr: NDArray[Any],
    n_columns: int,
    n_classes: int,
    entries: tuple[NDArray[np.uintp], NDArray[np.uintp], _Floats],
) -> _Floats: ...
def log_likelihood(
    data: _Floats, indices: NDArray[Any], indptr: NDArray[Any], weights: _Floats
) -> _Floats: ...
def times_idf(data: NDArray[Any], indices: NDArray[Any], idf: NDArray[Any]) -> bool: ...
def normalise(data: NDArray[Any], indptr: NDArray[Any], norm: str) -> bool: ...
def threads(n_jobs: Any = None) -> int: ...
def command(arguments: Sequence[str]) -> int: ...
