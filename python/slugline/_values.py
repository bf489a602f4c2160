"""Validation of arguments; errors name the argument, its value and what was expected."""

from __future__ import annotations

import reprlib
import sys
from collections.abc import Iterable, Mapping, Sized
from math import isfinite
from numbers import Integral, Real
from typing import Any, NoReturn

import numpy as np

from slugline._texts import refuse_table

_shown = reprlib.Repr()
_shown.maxstring = _shown.maxother = 60

_YES_OR_NO = (
    "force_alpha",
    "fit_prior",
    "level_class_sums",
    "norm_weights",
    "lowercase",
    "without_numbers",
    "binary",
    "use_idf",
    "smooth_idf",
    "sublinear_tf",
)
_WORDS = ("naive_bayes", "analyzer", "words", "idf_order")
_WORDS_OR_NONE = ("strip_accents", "token_pattern", "stemmer", "norm")
#: No text has so many words, and no model so many features.
_LARGEST_N = 2**31 - 1
#: Passes of a refinement over the texts.
_MOST_PASSES = 10_000


def refuse(name: str, value: Any, expected: str, kind: type[Exception] = ValueError) -> NoReturn:
    """Fail for a value that an argument cannot have."""
    try:
        shown = _shown.repr(value)
    except Exception:  # An object whose repr() fails.
        shown = f"a {type(value).__name__}"
    raise kind(f"{name} is {shown}: expected {expected}")


def text(name: str, value: Any, expected: str = "a str") -> str:
    """Return a `str` that can be written as UTF-8."""
    if not isinstance(value, str):
        refuse(name, value, expected, TypeError)
    check_characters(name, value)
    return str.__str__(value)


def check_characters(name: str, value: str) -> None:
    """Fail for a lone surrogate, which has no UTF-8."""
    if value.isascii():
        return
    try:
        value.encode()
    except UnicodeEncodeError:
        refuse(name, value, "whole characters, and it holds half of one (a lone surrogate)")


def yes_or_no(name: str, value: Any) -> bool:
    """Return a truth value."""
    if not isinstance(value, (bool, np.bool_, Integral)) or value not in (0, 1):
        refuse(name, value, "True or False", TypeError)
    return bool(value)


def whole(name: str, value: Any, least: int) -> int:
    """Return a whole number; one too large for the machine as the largest."""
    expected = f"a whole number, {least} or more"
    if not isinstance(value, Integral):
        refuse(name, value, expected, TypeError)
    if value < least:
        refuse(name, value, expected)
    return min(int(value), sys.maxsize)


def number(name: str, value: Any, expected: str, least: float = -np.inf) -> float:
    """Return a number that is finite and not less than `least`."""
    if not isinstance(value, Real):
        refuse(name, value, expected, TypeError)
    try:
        found = float(value)
    except OverflowError:
        found = np.inf
    if not least <= found < np.inf:
        refuse(name, value, expected)
    return found


def numbers(name: str, values: Any, expected: str = "a list of numbers") -> list[float]:
    """Return the numbers of an array-like of one dimension."""
    if isinstance(values, (str, bytes, Mapping, set, frozenset)) or not isinstance(
        values, Iterable
    ):
        refuse(name, values, expected, TypeError)
    shape = getattr(values, "shape", None)
    if isinstance(shape, tuple) and len(shape) != 1:
        refuse(name, values, f"{expected}, of one dimension")
    if isinstance(values, Sized) and _length(values) > _LARGEST_N:
        refuse(name, values, f"{expected}, at most {_LARGEST_N}")
    found = []
    for at, value in enumerate(values):
        if not isinstance(value, Real):
            refuse(f"{name}[{at}]", value, "a number", TypeError)
        found.append(float(value))
    return found


def _length(values: Sized) -> int:
    try:
        return len(values)
    except OverflowError:
        return sys.maxsize


def words(name: str, values: Any) -> list[str]:
    """Return a list of `str`; what has no order is sorted."""
    if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
        refuse(name, values, "several str", TypeError)
    if len(getattr(values, "shape", (0,))) != 1:
        refuse(name, values, "several str, in one dimension", TypeError)
    if not isinstance(values, Mapping):
        refuse_table(values, name, "text")
    found = list(values) if not isinstance(values, range) else [*values[:1]]
    # There may be millions, nearly all of which are fine.
    if not all(type(value) is str and value.isascii() for value in found):
        found = [text(f"{name}: a term", value) for value in found]
    return sorted(found) if isinstance(values, (set, frozenset)) else found


