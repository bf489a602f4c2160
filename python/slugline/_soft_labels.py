"""Probabilities of classes in place of classes (soft labels)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from slugline._labels import in_words, label_array, type_of
from slugline._texts import columns_of, counted, is_missing, position
from slugline._values import refuse

#: The kinds of arrays that hold probabilities.
_NUMBERS = "fiub"


def soft_labels(y: Any, columns: Any = None) -> tuple[Any, NDArray[np.float64]] | None:
    """Return the sorted classes and texts × classes; None where y is one class for each text.

    `columns` are the classes of the columns of an array, in their order.
    """
    table = _numeric_table(y)
    if table is not None:
        names, matrix = table
        return _sorted(_classes(names), matrix)
    if _holds_mappings(y):
        return _of_mappings(y)
    if (
        not isinstance(y, np.ndarray)
        or y.ndim != 2
        or y.shape[1] < 2
        or y.dtype.kind not in _NUMBERS
    ):
        return None
    if columns is None:
        raise ValueError(
            f"y has the shape {y.shape}: of probabilities, the columns are the classes; name them "
            "with classes=[...], or pass a data frame or a list of {class: probability}"
        )
    return _of_array(y, columns)


def soft_array(y: Any, classes: Any) -> tuple[Any, NDArray[np.float64]]:
    """Return the sorted classes and texts × classes of an array whose columns are these classes."""
    if columns_of(y) is not None or _holds_mappings(y):
        kind = "a data frame" if columns_of(y) is not None else "mappings"
        raise ValueError(f"classes: {kind} as y has the names of its classes: leave `classes` out")
    try:
        array = np.asanyarray(y)
    except ValueError:  # Rows of several lengths.
        array = np.empty(0)
    if array.ndim != 2 or array.dtype.kind not in _NUMBERS:
        raise ValueError(
            "classes names the columns of y where that is an array of probabilities, of shape "
            "(n_samples, n_classes); y is none: leave `classes` out"
        )
    return _of_array(array, classes)


def refuse_soft_labels(y: Any) -> None:
    """Fail for probabilities where one class for each text is needed."""
    if _holds_mappings(y) or _numeric_table(y) is not None:
        raise TypeError(
            "y: expected one class for each text, got probabilities of classes: `fit`, "
            "`partial_fit` and `forget` take them, nothing else"
        )


def placed(matrix: NDArray[np.float64], positions: Any, n_classes: int) -> NDArray[np.float64]:
    """Return the columns at other positions, among zeros."""
    wide = np.zeros((len(matrix), n_classes))
    wide[:, positions] = matrix
    return wide


def _holds_mappings(y: Any) -> bool:
    return isinstance(y, (list, tuple)) and len(y) > 0 and isinstance(y[0], Mapping)


def _numeric_table(y: Any) -> tuple[list[Any], NDArray[np.float64]] | None:
    """The names of the columns of a table of numbers, and texts × columns."""
    names = None if isinstance(y, Mapping) else columns_of(y)
    if names is None or len(names) < 2 or not all(map(type_of, names)):
        return None
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"y has the column {twice!r} twice")
    columns = [np.asarray(y[name]) for name in names]
    if any(column.ndim != 1 or column.dtype.kind not in _NUMBERS for column in columns):
        return None
    return names, np.column_stack([column.astype(np.float64) for column in columns])


def _of_array(y: Any, classes: Any) -> tuple[Any, NDArray[np.float64]]:
    if isinstance(classes, (str, bytes, Set, Mapping)) or not isinstance(classes, Iterable):
        refuse("classes", classes, "a list of the classes, in the order of the columns", TypeError)
    names = list(classes)
    if len(names) != y.shape[1]:
        raise ValueError(
            f"y has {counted(y.shape[1], 'column')}: expected one for each of "
            f"{counted(len(names), 'class', 'classes')} in `classes`"
        )
    if np.ma.is_masked(y):
        raise ValueError("y has masked values, expected a probability of each class")
    return _sorted(_classes(names), np.asarray(y, dtype=np.float64))


def _of_mappings(y: Any) -> tuple[Any, NDArray[np.float64]]:
    # 1 and True are equal as keys, and are two classes.
    names: dict[tuple[str | None, Any], int] = {}
    cells = []
    for at, row in enumerate(y):
        if not isinstance(row, Mapping):
            raise TypeError(
                f"y: {position(at, y)} is a {type(row).__name__}, expected "
                "{class: probability} as in the first row"
            )
        for name, probability in row.items():
            if not isinstance(probability, Real):
                raise TypeError(
                    f"y: {position(at, y)}: the probability of {name!r} is {probability!r}, "
                    "expected a number"
                )
            key = (type_of(name), name)
            cells.append((at, names.setdefault(key, len(names)), float(probability)))
    matrix = np.zeros((len(y), len(names)))
    for at, column, probability in cells:
        matrix[at, column] = probability
    return _sorted(_classes([name for _, name in names]), matrix)


def _classes(names: list[Any]) -> Any:
    """Return the names of columns as an array of classes."""
    for name in names:
        if is_missing(name):
            raise TypeError(f"y: a class is missing ({name!r})")
        if type_of(name) is None:
            raise TypeError(
                f"y: {name!r} is no class, expected a str, an integer, a float or a bool"
            )
        if type_of(name) != type_of(names[0]):
            raise TypeError(
                f"y: the classes {in_words(names[0])}, and {in_words(name)}, are of two types"
            )
        if isinstance(name, float) and not np.isfinite(name):
            raise ValueError(f"y: {name!r} is no class")
    classes = np.asarray(label_array(names))
    if classes.dtype.kind == "f":
        if type_of(names[0]) != "float":
            raise TypeError(f"y: the classes {names!r} are integers that NumPy has no type for")
        classes = classes + classes.dtype.type(0)  # 0.0 and -0.0 are one class.
    return classes


def _sorted(names: Any, matrix: NDArray[np.float64]) -> tuple[Any, NDArray[np.float64]]:
    classes, first, counts = np.unique(names, return_index=True, return_counts=True)
    if (counts > 1).any():
        raise ValueError(f"classes: {classes[counts > 1].tolist()[0]!r} is there twice")
    return classes, matrix[:, first]
