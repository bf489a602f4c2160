"""Fitting a model of the Rust side on texts and classes."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from numbers import Number
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import column_or_1d

from slugline import _core
from slugline._labels import background_of, by_name, label_array, names_of, order_of, without
from slugline._prior import prior_terms
from slugline._settings import auto_of, for_rust
from slugline._soft_labels import placed, refuse_soft_labels
from slugline._texts import called, counted, documents_of, is_missing, position, refuse_table
from slugline._values import number, numbers, refuse, whole

#: Differences of held and free shares above this are warned of.
_FAR = 0.05


class Examples(NamedTuple):
    """The arguments of a fit in Rust: texts, classes as numbers, weights and options."""

    settings: dict[str, Any]
    documents: _core.Documents
    #: The sorted names of all classes, and their type.
    labels: tuple[list[str], str]
    #: The position of each text's class among the names, or texts × names: their probabilities.
    targets: NDArray[np.uintp] | NDArray[np.float64]
    sample_weight: NDArray[np.float64] | None
    options: dict[str, Any]


class SemiSupervised(NamedTuple):
    """A model that has learned from unlabelled texts; see `_core.adapt`."""

    model: _core.Classifier
    n_iter: int
    converged: bool
    held_shares: list[float] | None
    free_shares: list[float]
    disagreement: float


def fitted(
    estimator: Any,
    X: Any,
    y: Any,
    declared: Any,
    sample_weight: Any,
    prior: Any = None,
    soft: Any = None,
) -> tuple[_core.Classifier, Any]:
    """Fit on texts with classes; return the model and its classes.

    `soft`: the sorted classes and the probabilities in place of `y`.
    """
    examples, classes = _examples(estimator, X, y, declared, sample_weight, prior, soft)
    return _core.Classifier.fit(*examples), classes


def fitted_semi_supervised(
    estimator: Any,
    X: Any,
    y: Any,
    sample_weight: Any,
    prior: Any,
    soft: Any,
    unlabelled: Any,
    options: Any,
) -> tuple[SemiSupervised, Any]:
    """Fit on texts with classes and unlabelled ones; return the result and the classes."""
    chosen = auto_of(estimator._parameters())
    if chosen:
        raise ValueError(
            f"{', '.join(chosen)}: chosen on texts that have classes; with `unlabelled` give "
            "values instead (calibrated(X, y) calibrates afterwards)"
        )
    examples, classes = _examples(estimator, X, y, None, sample_weight, prior, soft)
    found = _core.fit_semi_supervised(
        *examples, documents_of(unlabelled, "unlabelled"), in_order(options, classes)
    )
    return SemiSupervised(*found), classes


def unlabelled_options(
    weight: Any, class_shares: Any, max_iter: Any, name: str = "weight"
) -> dict[str, Any]:
    """Return the options for unlabelled texts; `name` is that of the weight's argument."""
    expected = "a finite number above 0"
    weight = number(name, weight, expected, 0)
    if weight == 0:
        refuse(name, weight, expected)
    # A float without a fraction is accepted, too.
    if isinstance(max_iter, (float, np.floating)) and float(max_iter).is_integer():
        max_iter = int(max_iter)
    max_iter = whole("max_iter", max_iter, 1)
    names = ("uniform", "learned", "free")
    if not isinstance(class_shares, str):
        expected = f"{', '.join(map(repr, names))}, or a number for each class"
        class_shares = numbers("class_shares", class_shares, expected)
    elif class_shares not in names:
        expected = f"{', '.join(map(repr, names))}, or a number for each class"
        refuse("class_shares", class_shares, expected)
    return {"weight": weight, "max_iter": max_iter, "class_shares": class_shares}


def in_order(options: dict[str, Any], classes: Any) -> dict[str, Any]:
    """Return the options with the shares in the order of the classes' sorted names."""
    shares = options["class_shares"]
    # A wrong number of shares is an error of the Rust side.
    if isinstance(shares, str) or len(shares) != len(classes):
        return options
    return {**options, "class_shares": [float(share) for share in by_name(classes, shares)]}


