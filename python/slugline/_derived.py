"""Read-only fitted attributes.

In scikit-learn estimators compute with their fitted attributes, so that a change affects the next
call. Here the attributes are copies of the Rust side's numbers, so that a change would be lost.
"""

from __future__ import annotations

from typing import Any, NoReturn

from numpy.typing import NDArray

#: Attributes of scikit-learn's text estimators derived from the model, or absent here.
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
    """Fail for an attribute whose change would have no effect."""
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
