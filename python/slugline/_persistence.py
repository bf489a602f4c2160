"""Estimators as model files, and back.

The file contains the model. Other state of the estimator (a type of labels that is not the usual
one, parameters that differ from those of the model, attributes) is in the file's note, as JSON. An
estimator without such state has no note, and its file is that of the command, byte for byte.
"""

from __future__ import annotations

import errno
import inspect
import io
import json
import os
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from numbers import Integral
from typing import Any

import numpy as np

from slugline import _core
from slugline._changed import CHANGED
from slugline._labels import (
    background_of,
    classes_of,
    dtype_of,
    dtype_of_name,
    label_of,
    name_of_dtype,
    order_of,
)
from slugline._settings import DEFAULT_ALPHA, for_rust, from_rust

#: What `_become` makes of the model, and what is found anew when a file is read.
_OF_MODEL = ("_model", "classes_", "_order", CHANGED)


def note_of(estimator: Any) -> str | None:
    """Return the note for an estimator; None where it needs none.

    Raises
    ------
    TypeError
        For an attribute or a parameter that a file without code cannot hold.
    """
    model = estimator._fitted_model()
    params = estimator._parameters() | estimator.get_params(deep=False)
    note: dict[str, Any] = {}
    dtype = dtype_of(estimator.classes_, model.label_type)
    if dtype is not None:
        note["classes"] = dtype
    in_file = _fewest_params_of(type(estimator), model, estimator.classes_)
    own = {
        name: _packed_vocabulary(value, in_file[name])
        if name == "vocabulary" and value is not None
        else _packed(value, f"the parameter {name}")
        for name, value in params.items()
        if name not in in_file
        or not (_is_same(value, in_file[name]) or _is_edited(estimator, name, value, in_file[name]))
    }
    if own:
        note["params"] = own
    attributes = {
        name: _packed(value, f"the attribute {name}")
        for name, value in vars(estimator).items()
        if name not in _OF_MODEL and name not in params
    }
    if attributes:
        note["attributes"] = attributes
    return json.dumps(note, ensure_ascii=False, sort_keys=True) if note else None


def _is_edited(estimator: Any, name: str, value: Any, in_file: Any) -> bool:
    """Whether a refinement's settings were edited in place since the fit: the model has others."""
    if (
        name != "refine"
        or not (isinstance(value, Mapping) and isinstance(in_file, Mapping))
        or name in vars(estimator).get(CHANGED, {})
    ):
        return False
    return any(value[key] is not None and value[key] != in_file.get(key) for key in value)


def estimator_of(kind: Any, model: _core.Classifier) -> Any:
    """Return an estimator around a model that was read.

    Raises
    ------
    ValueError
        For a note that no estimator of this class wrote.
    """
    note = _read(model.note)
    classes = classes_of(model.labels, model.label_type, note.get("classes"))
    params = _fewest_params_of(kind, model, classes)
    for name, value in note.get("params", {}).items():
        if name not in params and name not in inspect.signature(kind).parameters:
            raise ValueError(f"the model file has a parameter {name!r}, {kind.__name__} has none")
        params[name] = (
            _unpacked_vocabulary(value, params[name]) if name == "vocabulary" else _unpacked(value)
        )
    estimator = _made(kind, params)
    estimator._become(model.without_note(), classes)
    if "params" in note and (changed := _differing(estimator)):
        vars(estimator)[CHANGED] = changed
    for name, value in note.get("attributes", {}).items():
        if hasattr(kind, name):
            raise ValueError(f"the model file has an attribute {name!r}, which is a method")
        vars(estimator)[name] = _unpacked(value)
    return estimator


def _made(kind: Any, params: dict[str, Any]) -> Any:
    """An estimator with these parameters; a subclass may take fewer than it has."""
    taken = inspect.signature(kind).parameters
    estimator = kind(**{name: value for name, value in params.items() if name in taken})
    for name in set(params) - set(taken):
        setattr(estimator, name, params[name])
    return estimator