def warn_of_shares(found: SemiSupervised, classes: Any, stacklevel: int) -> None:
    """Warn where the texts speak for other shares than those that were held."""
    if found.held_shares is None or found.disagreement <= _FAR:
        return
    free = dict(zip(sorted(names_of(classes)[0]), found.free_shares, strict=True))
    warnings.warn(
        "the texts speak for other shares of the classes than those that were held: "
        + ", ".join(f"{name} {share:.2f}" for name, share in free.items())
        + "; give what you know as class_shares",
        stacklevel=stacklevel + 1,
    )


def targets_of(documents: _core.Documents, y: Any) -> Any:
    """Return the class of each document as an array."""
    targets = column_of(y)
    check_labels(targets, y)
    check_length(documents, targets)
    return targets


def check_length(documents: _core.Documents, targets: Any) -> None:
    """Fail where there are more texts than labels, or fewer."""
    if len(documents) != len(targets):
        raise ValueError(
            "Found input variables with inconsistent numbers of samples: "
            f"[{len(documents)}, {len(targets)}]: {counted(len(documents), 'text')}, but "
            f"{counted(len(targets), 'label')}"
        )


def column_of(y: Any) -> Any:
    """Return labels as an array; fail for a table of several columns."""
    refuse_soft_labels(y)
    refuse_table(y, "y", "labels")
    column = column_or_1d(label_array(y), warn=True)
    if column.dtype.kind == "U" and hasattr(y, "to_list"):
        # Polars' own conversion drops the zeros, too.
        names = label_array(y.to_list())
        return names if isinstance(names, np.ndarray) else column
    if column.dtype.kind == "U" and not hasattr(y, "dtype"):
        # In an array of strings NumPy turns missing values of a list into "nan".
        for at, label in enumerate(y):
            if not isinstance(label, str) and is_missing(label):
                raise TypeError(
                    f"y: {position(at, y)} is missing ({label!r}), expected the class of the text"
                )
    # 0.0 and -0.0 are one label.
    return column + column.dtype.type(0) if column.dtype.kind == "f" else column


def check_labels(targets: Any, y: Any) -> None:
    """Fail for labels that are missing, empty or no classes; `y` is what was passed."""
    if targets.dtype.kind in "OUT":
        for at, label in enumerate(targets.tolist()):
            if isinstance(label, str) and label:
                continue
            where = f"{called('y', y)}: {position(at, y)}"
            if not isinstance(label, (str, bytes, Number, np.generic)) and not is_missing(label):
                raise TypeError(f"{where} is a {type(label).__name__}, expected a class")
            if is_missing(label):
                raise TypeError(f"{where} is missing ({label!r}), expected the class of the text")
            if label == "":
                raise ValueError(
                    f"{where} is an empty string, expected the class of the text: name it, or "
                    "leave the text out"
                )
    if len(targets):
        # Older versions of the check do not know NumPy's StringDType.
        check_classification_targets(_sortable(targets))


def _numbered(documents: _core.Documents, y: Any) -> tuple[Any, Any]:
    """Return the sorted classes, and the position of each document's class among them.

    For names it is `np.unique(targets_of(documents, y), return_inverse=True)` without sorting the
    names of all documents, which with the check takes longer than a fifth of a fit (measured on 20
    Newsgroups), and for a list of them without making an array of them first (a tenth, AG News).
    """
    labels, dtype = y, None
    if not isinstance(y, list):
        column = column_of(y)
        dtype = column.dtype if column.dtype.kind in "OU" else None
        labels = [] if dtype is None else column.tolist()
    names = _distinct_names(labels)
    # scikit-learn's check accepts names, but warns where there are many of them.
    few = len(labels) == len(documents) and 2 * len(names) <= len(labels)
    if names and few and "" not in names:
        number = {name: at for at, name in enumerate(names)}
        numbers = map(number.__getitem__, labels)
        distinct = np.asarray(label_array(names), dtype=dtype)
        classes, place = np.unique(distinct, return_inverse=True)
        return classes, place[np.fromiter(numbers, dtype=np.intp, count=len(labels))]
    classes, place = np.unique(targets_of(documents, y), return_inverse=True)
    return classes, place


