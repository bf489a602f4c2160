"""Class labels as the names that a model file holds, and back."""

from __future__ import annotations

from typing import Any

import numpy as np

_TYPE_OF_KIND = {"b": "boolean", "i": "integer", "u": "integer", "f": "float"}


def names_of(classes: Any) -> tuple[list[str], str]:
    """Return the names of an array of classes, and the type that they had."""
    if classes.dtype.kind in _TYPE_OF_KIND:
        return [str(label) for label in classes.tolist()], _TYPE_OF_KIND[classes.dtype.kind]
    for label in classes:
        if not isinstance(label, str):
            raise TypeError(
                "labels must be all str, all integers, all floats or all booleans; "
                f"got {label!r} of type {type(label).__name__}"
            )
    return [str(label) for label in classes], "text"


def classes_of(names: list[str], label_type: str) -> Any:
    """Return the sorted array of classes that the names stand for."""
    if label_type == "integer":
        return np.unique(np.array([int(name) for name in names]))
    if label_type == "float":
        return np.unique(np.array([float(name) for name in names]))
    if label_type == "boolean":
        return np.unique(np.array([name == "True" for name in names]))
    return np.unique(np.array(names))


def by_name(classes: Any, values: Any) -> Any:
    """Return values, one for each class, in the order of the classes' sorted names."""
    order = order_of(classes)
    return values if order is None else np.asarray(values)[np.argsort(order)]


def order_of(classes: Any) -> Any:
    """Return the position of each class among its sorted names; None where it is the same.

    The Rust side sorts names, NumPy sorts numbers: "10" comes before "9".
    """
    names, _ = names_of(classes)
    by_name = sorted(range(len(names)), key=names.__getitem__)
    if by_name == list(range(len(names))):
        return None
    order = np.empty(len(names), dtype=np.uintp)
    order[by_name] = np.arange(len(names), dtype=np.uintp)
    return order