def write(file: Any, estimator: Any) -> None:
    """Write the model file to a path or a binary file object."""
    note = note_of(estimator)
    model = estimator._fitted_model()
    if not hasattr(file, "write"):
        path = _path(file)
        with _as_given(path, file):
            strays = model.save(path, note)
        for stray in strays:
            warnings.warn(
                f"{stray!r} was left by a process that was killed while it saved, or belongs to "
                "one that saves now: if there is none, delete it",
                UserWarning,
                stacklevel=3,
            )
        return
    _write_all(file, model.to_bytes(note))


def _write_all(file: Any, content: bytes) -> None:
    """Write all bytes to a binary file object: one without a buffer may take some of them only."""
    left, counts = memoryview(content), False
    while left:
        try:
            taken = file.write(content if len(left) == len(content) else bytes(left))
        except TypeError as error:
            raise TypeError(f"{file!r} takes no bytes: open it in binary mode, 'wb'") from error
        if isinstance(taken, Integral):
            taken, counts = int(taken), True
        elif not counts and not isinstance(getattr(file, "file", file), io.RawIOBase):
            return  # An object of somebody's own that does not count.
        if not isinstance(taken, int) or taken <= 0:
            written = len(content) - len(left)
            raise BlockingIOError(
                errno.EAGAIN,
                f"{file!r} took {written} of {len(content)} bytes and takes no more",
                written,
            )
        left = left[taken:]


@contextmanager
def _as_given(path: str, file: Any) -> Iterator[None]:
    """Errors of a path as `open` raises them: with the name that was passed."""
    named = os.fspath(file)
    if not path:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), named)
    if "\0" in path:
        raise ValueError("embedded null byte in the path")
    try:
        yield
    except OSError as error:
        if error.filename is not None:
            error.filename = named
        raise


def read(file: Any) -> _core.Classifier:
    """Read a model file from a path or a binary file object."""
    if not hasattr(file, "read"):
        path = _path(file)
        with _as_given(path, file):
            return _core.Classifier.load(path)
    content = file.read()
    if content is None:
        raise BlockingIOError(errno.EAGAIN, f"{file!r} has nothing to read yet")
    if not isinstance(content, (bytes, bytearray, memoryview)):
        raise TypeError(f"{file!r} gives no bytes: open it in binary mode, 'rb'")
    return _core.Classifier.from_bytes(bytes(content))


def _path(file: Any) -> str:
    try:
        path = os.fspath(file)
    except TypeError:
        raise TypeError(
            f"expected a path or a binary file object, got a {type(file).__name__}"
        ) from None
    return os.fsdecode(path)


def _read(note: str | None) -> dict[str, Any]:
    if note is None:
        return {}
    try:
        parts = json.loads(note)
    except ValueError as error:
        raise ValueError(f"the model file's note is no JSON: {error}") from error
    known = {"classes", "params", "attributes"}
    if not isinstance(parts, dict) or not set(parts) <= known:
        raise ValueError("the model file's note is of another program, or of a newer slugline")
    return parts


def params_of(kind: Any, model: _core.Classifier, classes: Any) -> dict[str, Any]:
    """The parameters that the settings in a file describe, and the defaults of the others."""
    params: dict[str, Any] = from_rust(model.settings)
    prior = params["class_prior"]
    if prior is not None and (order := order_of(classes)) is not None:
        params["class_prior"] = np.asarray(prior)[order].tolist()
    if params["background"] is not None:
        params["background"] = label_of(params["background"], model.label_type)
    params["calibrate"], params["n_jobs"] = False, None
    return params


def _fewest_params_of(kind: Any, model: _core.Classifier, classes: Any) -> dict[str, Any]:
    """The parameters of an estimator that was given no others than it needs for this model."""
    params = params_of(kind, model, classes)
    if params["alpha"] == DEFAULT_ALPHA[params["idf_order"]]:
        params["alpha"] = None
    return params