def _distinct_names(labels: list[Any]) -> list[str]:
    """Return the distinct names in a list; an empty list where some are no `str`."""
    try:
        names = list(dict.fromkeys(labels))
    except TypeError:  # What cannot be hashed is no name.
        return []
    return names if all(isinstance(name, str) for name in names) else []


def weights_of(sample_weight: Any, n: int) -> Any:
    """Return the weights of `n` texts as the extension module takes them.

    As in scikit-learn a number is the weight of every text.
    """
    if sample_weight is None:
        return None
    if isinstance(sample_weight, Number):
        return np.full(n, sample_weight, dtype=np.float64)
    weights = np.ascontiguousarray(sample_weight, dtype=np.float64)
    if np.ndim(sample_weight) != 1:
        raise ValueError(
            f"sample_weight has {np.ndim(sample_weight)} dimensions: expected one number for all "
            f"texts, or a list of {n}"
        )
    if len(weights) != n:
        raise ValueError(f"sample_weight has {counted(len(weights), 'number')}: expected {n}")
    return weights


def options_of(estimator: Any, terms: Any) -> dict[str, Any]:
    """Return the options of a fit beside texts, labels and weights."""
    return {
        "prior": terms,
        "auto": auto_of(estimator._parameters()),
        "threads": _core.threads(estimator.n_jobs),
    }


def _examples(
    estimator: Any, X: Any, y: Any, declared: Any, sample_weight: Any, prior: Any, soft: Any
) -> tuple[Examples, Any]:
    """The texts as the extension module takes them, and the classes of the model."""
    documents = documents_of(X)
    classes, targets = _numbered(documents, y) if soft is None else soft
    seen = classes
    terms, classes = prior_terms(prior, seen)
    if terms and len(seen):
        targets = _renumbered(
            targets, np.searchsorted(_sortable(classes), _sortable(seen)), classes
        )
    if declared is not None:
        check_declared(classes, declared)
        places = np.searchsorted(_sortable(declared), _sortable(classes))
        targets = _renumbered(targets, places, declared)
        classes = declared
    names, label_type = names_of(classes)
    background = background_of(estimator.background, classes)
    labels = without(background, classes)
    order = order_of(classes)
    if order is not None:
        targets = _renumbered(targets, order, classes)
    if soft is None:
        targets = np.ascontiguousarray(targets, dtype=np.uintp)
    else:
        check_length(documents, targets)
    examples = Examples(
        for_rust(estimator._parameters(), labels, background),
        documents,
        (sorted(names), label_type),
        targets,
        weights_of(sample_weight, len(targets)),
        options_of(estimator, terms),
    )
    return examples, labels


def _renumbered(targets: Any, places: Any, classes: Any) -> Any:
    """Return targets, or columns of probabilities, for the places of their classes among these."""
    return places[targets] if targets.ndim == 1 else placed(targets, places, len(classes))


def declared_classes(classes: Any) -> Any:
    """Return the sorted classes that partial_fit expects."""
    refuse_table(classes, "classes", "labels")
    if isinstance(classes, (str, bytes)) or not isinstance(classes, Iterable):
        refuse("classes", classes, "a list of classes", TypeError)
    if hasattr(classes, "to_pylist"):
        classes = classes.to_pylist()
    if not hasattr(classes, "dtype"):
        classes = list(classes)
    found = np.asarray(label_array(classes))
    if found.ndim != 1:
        refuse("classes", classes, "a list of classes, of one dimension")
    for at, label in enumerate(classes):
        if is_missing(label):
            refuse(f"classes[{at}]", label, "a class", TypeError)
    try:
        return np.unique(found)
    except TypeError:
        refuse("classes", classes, "classes that are all of one type", TypeError)


def _sortable(classes: Any) -> Any:
    """Classes as an array that NumPy can search, which it cannot with its StringDType."""
    return classes.astype(object) if classes.dtype.kind == "T" else classes


def check_declared(classes: Any, declared: Any) -> None:
    """Fail for classes that the first call of partial_fit did not declare."""
    unknown = np.setdiff1d(_sortable(classes), _sortable(declared))
    if len(unknown):
        raise ValueError(
            f"The target label(s) {unknown} in y do not exist in the initial classes {declared}"
        )
