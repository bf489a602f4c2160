"""The fitted model of an estimator, and its attributes."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, SupportsIndex

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import NotFittedError

from slugline import _core
from slugline._changed import CHANGED, note_change, warn_of_changes
from slugline._derived import DERIVED, ReadOnlyDict, read_only, refuse_to_set
from slugline._labels import native, order_of
from slugline._settings import CHOSEN, CONSTRAINTS, from_rust, is_auto

if TYPE_CHECKING:
    from typing_extensions import Self


class FittedModel(ClassifierMixin, BaseEstimator):
    """An estimator around a fitted model of the Rust side."""

    n_jobs: SupportsIndex | None
    _model: _core.Classifier
    _order: NDArray[np.uintp] | None

    @property
    def alpha_(self) -> Any:
        """The smoothing: as given, or as chosen for "auto"."""
        alpha = self._chosen()["alpha"]
        return read_only(np.asarray(alpha)) if isinstance(alpha, list) else alpha

    @property
    def naive_bayes_(self) -> str:
        """The model: as given, or as chosen for "auto"."""
        return self._chosen()["naive_bayes"]

    @property
    def sublinear_tf_(self) -> bool:
        """Whether 1 + ln(count) is used: as given, or as chosen for "auto"."""
        return self._chosen()["sublinear_tf"]

    @property
    def norm_(self) -> str | None:
        """The norm of rows: as given, or as chosen for "auto"."""
        return self._chosen()["norm"]

    @property
    def classes_(self) -> NDArray[Any]:
        """The class labels, sorted."""
        self._fitted_model()
        return read_only(self.__dict__["classes_"])

    @property
    def class_count_(self) -> NDArray[np.float64]:
        """Number of training texts of each class."""
        return read_only(self._in_order(self._fitted_model().class_count()))

    @property
    def temperature_(self) -> float:
        """The divisor of the scores in the softmax; 1 if not calibrated."""
        return self._fitted_model().temperature

    @property
    def other_below_(self) -> float | None:
        """The evidence below which a text is about none of the classes; None: no limit."""
        return self._fitted_model().other_below

    @property
    def n_documents_(self) -> int:
        """Number of training texts."""
        return self._fitted_model().n_documents

    @property
    def vocabulary_(self) -> dict[str, int]:
        """A mapping of terms to feature indices."""
        terms = self._fitted_model().terms()
        return ReadOnlyDict(zip(terms, range(len(terms)), strict=True))

    @property
    def idf_(self) -> NDArray[np.float64]:
        """The inverse document frequency of each term.

        With ``smooth_idf=False`` a term that no text contains has the idf of a term in one text.
        """
        return read_only(self._fitted_model().idf())

    def __setattr__(self, name: str, value: Any) -> None:
        if name in DERIVED:
            refuse_to_set(self, name)
        note_change(self, name)
        super().__setattr__(name, value)

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[Any]:
        """Return the terms in the order of the features.

        Parameters
        ----------
        input_features : None
            Not used, present here for API consistency by convention.

        Returns
        -------
        ndarray of shape (n_features,)
            The terms.
        """
        return np.asarray(self._fitted_model().terms(), dtype=object)

    def __sklearn_is_fitted__(self) -> bool:
        return "_model" in self.__dict__

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags

    def __getstate__(self) -> dict[str, Any]:
        state = dict(super().__getstate__())
        if "_model" in state:
            # As the bytes of a model file, which skops can store, too.
            state["_model"] = state["_model"].to_bytes()
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        model = state.get("_model")
        if isinstance(model, (bytes, bytearray)):
            state = {**state, "_model": _core.Classifier.from_bytes(bytes(model))}
        super().__setstate__(state)

    def __copy__(self) -> Self:
        other = type(self).__new__(type(self))
        other.__dict__.update(self.__dict__)
        return other

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        other = type(self).__new__(type(self))
        memo[id(self)] = other
        for name, value in self.__dict__.items():
            # The model is immutable, so copies share it.
            other.__dict__[name] = value if name == "_model" else deepcopy(value, memo)
        return other

    def _become(self, model: _core.Classifier, classes: Any) -> None:
        self._model = model
        self.__dict__.pop(CHANGED, None)
        # In native byte order, as after pickling.
        self.__dict__["classes_"] = native(classes)
        self._order = order_of(classes)
        for of_another in ("n_iter_", "held_shares_", "free_shares_"):
            self.__dict__.pop(of_another, None)

    def _note(self, found: Any) -> None:
        """Keep the results of learning from unlabelled texts."""
        held = found.held_shares
        self.n_iter_ = found.n_iter
        self.held_shares_ = None if held is None else self._in_order(np.array(held))
        self.free_shares_ = self._in_order(np.array(found.free_shares))

    def _chosen(self) -> dict[str, Any]:
        """The parameters that may be "auto", as the model has them."""
        settings = from_rust(self._fitted_model().settings)
        return {name: settings[name] for name in CHOSEN}

    def _parameters(self) -> dict[str, Any]:
        """The parameters of `TextClassifier`; a subclass may have others, and fewer."""
        return {name: getattr(self, name) for name in CONSTRAINTS}

    def _chosen_params(self) -> dict[str, Any]:
        """The parameters, with the chosen values in place of "auto"."""
        params = self._parameters()
        auto = [name for name in CHOSEN if is_auto(params[name])]
        chosen = self._chosen() if auto else {}
        return params | {name: chosen[name] for name in auto}

    def _fitted_model(self) -> _core.Classifier:
        try:
            return self.__dict__["_model"]
        except KeyError:
            raise NotFittedError(
                f"This {type(self).__name__} instance is not fitted yet. Call 'fit' with "
                "appropriate arguments before using this estimator."
            ) from None

    def _answering_model(self) -> _core.Classifier:
        """The model, with a warning where the parameters are no longer those it was fitted with.

        For the methods that users call: the warning is about the line that calls them.
        """
        own = self.__dict__
        if CHANGED in own:
            warn_of_changes(self, stacklevel=4)
        model = own.get("_model")
        return self._fitted_model() if model is None else model

    def _in_order(self, values: Any) -> Any:
        """Reorder values (last axis) from the order of sorted names to that of `classes_`."""
        return values if self._order is None else values[..., self._order]
