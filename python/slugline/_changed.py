"""Parameters that are set after fitting: predictions warn that they have no effect yet.

A change is noted when a parameter is set, so that a prediction only has to look for a note.
"""

from __future__ import annotations

import reprlib
import warnings
from numbers import Integral
from typing import Any

import numpy as np

from slugline._settings import CONSTRAINTS

#: The attribute of the note: changed parameters with their values at the fit.
CHANGED = "_set_since_fit"
#: Parameters that no prediction depends on.
_FREE = frozenset({"n_jobs"})


def note_change(estimator: Any, name: str) -> None:
    """Note the value of an attribute that is about to be set, if it is a fitted parameter's."""
    own = vars(estimator)
    if "_model" in own and name in CONSTRAINTS and name not in _FREE:
        own.setdefault(CHANGED, {}).setdefault(name, own.get(name))


def warn_of_changes(estimator: Any, stacklevel: int) -> None:
    """Warn where parameters are not those that were noted; else there is nothing to note."""
    params = estimator._parameters()
    noted = vars(estimator)[CHANGED].items()
    changed = {name: was for name, was in noted if not _is_same(name, was, params[name])}
    if not changed:
        del vars(estimator)[CHANGED]
        return
    shown = reprlib.Repr()
    now = ", ".join(f"{name}={shown.repr(params[name])}" for name in changed)
    then = ", ".join(f"{name}={shown.repr(was)}" for name, was in changed.items())
    warnings.warn(
        f"{now} was set after fitting and is not used: the fitted model answers, which has "
        f"{then}; fit again",
        stacklevel=stacklevel,
    )


def _is_same(name: str, one: Any, other: Any) -> bool:
    """Whether two values of a parameter mean the same: a list may be a tuple or an array."""
    if one is other:
        return True
    sequences = (list, tuple, np.ndarray)
    try:
        if isinstance(one, sequences) and isinstance(other, sequences):
            return list(one) == list(other)
        if name in ("min_df", "max_df") and isinstance(one, Integral) != isinstance(
            other, Integral
        ):
            return False  # 1 is one document, 1.0 all of them
        return bool(one == other)
    except (TypeError, ValueError):
        return False
