"""Fitted attributes that are read from a model: to look at, not to change.

scikit-learn's are what its estimators compute with, so that a change is seen by the next call. Here
the model is on the Rust side: what changes a copy of its numbers would be lost without a word.
"""

from __future__ import annotations

from typing import Any, NoReturn

from numpy.typing import NDArray

#: Attributes of scikit-learn's text estimators that are derived from the model, or not held at all.
DERIVED = frozenset(
    {
        "alpha_",
        "class_count_",
        "class_log_prior_",
        "class_prior_",
        "classes_",
        "feature_all_",
        "feature_count_",
        "feature_log_prob_",
        "fixed_vocabulary_",
        "idf_",
        "n_documents_",
        "naive_bayes_",
        "norm_",
        "other_below_",
        "stop_words_",
        "sublinear_tf_",
        "temperature_",
        "vocabulary_",
    }
)

_ADVICE = (
    "it belongs to the fitted model; change a parameter and fit again, or change it in the "
    "pipeline that to_sklearn() returns, and take that over with slugline.from_sklearn"
)


def refuse_to_set(estimator: Any, name: str) -> NoReturn:
    """Fail for an attribute whose change nobody would see."""
    raise AttributeError(f"{name} of {type(estimator).__name__} cannot be set: {_ADVICE}")


def read_only(values: NDArray[Any]) -> NDArray[Any]:
    """Return a view that NumPy does not write to."""
    view = values.view()
    view.flags.writeable = False
    return view


class ReadOnlyDict(dict[Any, Any]):
    """A `dict` that refuses changes. Its copies, pickled ones too, are plain."""

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError(f"vocabulary_ cannot be changed: {_ADVICE}")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (dict(self),)
