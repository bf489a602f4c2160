"""Conversion of class labels to the names in a model file, and back."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any

import numpy as np

from slugline._values import check_characters, refuse

#: The types of labels in words, one and many.
_IN_WORDS = {
    "boolean": ("a boolean", "booleans"),
    "integer": ("an integer", "integers"),
    "float": ("a float", "floats"),
    "text": ("a str", "str"),
}
_TYPE_OF_KIND = {"b": "boolean", "i": "integer", "u": "integer", "f": "float"}
_KINDS_OF_TYPE = {"boolean": "b", "integer": "iu", "float": "f", "text": "UOT"}


def names_of(classes: Any) -> tuple[list[str], str]:
    """Return the names of an array of classes, and their type."""
    kind = classes.dtype.kind
    if kind == "f" and classes.dtype.itemsize > 8:
        raise TypeError(f"y: labels of type {classes.dtype.name} are not kept: give float64")
    if kind in _TYPE_OF_KIND:
        # Zero is one label, with either sign.
        labels = [label + 0.0 for label in classes.tolist()] if kind == "f" else classes.tolist()
        return [str(label) for label in labels], _TYPE_OF_KIND[kind]
    names = classes.tolist()
    for at, label in enumerate(names):
        if not isinstance(label, str):
            raise TypeError(
                "y: labels must be all str, all integers, all floats or all booleans; "
                f"got {label!r} of type {type(label).__name__}"
            )
        if not label:
            raise ValueError(
                f"y: the label at position {at} is an empty string: name it, or leave the text out"
            )
        if not label.isascii():
            check_characters("y: a label", label)
    return [text_of(label) for label in names], "text"


def text_of(label: str) -> str:
    """Return the characters of a label; `str` of an enum's member that is a `str` has others."""
    return str.__str__(label)


def type_of(label: Any) -> str | None:
    """Return the type of a Python or NumPy object as a label; None where it cannot be one."""
    if isinstance(label, str):
        return "text"
    if isinstance(label, (bool, np.bool_)):
        return "boolean"
    if isinstance(label, Integral):
        return "integer"
    return "float" if isinstance(label, Real) else None


def in_words(label: Any) -> str:
    """Return an object with its type: "'2', a str"."""
    of_label = type_of(label)
    kind = f"a {type(label).__name__}" if of_label is None else _IN_WORDS[of_label][0]
    return f"{label.item() if isinstance(label, np.generic) else label!r}, {kind}"


def expected_type(label_type: str) -> str:
    """Return the message for another type: "the labels in y are integers: expected an integer"."""
    one, many = _IN_WORDS[label_type]
    return f"the labels in y are {many}: expected {one}"


def background_of(background: Any, classes: Any) -> str | None:
    """Return the name of the background's label among labels of this type.

    `classes` is an array of labels, whether or not the background's is among them.

    Raises
    ------
    ValueError
        For one of another type: "2" and 2 have one name in a model file, and are two labels in y.
    """
    if background is None or not len(classes):
        return None if background is None else str(background)
    label_type = names_of(classes)[1]
    if type_of(background) != label_type:
        raise ValueError(f"background is {in_words(background)}, but {expected_type(label_type)}")
    if label_type == "text":
        return text_of(background)
    plain = background.item() if isinstance(background, np.generic) else background
    return str(plain + 0.0 if label_type == "float" else plain)


def without(background: str | None, classes: Any) -> Any:
    """Return the classes without the background of this name."""
    if background is None:
        return classes
    return classes[[name != background for name in names_of(classes)[0]]]


def label_array(labels: Any) -> Any:
    """Return a list of labels as an array that keeps trailing zeros of names, unlike NumPy."""
    if isinstance(labels, (list, tuple)) and any(
        isinstance(label, str) and label.endswith("\0") for label in labels
    ):
        return np.array(labels, dtype=object)
    return labels


def distinct(labels: Any) -> Any:
    """Return the sorted labels of a column, each once, as an array that keeps them apart."""
    return np.unique(np.asarray(label_array(labels)))


