"""Priors of terms, with the labels of y."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from slugline._labels import (
    distinct,
    expected_type,
    in_words,
    joined_dtype,
    label_array,
    names_of,
    text_of,
    type_of,
)
from slugline._texts import is_missing
from slugline._values import check_prior

#: (name of the class, term, weight).
Term = tuple[str, str, float]


def checked_prior(prior: Any) -> Mapping[Any, Any]:
    """Return a prior as a mapping, or fail for what is none."""
    if prior is None:
        return {}
    if not isinstance(prior, Mapping) or not all(map(_is_mapping, prior.values())):
        raise TypeError(
            "prior: expected a mapping of classes to mappings of terms to weights, such as "
            '{"policy": {"parliament": 2.0}}'
        )
    check_prior(prior)
    return prior


def prior_terms(prior: Any, seen: Any) -> tuple[list[Term], Any]:
    """Return the terms of a prior, and all classes: those of y (`seen`) and those it adds.

    A label of the prior is the one of y that it equals. Since JSON's keys are strings, the string
    of a number is that number. A label that y does not have is a new class, and must be of the type
    of the others.

    Raises
    ------
    ValueError
        For a label of another type, and for two that are the same one.
    """
    prior = checked_prior(prior)
    if not prior:
        return [], seen
    if len(seen):
        label_type, known = names_of(seen)[1], _known(seen)
    else:
        # No texts: all classes are those of the prior.
        label_type, known = _common_type(list(prior)), {}
    found: dict[Any, Any] = {}
    for key in prior:
        label = _label(key, label_type, known)
        if label is None:
            raise ValueError(
                f"prior: the label {in_words(key)}, is none of y's, and {expected_type(label_type)}"
            )
        if label in found:
            raise ValueError(f"prior: {found[label]!r} and {key!r} are the same label of y")
        found[label] = key
    new = list(found)
    try:
        classes = joined(seen, new)
        names = names_of(np.asarray(label_array(new)).astype(classes.dtype))[0]
    except OverflowError:
        raise ValueError(
            f"prior: a label is too large for those of y, which are {seen.dtype}"
        ) from None
    terms = [
        (name, str(term), float(weight))
        for name, key in zip(names, found.values(), strict=True)
        for term, weight in prior[key].items()
    ]
    return terms, classes


def joined(seen: Any, labels: list[Any]) -> Any:
    """Return an array of the classes and these labels, sorted."""
    more = distinct(labels)
    if not len(seen):
        return more
    dtype = joined_dtype(seen, more)
    return np.unique(np.concatenate([seen.astype(dtype), more.astype(dtype)]))


def _label(key: Any, label_type: str, known: dict[str, Any]) -> Any:
    """The label that a key of a prior stands for; None where it is of another type."""
    own = type_of(key)
    if is_missing(key) or own is None or (own == "float" and not np.isfinite(key)):
        return None
    if own == label_type:
        if key == "":
            raise ValueError("prior: a label is an empty string: name it, or leave its terms out")
        if own == "text":
            return text_of(key)
        return key.item() if isinstance(key, np.generic) else key
    if own == "text" or label_type == "text":
        return known.get(text_of(key) if own == "text" else str(key))
    if "boolean" in (own, label_type):
        return None
    # An integer and a float may be equal.
    return next((label for label in known.values() if label == key), None)


def _known(seen: Any) -> dict[str, Any]:
    """The labels of y under the names that JSON, or a number's own spelling, gives them."""
    known = {}
    for name, label in zip(names_of(seen)[0], seen.tolist(), strict=True):
        known[name] = label
        if isinstance(label, bool):
            known[name.lower()] = label
        elif isinstance(label, float) and label.is_integer():
            known[str(int(label))] = label
    return known


def _common_type(labels: list[Any]) -> str:
    """The type of all labels of a prior."""
    types = [None if is_missing(label) else type_of(label) for label in labels]
    for label, label_type in zip(labels, types, strict=True):
        if label_type is None:
            raise ValueError(
                f"prior: the label {in_words(label)}: expected a str, an integer, a float or a "
                "boolean"
            )
        if label_type != types[0]:
            raise ValueError(
                f"prior: labels of two types, {in_words(labels[0])}, and {in_words(label)}"
            )
    return str(types[0])


def _is_mapping(value: Any) -> bool:
    return isinstance(value, Mapping)