def _differing(estimator: Any) -> dict[str, Any]:
    """The parameters of the model that those of the estimator, which are others, stand beside."""
    model, classes = estimator._fitted_model(), estimator.classes_
    of_model = _fewest_params_of(type(estimator), model, classes)
    try:
        background = background_of(estimator.background, classes)
        settings = for_rust(estimator._chosen_params(), classes, background)
        mine, theirs = from_rust(_core.settings_in_file(settings)), from_rust(model.settings)
        names = [name for name, value in mine.items() if value != theirs[name]]
    except (TypeError, ValueError):  # They are no good, and say so when it is fitted.
        names = [name for name in of_model if name not in ("calibrate", "n_jobs")]
    # A refinement that was dropped stays a parameter, for the next fit.
    return {name: of_model[name] for name in names if name != "refine" or of_model[name]}


def _is_same(given: Any, other: Any) -> bool:
    """Whether two values are of the same type and equal, down to their parts."""
    if type(given) is not type(other):
        return False
    if isinstance(given, (list, tuple)):
        return len(given) == len(other) and all(map(_is_same, given, other))
    if isinstance(given, float):
        return given == other or (given != given and other != other)
    return bool(given == other)


def _packed_vocabulary(given: Any, terms: list[str]) -> Any:
    """A vocabulary without its terms, which are in the file: what holds them."""
    if isinstance(given, Mapping) and dict(given) == dict(
        zip(terms, range(len(terms)), strict=True)
    ):
        return {"terms": "dict"}
    for kind in (tuple, set, frozenset):
        if type(given) is kind and kind(terms) == given:
            return {"terms": kind.__name__}
    if isinstance(given, np.ndarray) and given.tolist() == terms:
        return {"terms": name_of_dtype(given.dtype)}
    return {"terms": "list"}  # Of another kind of list there are at least the terms.


def _unpacked_vocabulary(value: Any, terms: list[str]) -> Any:
    kind = value.get("terms") if isinstance(value, dict) else None
    if kind is None:
        return _unpacked(value)
    if kind == "dict":
        return dict(zip(terms, range(len(terms)), strict=True))
    kinds: dict[str, Any] = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}
    return kinds[kind](terms) if kind in kinds else _array(terms, kind)


def _packed(value: Any, what: str) -> Any:
    """A value as JSON, with the type that it had."""
    kind = type(value)
    if value is None or kind in (bool, int, float, str):
        return value
    if kind is list:
        return [_packed(part, what) for part in value]
    if kind is tuple:
        return {"tuple": [_packed(part, what) for part in value]}
    if kind in (set, frozenset):
        parts = sorted(value, key=lambda part: (type(part).__name__, part))
        return {kind.__name__: [_packed(part, what) for part in parts]}
    if isinstance(value, Mapping) and kind is dict:
        items = [[_packed(key, what), _packed(part, what)] for key, part in value.items()]
        return {"dict": items}
    if isinstance(value, np.generic) and value.dtype.kind in "biufU":
        return {"scalar": [str(value.dtype.str), value.item()]}
    if isinstance(value, np.ndarray) and value.dtype.kind in "biufUOT":
        parts = [_packed(part, what) for part in value.ravel().tolist()]
        return {"array": [name_of_dtype(value.dtype), list(value.shape), parts]}
    if hasattr(value, "__array__") and what.startswith("the parameter"):
        return _packed(np.asarray(value), what)
    raise TypeError(
        f"{what} is a {kind.__module__}.{kind.__qualname__}, which a model file cannot hold (it "
        "has numbers, names and lists, and no code): take it off, or pickle the estimator"
    )


def _unpacked(value: Any) -> Any:
    if isinstance(value, list):
        return [_unpacked(part) for part in value]
    if not isinstance(value, dict):
        return value
    try:
        ((kind, content),) = value.items()
        if kind == "dict":
            return {_unpacked(key): _unpacked(part) for key, part in content}
        if kind == "scalar":
            return np.dtype(content[0]).type(content[1])
        if kind == "array":
            dtype, shape, parts = content
            return _array([_unpacked(part) for part in parts], dtype).reshape(shape)
        kinds: dict[str, Any] = {"tuple": tuple, "set": set, "frozenset": frozenset}
        return kinds[kind](map(_unpacked, content))
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"the model file's note holds a value that cannot be: {value}") from error


def _array(values: list[Any], dtype: str) -> Any:
    array = np.empty(len(values), dtype=dtype_of_name(dtype))
    array[:] = values
    return array