def native(classes: Any) -> Any:
    """Return the array in the byte order of the machine."""
    # NumPy's own strings of any length have none, and no such method.
    dtype = classes.dtype if classes.dtype.kind == "T" else classes.dtype.newbyteorder("=")
    return np.array(classes, dtype=dtype)


def classes_of(names: list[str], label_type: str, dtype: Any = None) -> Any:
    """Return the sorted array of classes that the names stand for.

    `dtype` is NumPy's type, or its name, where it is not the usual one for such labels (see
    `dtype_of`). Where it cannot hold all of them (a longer name), the least one that can is taken.
    """
    values = [label_of(name, label_type) for name in names]
    if dtype is None:
        return np.unique(_usual(values, label_type))
    wanted = dtype_of_name(dtype) if isinstance(dtype, str) else dtype
    usual = _usual(values, label_type)
    if wanted.kind not in _KINDS_OF_TYPE[label_type]:
        raise ValueError(f"labels of type {label_type} cannot be of NumPy's type {dtype}")
    return np.unique(usual.astype(joined_dtype(np.empty(0, dtype=wanted), usual)))


def dtype_of(classes: Any, label_type: str) -> str | None:
    """Return NumPy's name of the type of an array of classes; None for the usual one."""
    if classes.dtype == _usual(classes.tolist(), label_type).dtype:
        return None
    return name_of_dtype(classes.dtype)


def name_of_dtype(dtype: Any) -> str:
    """Return NumPy's name of a type; "T" for its strings of any length, which have none."""
    return "T" if dtype.kind == "T" else str(dtype.str)


def name_of(label: Any, classes: Any, argument: str = "label") -> str:
    """Return the name of one of the classes, which was passed as this argument.

    Raises
    ------
    ValueError
        Where it is none of them.
    """
    own = classes.tolist()
    known = zip(names_of(classes)[0], own, strict=True)
    # Anything else is no label, even if it is equal to one.
    for name, value in known if isinstance(label, (str, Real, np.bool_)) else ():
        if name == label or (value == label and isinstance(label, str) == isinstance(value, str)):
            return name
    refuse(argument, label, f"one of {', '.join(map(repr, own))}")


def joined_dtype(own: Any, more: Any) -> Any:
    """Return the type of an array that holds the classes of both; that of `own` where it can."""
    if own.dtype == more.dtype:
        return own.dtype
    with np.errstate(all="ignore"):
        kept = more.astype(own.dtype)
    if own.dtype.kind == "O" or bool(np.all(kept == more)):
        return own.dtype
    joined = np.result_type(own.dtype, more.dtype)
    if joined.kind == "f" != own.dtype.kind:
        raise ValueError(f"y: {more.dtype} and {own.dtype}, that of the model, have no common type")
    return joined


def label_of(name: str, label_type: str) -> Any:
    """Return the label of a name as a Python object."""
    if label_type == "integer":
        return int(name)
    if label_type == "float":
        return float(name)
    return name == "True" if label_type == "boolean" else name


def _usual(values: list[Any], label_type: str) -> Any:
    """Labels as the array that NumPy makes of a list."""
    if label_type == "integer":
        # Integers too large for the usual type are labels, too.
        large = any(value > np.iinfo(np.int64).max for value in values)
        return np.array(values, dtype=np.uint64 if large else np.int64)
    if label_type == "float":
        return np.array(values, dtype=np.float64)
    if label_type == "boolean":
        return np.array(values, dtype=np.bool_)
    # NumPy drops zeros at the end of its own strings.
    nul = any(value.endswith("\0") for value in values)
    return np.array(values, dtype=object if nul else None)


def dtype_of_name(name: str) -> Any:
    """Return NumPy's type of a name."""
    try:
        if name == "T":
            return np.dtypes.StringDType()
        return np.dtype(name)
    except (AttributeError, TypeError) as error:
        raise ValueError(f"the model file has labels of NumPy's type {name!r}: {error}") from error


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