def columns(name: str, terms: Mapping[Any, Any]) -> list[str]:
    """Return the terms of a mapping in the order of their columns."""
    expected = f"a mapping of terms to the columns 0 to {len(terms) - 1}, each once"
    words(name, terms)
    if not all(isinstance(column, Integral) for column in terms.values()):
        refuse(name, terms, expected)
    if sorted(terms.values()) != list(range(len(terms))):
        raise ValueError(f"{name}: expected {expected}")
    return sorted(map(str, terms), key=terms.__getitem__)


def for_extension(settings: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters of an estimator, none of which is "auto", as plain values.

    scikit-learn's check looks at types alone, and is left out where a user says so.
    """
    plain = dict(settings)
    for name in _YES_OR_NO:
        plain[name] = yes_or_no(name, plain[name])
    for name in _WORDS:
        plain[name] = text(name, plain[name])
    for name in _WORDS_OR_NONE:
        if plain[name] is not None:
            plain[name] = text(name, plain[name], "a str or None")
    alpha, prior, binarize = plain["alpha"], plain["class_prior"], plain["binarize"]
    if alpha is None:
        pass
    elif isinstance(alpha, Real):
        plain["alpha"] = number("alpha", alpha, "a finite number, 0 or more", 0)
    else:
        plain["alpha"] = numbers("alpha", alpha, "a number, one for each feature, or None")
    if prior is not None:
        plain["class_prior"] = numbers("class_prior", prior, "a number for each class")
    if binarize is not None:
        plain["binarize"] = number("binarize", binarize, "a finite number, 0 or more", 0)
    for name in ("min_df", "max_df"):
        plain[name] = _frequency(name, plain[name])
    if plain["max_features"] is not None:
        plain["max_features"] = whole("max_features", plain["max_features"], 1)
    plain["ngram_range"] = _ngram_range(plain["ngram_range"])
    for name in ("stop_words", "without_terms"):
        listed = plain[name]
        if isinstance(listed, str):
            plain[name] = text(name, listed)
        elif listed is not None:
            plain[name] = words(name, listed)
    vocabulary = plain["vocabulary"]
    if isinstance(vocabulary, Mapping):
        plain["vocabulary"] = columns("vocabulary", vocabulary)
    elif vocabulary is not None:
        plain["vocabulary"] = words("vocabulary", vocabulary)
    plain["refine"] = _refine(plain["refine"])
    if isinstance(plain["background"], str):
        plain["background"] = text("background", plain["background"])
    return plain


def _refine(refine: Any) -> tuple[float | None, int | None] | None:
    """C and max_iter of a refinement, None for the default of either; None for no refinement."""
    if not isinstance(refine, Mapping):
        return (None, None) if yes_or_no("refine", refine) else None
    unknown = set(refine) - {"C", "max_iter"}
    if unknown:
        raise ValueError(f"refine has the key {_shown.repr(unknown.pop())}: expected C or max_iter")
    c, max_iter = refine.get("C"), refine.get("max_iter")
    if c is not None:
        expected = "a number from 1e-6 to 1e6"
        c = number('refine["C"]', c, expected, 1e-6)
        if c > 1e6:
            refuse('refine["C"]', c, expected)
    if max_iter is not None:
        max_iter = whole('refine["max_iter"]', max_iter, 1)
        if max_iter > _MOST_PASSES:
            refuse('refine["max_iter"]', max_iter, f"at most {_MOST_PASSES}")
    return c, max_iter


def check_prior(prior: Mapping[Any, Mapping[Any, Any]]) -> None:
    """Fail for terms of a prior that are no text, and for weights that are no numbers."""
    for label, of_label in prior.items():
        if isinstance(label, str):
            check_characters("prior: a class", label)
        for term, weight in of_label.items():
            # There may be a million; the names for messages take longest.
            if type(term) is str and term.isascii() and type(weight) is float and isfinite(weight):
                continue
            text(f"prior[{_shown.repr(label)}]: a term", term)
            number(f"prior[{_shown.repr(label)}][{term!r}]", weight, "a finite number")


def _frequency(name: str, value: Any) -> float:
    expected = "a number of documents (int), or a part of them (float, 0 to 1)"
    if isinstance(value, Integral):
        return whole(name, value, 0)
    found = number(name, value, expected, 0)
    return found if found <= 1 else refuse(name, value, expected)


def _ngram_range(value: Any) -> tuple[int, int]:
    expected = "two whole numbers (min_n, max_n), 1 <= min_n <= max_n"
    pair = list(value) if isinstance(value, (tuple, list, np.ndarray)) else []
    if len(pair) != 2 or not all(isinstance(n, Integral) for n in pair):
        refuse("ngram_range", value, expected)
    low, high = map(int, pair)
    if not 1 <= low <= high <= _LARGEST_N:
        refuse("ngram_range", (low, high), expected)
    return low, high
