"""Warnings of likely mistakes that are no errors."""

from __future__ import annotations

import warnings
from typing import Any

from sklearn.exceptions import ConvergenceWarning

from slugline import _core
from slugline._settings import for_rust, is_auto
from slugline._texts import counted

#: The maximum number of groups of classes that look alike in a message.
_NAMED = 5


def warn(
    estimator: Any,
    model: _core.Classifier | None,
    classes: Any,
    *,
    stacklevel: int,
    labels: bool = True,
    of: Any = (),
) -> None:
    """Warn of settings without effect, of a single class, and of searches that hit their limit.

    Before the estimator becomes the model: a warning may be an error. `labels`: whether a single
    class is worth a warning. `of`: the classes, which may look alike, or be one alone.
    """
    params = estimator._parameters()
    found = [*_of_python(params), *_core.notices(for_rust(params, classes, None))]
    if model is not None:
        # Of a refinement that is dropped the methods that change a model warn themselves.
        quiet = ("refine",) if labels else ("refine", "labels")
        found += [notice for notice in model.notices() if notice[0] not in quiet]
    elif len(of) == 1 and params["background"] is None:
        what = f"there is only one, {str(of[0])!r}: every text is given it"
        found.append(("labels", what, False))
    found += _alike(of)
    _warn(found, stacklevel)


def warn_of_calibration(model: _core.Classifier, *, stacklevel: int) -> None:
    """Warn of a calibration that hit its limit."""
    _warn([notice for notice in model.notices() if notice[2]], stacklevel)


def _warn(found: list[tuple[str, str, bool]], stacklevel: int) -> None:
    for parameter, what, convergence in found:
        name = "y" if parameter == "labels" else parameter
        warnings.warn(
            f"{name}: {what}",
            ConvergenceWarning if convergence else UserWarning,
            stacklevel=stacklevel + 2,
        )


def warn_of_rounds(n_iter: int, *, stacklevel: int) -> None:
    """Warn that expectation–maximisation did not converge."""
    warnings.warn(
        "max_iter: the texts without classes were still moving after "
        f"{counted(n_iter, 'round')}: raise it",
        ConvergenceWarning,
        stacklevel=stacklevel + 1,
    )


def _alike(classes: Any) -> list[tuple[str, str, bool]]:
    """Classes that differ in nothing but case, white space or the form of their characters."""
    names = [name for name in classes if isinstance(name, str)]
    groups = _core.similar_labels({str(name): 1 for name in names}) if len(names) > 1 else []
    if not groups:
        return []
    shown = [" and ".join(repr(name) for name, _ in group) for group in groups[:_NAMED]]
    more = f"; and {len(groups) - _NAMED} more" if len(groups) > _NAMED else ""
    what = (
        f"labels that look alike are different labels: {'; '.join(shown)}{more}; if they are "
        "one label, write it in one way"
    )
    return [("labels", what, False)]


def _of_python(params: dict[str, Any]) -> list[tuple[str, str, bool]]:
    """Warnings about parameters that the settings of the Rust side do not have."""
    model = params["naive_bayes"]
    found = []
    if params["norm_weights"] and model != "complement" and not is_auto(model):
        found.append(("norm_weights", f"not used: it belongs to complement, not to {model}", False))
    if params["binarize"] != 0.0 and model != "bernoulli":
        found.append(("binarize", f"not used: it belongs to bernoulli, not to {model}", False))
    return found
