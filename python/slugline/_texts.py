"""Conversion of texts for the Rust side, and errors for values that are no texts."""

from __future__ import annotations

import reprlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from slugline import _core

#: Columns of these names hold the texts, or the labels, if any do.
_USUAL = {
    "text": ("text", "texts", "body", "content", "document", "article", "message", "title"),
    "labels": ("label", "labels", "class", "topic", "category", "target", "y"),
}

_shown = reprlib.Repr()
_shown.maxstring = _shown.maxother = 60


def documents_of(X: Any, name: str = "X") -> _core.Documents:
    """Return the texts for Rust; errors name the argument as it was passed."""
    if isinstance(X, (str, bytes)):
        raise ValueError(
            "Iterable over raw text documents expected, string object received. "
            f"For one text pass a list of it: [{_shown.repr(X)}]"
        )
    refuse_table(X, name, "text")
    readable = ("__iter__", "__getitem__", "__arrow_c_stream__", "__arrow_c_array__")
    if not any(hasattr(X, method) for method in readable):
        raise TypeError(f"{name} is {_shown.repr(X)}: expected an iterable of texts (str)")
    shape = getattr(X, "shape", None)
    if isinstance(shape, tuple) and len(shape) != 1 and not hasattr(X, "__arrow_c_stream__"):
        advice = f": pass one column, {name}[:, 0] say" if len(shape) == 2 else ""
        raise TypeError(f"{name} has the shape {shape}, expected one text a row{advice}")
    try:
        return _core.Documents(X)
    except (TypeError, ValueError) as error:
        refuse_no_texts(X, name, error)
        raise


def refuse_no_texts(X: Any, name: str, error: Exception) -> None:
    """Fail for the first document that is no text, if that is the cause of the error."""
    if type(error) not in (TypeError, ValueError) or isinstance(X, Iterator):
        return
    if str(error).startswith("the Arrow data cannot be read"):
        return  # Nor by its own library, which would follow the offsets wherever they lead.
    kind, why = _fault(X)
    if why is not None:
        raise kind(f"{called(name, X)}: {why}") from error


def one_text(text: Any) -> str:
    """Return a text with lone surrogates replaced by U+FFFD."""
    if not isinstance(text, str):
        raise TypeError(
            f"text is a {type(text).__name__}, expected a str: one text (predict takes several)"
        )
    return _core.readable(text)


def refuse_table(X: Any, name: str, what: str) -> None:
    """Fail for a table in place of a column, and name the column to pass."""
    if isinstance(X, Mapping):
        raise TypeError(_of_columns(name, what, X, "d", list(X)))
    columns = columns_of(X)
    # One column of labels is taken, with a warning, as in scikit-learn.
    if columns is not None and (what == "text" or len(columns) != 1):
        variable = "table" if hasattr(X, "column_names") else "df"
        raise TypeError(_of_columns(name, what, X, variable, columns))


def counted(n: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun: "1 text", "2 texts"."""
    return f"{n} {one if n == 1 else many or one + 's'}"


def is_missing(value: Any) -> bool:
    """Whether it is None, NaN, NaT, pandas' NA or Arrow's null."""
    if value is None or type(value).__name__ in ("NAType", "NaTType", "NullScalar"):
        return True
    try:
        return bool(value != value)
    except (TypeError, ValueError):
        return False


def position(at: int, X: Any) -> str:
    """Return the position of a value, with its label in the index where that differs."""
    index = getattr(X, "index", None)
    if index is None or callable(index) or at >= len(index) or index[at] == at:
        return f"row {at}"
    label = index[at]
    return f"row {at} (index {label.item() if hasattr(label, 'item') else label!r})"


def called(name: str, X: Any) -> str:
    """Return the name of an argument, with that of its column, if it has one."""
    own = getattr(X, "name", None)
    return name if own is None or callable(own) else f"{name} ({type(X).__name__} {own!r})"


def _fault(X: Any) -> tuple[type[Exception], str | None]:
    """The error for the first document that is no text: ValueError if missing, else TypeError."""
    try:
        documents = enumerate(X)
        for at, document in documents:
            value = document
            if not isinstance(value, str) and hasattr(value, "as_py"):  # Arrow's scalars.
                value = value.as_py()
            if isinstance(value, str):
                continue
            where = position(at, X)
            if is_missing(value):
                own = getattr(X, "name", None)
                fill = {"Series": '.fillna("")', "Index": '.fillna("")'}.get(type(X).__name__)
                if hasattr(X, "fill_null"):
                    fill = '.fill_null("")'
                column = "X" if own is None or callable(own) else f"df[{own!r}]"
                how = f" ({column}{fill} makes empty texts)" if fill else ""
                return ValueError, (
                    f"document {at} is missing: {where} is {_shown.repr(value)}, expected a str; "
                    f"leave the row out or fill it in{how}"
                )
            return TypeError, (
                f"document {at} is a {type(value).__name__}, expected a str: {where} is "
                f"{_shown.repr(value)}"
            )
    except Exception:  # Whatever it is, the first error says more.
        return TypeError, None
    return TypeError, None


def columns_of(X: Any) -> list[Any] | None:
    """The names of the columns of a table of any library; None where it is no table."""
    names = getattr(X, "column_names", None)  # PyArrow
    if names is None:
        names = getattr(X, "columns", None)  # pandas, Polars, DuckDB
    if names is None or callable(names) or not hasattr(X, "__getitem__"):
        return None
    try:
        return list(names)
    except TypeError:
        return None


def _of_columns(name: str, what: str, X: Any, variable: str, columns: Sequence[Any]) -> str:
    """The advice what to pass in place of a table."""
    kind = type(X).__name__
    expected = f"{name}: expected one column of {what}, got a {kind}"
    if not columns:
        return f"{expected} without columns"
    part = "key" if isinstance(X, Mapping) else "column"
    shown = ", ".join(repr(column) for column in columns[:10])
    more = f" and {len(columns) - 10} more" if len(columns) > 10 else ""
    expected += f" with the {part}{'s' if len(columns) > 1 else ''} {shown}{more}"
    usual = [column for column in columns if str(column).lower() in _USUAL[what]]
    text = [column for column in columns if what == "text" and _holds_text(X, column)]
    if usual or text:
        return f"{expected}: pass {variable}[{(usual or text)[0]!r}]"
    return f"{expected}, none of which holds text" if what == "text" else f"{expected}: pass one"


def _holds_text(X: Any, column: Any) -> bool:
    try:
        first: Any = next(iter(X[column]), None)
    except Exception:  # A library that we do not know.
        return False
    return isinstance(first.as_py() if hasattr(first, "as_py") else first, str)
