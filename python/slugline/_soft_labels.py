"""Probabilities of classes in place of classes (soft labels)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from slugline._labels import label_array
from slugline._texts import columns_of, counted, position


def soft_labels(y: Any, classes: Any) -> tuple[Any, NDArray[np.float64]] | None:
    """Return the sorted classes and texts × classes; None where y is one class for each text.

    `classes` are those of the columns of an array, in their order.
    """
    table = columns_of(y)
    if table is not None and len(table) > 1:
        columns = [np.asarray(y[name]) for name in table]
        if all(column.dtype.kind in "fiu" for column in columns):
            return _sorted(_named(table), np.column_stack(columns).astype(np.float64))
        return None
    if isinstance(y, (list, tuple)) and y and isinstance(y[0], Mapping):
        return _of_mappings(y)
    if not isinstance(y, np.ndarray) or y.ndim != 2 or y.shape[1] < 2 or y.dtype.kind != "f":
        return None
    if classes is None:
        raise ValueError(
            f"y has the shape {y.shape}: of probabilities, the columns are the classes; name them "
            "with classes=[...], or pass a data frame or a list of {class: probability}"
        )
    names = _named(classes)
    if len(names) != y.shape[1]:
        raise ValueError(
            f"y has {counted(y.shape[1], 'column')}: expected one for each of "
            f"{counted(len(names), 'class', 'classes')} in `classes`"
        )
    return _sorted(names, y.astype(np.float64))


def _of_mappings(y: Any) -> tuple[Any, NDArray[np.float64]]:
    names: dict[Any, int] = {}
    for at, row in enumerate(y):
        if not isinstance(row, Mapping):
            raise TypeError(
                f"y: {position(at, y)} is a {type(row).__name__}, expected "
                "{class: probability} as in the first row"
            )
        for name in row:
            names.setdefault(name, len(names))
    matrix = np.zeros((len(y), len(names)))
    for at, row in enumerate(y):
        for name, probability in row.items():
            try:
                matrix[at, names[name]] = probability
            except (TypeError, ValueError):
                raise TypeError(
                    f"y: {position(at, y)}: the probability of {name!r} is {probability!r}, "
                    "expected a number"
                ) from None
    return _sorted(_named(list(names)), matrix)


def _named(names: Any) -> Any:
    """Return the names of columns as an array of classes."""
    return np.asarray(label_array(list(names)))


def _sorted(names: Any, matrix: NDArray[np.float64]) -> tuple[Any, NDArray[np.float64]]:
    classes, first, counts = np.unique(names, return_index=True, return_counts=True)
    if (counts > 1).any():
        raise ValueError(f"classes: {classes[counts > 1].tolist()[0]!r} is there twice")
    return classes, matrix[:, first]


def placed(matrix: NDArray[np.float64], positions: Any, n_classes: int) -> NDArray[np.float64]:
    """Return the columns at other positions, among zeros."""
    wide = np.zeros((len(matrix), n_classes))
    wide[:, positions] = matrix
    return wide
