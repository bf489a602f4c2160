"""What a fitted classifier answers: classes, probabilities, explanations."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, Literal, SupportsIndex, overload

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import NotFittedError

from slugline import _core
from slugline._changed import CHANGED, note_change, warn_of_changes
from slugline._derived import DERIVED, ReadOnlyDict, read_only, refuse_to_set
from slugline._explanation import Explanation, Reason, Verdict, verdict_of
from slugline._labels import name_of, names_of, native, order_of
from slugline._settings import CHOSEN, from_rust, is_auto
from slugline._texts import documents_of, one_text
from slugline._types import Texts
from slugline._values import whole, yes_or_no

if TYPE_CHECKING:
    from typing_extensions import Self


class FittedText(ClassifierMixin, BaseEstimator):
    """An estimator around a fitted model of the Rust side."""

    n_jobs: SupportsIndex | None
    _model: _core.Classifier
    _order: NDArray[np.uintp] | None

    def predict(self, X: Texts) -> NDArray[Any]:
        """Return the class of each text.

        Parameters
        ----------
        X : iterable of str, or text in Arrow memory
            The texts.

        Returns
        -------
        ndarray of shape (n_samples,)
            The classes; the first in sorted order of equally likely ones.
        """
        model = self._answering_model()
        if self._order is None:
            return self.classes_[model.predict(documents_of(X), _core.threads(self.n_jobs))]
        return self.classes_[self._joint_log_proba(X).argmax(axis=1)]

    def predict_proba(self, X: Texts) -> NDArray[np.float64]:
        """Return the probability of each class.

        Parameters
        ----------
        X : iterable of str, or text in Arrow memory
            The texts.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            P(class | text), in the order of ``classes_``; each row sums to 1.
        """
        model = self._answering_model()
        return self._in_order(model.predict_proba(documents_of(X), _core.threads(self.n_jobs)))

    def predict_log_proba(self, X: Texts) -> NDArray[np.float64]:
        """Return the logarithm of the probability of each class.

        Parameters
        ----------
        X : iterable of str, or text in Arrow memory
            The texts.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            ln P(class | text), in the order of ``classes_``.
        """
        self._answering_model()
        scores = self._joint_log_proba(X) / self.temperature_
        highest = scores.max(axis=1, keepdims=True, initial=-np.inf)
        # No class is possible (alpha = 0): nothing tells them apart.
        scores = np.where(np.isfinite(highest), scores, 0.0)
        scores -= np.where(np.isfinite(highest), highest, 0.0)
        with np.errstate(divide="ignore"):
            return scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))

    def predict_joint_log_proba(self, X: Texts) -> NDArray[np.float64]:
        """Return the joint log-likelihood of each text and class.

        Parameters
        ----------
        X : iterable of str, or text in Arrow memory
            The texts.

        Returns
        -------
        ndarray of shape (n_samples, n_classes)
            ln P(class) + ln P(text | class), in the order of ``classes_``; not normalised.
        """
        self._answering_model()
        return self._joint_log_proba(X)

    @overload
    def predict_shares(
        self, X: Texts, return_evidence: Literal[False] = False
    ) -> NDArray[np.float64]: ...
    @overload
    def predict_shares(
        self, X: Texts, return_evidence: Literal[True]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    def predict_shares(
        self, X: Texts, return_evidence: bool = False
    ) -> NDArray[np.float64] | tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the share of each text that speaks of each class.

        Parameters
        ----------
        X : iterable of str, or text in Arrow memory
            The texts.

        return_evidence : bool, default=False
            Return the ``evidence``, too, which is found on the same way.

        Returns
        -------
        shares : ndarray of shape (n_samples, n_classes)
            The weights θ of the mixture of the classes' term distributions and a background that
            makes the text most likely, by expectation–maximisation over its terms; each row sums
            to 1.

        evidence : ndarray of shape (n_samples,)
            Where ``return_evidence`` is True.
        """
        self._answering_model()
        return_evidence = yes_or_no("return_evidence", return_evidence)
        shares, evidence = self._shares(X)
        return (shares, evidence) if return_evidence else shares

    def evidence(self, X: Texts) -> NDArray[np.float64]:
        """Return how much better the classes explain each text than the background does.

        Parameters
        ----------
        X : iterable of str, or text in Arrow memory
            The texts.

        Returns
        -------
        ndarray of shape (n_samples,)
            In nats for each term. Text about none of the classes has little; ``other_below_`` is
            the limit of a calibrated classifier. ``predict_shares(X, return_evidence=True)`` gives
            shares and evidence in one go.
        """
        self._answering_model()
        return self._shares(X)[1]

    def classify(self, text: str) -> Verdict:
        """Return the class of one text with all probabilities.

        Parameters
        ----------
        text : str
            The text.

        Returns
        -------
        Verdict
            Label, probabilities, shares, and how many terms were recognised.
        """
        self._answering_model()
        return self._verdict(text)

    def explain(self, text: str, label: Any = None, versus: Any = None) -> Explanation:
        """Explain why a text is, or is not, of a class.

        Parameters
        ----------
        text : str
            The text.

        label : object, default=None
            The class to explain; None: the most likely one.

        versus : object, default=None
            The class to compare with; None: the average of all others.

        Returns
        -------
        Explanation
            The terms that argue for and against, with their places in the text, and what
            ``classify`` answers. It prints as a table, and shows the highlighted text in a
            notebook.
        """
        model = self._answering_model()
        text = one_text(text)
        names = [
            None if each is None else name_of(each, self.classes_, argument)
            for argument, each in (("label", label), ("versus", versus))
        ]
        name, other, score, bias, reasons = model.explain(text, *names)
        by_name = dict(zip(names_of(self.classes_)[0], self.classes_.tolist(), strict=True))
        return Explanation(
            text,
            by_name[name],
            None if other is None else by_name[other],
            score,
            bias,
            [Reason(*reason) for reason in reasons],
            self._verdict(text),
        )

    def top_terms(self, label: Any, n: SupportsIndex = 10) -> list[tuple[str, float]]:
        """Return the terms that spoke most for a class in training.

        Parameters
        ----------
        label : object
            The class.

        n : int, default=10
            How many terms.

        Returns
        -------
        list of (str, float)
            Terms and their strength, strongest first: the term's weight above the average of the
            other classes, times the sum of its values in the class's documents (and the weight
            that a prior gave it).
        """
        model = self._answering_model()
        return model.top_terms(name_of(label, self.classes_), whole("n", n, 0))

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
        """Whether counts are 1 + ln(count): as given, or as chosen for "auto"."""
        return self._chosen()["sublinear_tf"]

    @property
    def norm_(self) -> str | None:
        """The length of a document's row: as given, or as chosen for "auto"."""
        return self._chosen()["norm"]

    @property
    def classes_(self) -> NDArray[Any]:
        """The classes, sorted."""
        self._fitted_model()
        return read_only(self.__dict__["classes_"])

    @property
    def class_count_(self) -> NDArray[np.float64]:
        """How many documents of each class it was fitted on."""
        return read_only(self._in_order(self._fitted_model().class_count()))

    @property
    def temperature_(self) -> float:
        """What scores are divided by before they become probabilities; 1: not calibrated."""
        return self._fitted_model().temperature

    @property
    def other_below_(self) -> float | None:
        """The evidence below which a text is about none of the classes; None: no limit."""
        return self._fitted_model().other_below

    @property
    def n_documents_(self) -> int:
        """How many documents it was fitted on."""
        return self._fitted_model().n_documents

    @property
    def vocabulary_(self) -> dict[str, int]:
        """The known terms and their columns."""
        terms = self._fitted_model().terms()
        return ReadOnlyDict(zip(terms, range(len(terms)), strict=True))

    @property
    def idf_(self) -> NDArray[np.float64]:
        """The inverse document frequency of each term.

        With ``smooth_idf=False`` that of a term which no text held is that of a term in one text.
        """
        return read_only(self._fitted_model().idf())

    def __setattr__(self, name: str, value: Any) -> None:
        if name in DERIVED:
            refuse_to_set(self, name)
        note_change(self, name)
        super().__setattr__(name, value)

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[Any]:
        """Return the terms, in the order of their columns, as the vectorisers do.

        Parameters
        ----------
        input_features : None
            Not used, present for scikit-learn's sake: what goes in are texts.

        Returns
        -------
        ndarray of shape (n_features,)
            The known terms.
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
            # The bytes of a model file: what cannot look into an extension's class keeps them, too.
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
            # The model never changes, so that copies share it.
            other.__dict__[name] = value if name == "_model" else deepcopy(value, memo)
        return other

    def _become(self, model: _core.Classifier, classes: Any) -> None:
        self._model = model
        self.__dict__.pop(CHANGED, None)
        # In the byte order of the machine: pickles change it to that, too.
        self.__dict__["classes_"] = native(classes)
        self._order = order_of(classes)
        for of_another in ("n_iter_", "held_shares_", "free_shares_"):
            self.__dict__.pop(of_another, None)

    def _note(self, found: Any) -> None:
        """Keep what is known of learning from texts without classes."""
        held = found.held_shares
        self.n_iter_ = found.n_iter
        self.held_shares_ = None if held is None else self._in_order(np.array(held))
        self.free_shares_ = self._in_order(np.array(found.free_shares))

    def _chosen(self) -> dict[str, Any]:
        """The parameters that may be "auto", as the model has them."""
        settings = from_rust(self._fitted_model().settings)
        return {name: settings[name] for name in CHOSEN}

    def _chosen_params(self) -> dict[str, Any]:
        """The parameters, with what was chosen in the place of "auto"."""
        params = self.get_params(deep=False)
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

    def _joint_log_proba(self, X: Texts) -> NDArray[np.float64]:
        threads = _core.threads(self.n_jobs)
        return self._in_order(self._fitted_model().joint_log_likelihood(documents_of(X), threads))

    def _shares(self, X: Texts) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        threads = _core.threads(self.n_jobs)
        shares, evidence = self._fitted_model().predict_shares(documents_of(X), threads)
        return self._in_order(shares), evidence

    def _verdict(self, text: str) -> Verdict:
        answer = self._fitted_model().classify(one_text(text))
        return verdict_of(answer, self.classes_.tolist(), self._order)

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
        """Values (last axis) in the order of sorted names as values in the order of `classes_`."""
        return values if self._order is None else values[..., self._order]
