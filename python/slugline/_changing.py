"""What changes a fitted classifier: more texts, fewer texts, other texts, calibration."""

from __future__ import annotations

import json
import reprlib
import warnings
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal, SupportsFloat, SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, NDArray

from slugline import _core, _notices
from slugline._changed import CHANGED
from slugline._fitted import FittedModel
from slugline._labels import background_of, classes_of, joined_dtype, names_of
from slugline._learning import (
    SemiSupervised,
    check_declared,
    declared_classes,
    fitted,
    in_order,
    targets_of,
    unlabelled_options,
    warn_of_shares,
    weights_of,
)
from slugline._settings import auto_of, checked, for_rust, from_rust
from slugline._texts import documents_of
from slugline._types import Texts
from slugline._values import number

if TYPE_CHECKING:
    from typing_extensions import Self


class Changing(FittedModel):
    """An estimator whose fitted model can be changed."""

    @checked
    def partial_fit(
        self,
        X: Texts,
        y: ArrayLike,
        classes: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> Self:
        """Add more texts: as if the model had been fitted on all texts at once.

        New terms and new classes may appear. It is exact only where everything learned is a sum,
        with ``idf_order="after_norm"`` for example; elsewhere it is an error.

        Parameters
        ----------
        X : iterable of str, or text in Arrow memory
            The texts.

        y : array-like of shape (n_samples,)
            The class of each text.

        classes : array-like of shape (n_classes,), default=None
            All classes that may come, at the first call: another one is then an error. Without it
            classes are discovered as they come.

        sample_weight : array-like of shape (n_samples,) or float, default=None
            A weight of 0 or more for each text, or for all.

        Returns
        -------
        self : object
            The classifier itself; as it was, where an error is raised.

        Raises
        ------
        ValueError
            Where it would not be exact; for parameters that were changed since; and with
            ``calibrate=True`` or a parameter that is "auto", which are chosen on all texts at once.

        Warns
        -----
        UserWarning
            Where the model was calibrated or refined: it no longer is.
        """
        first = not self.__sklearn_is_fitted__()
        if not first:
            # scikit-learn checks them at the first call alone; they may have changed since.
            self._validate_params()
        chosen = auto_of(self._parameters())
        if chosen:
            raise ValueError(
                f"partial_fit adds to sums, and {', '.join(chosen)} would have to be chosen on all "
                "texts at once: give values (those of a fitted model are its alpha_, naive_bayes_, "
                "sublinear_tf_ and norm_), and calibrate with calibrated(X, y)"
            )
        declared = getattr(self, "_declared", None)
        if classes is not None:
            classes = declared_classes(classes)
            if not first and (declared is None or not np.array_equal(declared, classes)):
                raise ValueError(
                    f"`classes={classes}` is not the same as on last call to partial_fit, "
                    f"was: {declared}"
                )
            declared = classes
        if first:
            model, classes = fitted(self, X, y, declared, sample_weight)
            if not model.sums_are_exact:
                raise ValueError(
                    "partial_fit would not be exact: with these settings what a document adds "
                    'depends on the other documents. Use idf_order="after_norm"'
                )
            # One class may be the first of several.
            _notices.warn(self, model, classes, stacklevel=3, labels=False, of=classes)
            self._become(model, classes)
        else:
            self._change(_core.partial_fit, X, y, sample_weight, declared)
        if declared is not None:
            self._declared = declared
        return self

    @checked
    def forget(self, X: Texts, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:
        """Take texts out again: as if the model had never seen them (machine unlearning).

        What they added is subtracted from every sum, and terms that no other text holds leave the
        vocabulary. Classes stay, with or without texts. It is exact where ``partial_fit`` is, and
        an error elsewhere.

        Parameters
        ----------
        X : iterable of str, or text in Arrow memory
            Texts that it was fitted on.

        y : array-like of shape (n_samples,)
            The class that each text had.

        sample_weight : array-like of shape (n_samples,), default=None
            The weight that each text had.

        Returns
        -------
        self : object
            The classifier itself; as it was, where an error is raised.

        Raises
        ------
        ValueError
            Where it would not be exact, or the texts cannot have been among those that it was
            fitted on, with these classes and weights.

        Warns
        -----
        UserWarning
            Where the model was calibrated or refined: it no longer is.

        Examples
        --------
        >>> from slugline import TextClassifier
        >>> texts = ["new phones and chips", "ministers vote on a bill", "code for phones"]
        >>> model = TextClassifier(idf_order="after_norm")
        >>> model = model.fit(texts, ["technology", "policy", "technology"])
        >>> model = model.forget(["code for phones"], ["technology"])
        >>> "code" in model.vocabulary_, model.n_documents_
        (False, 2)
        """
        self._fitted_model()
        self._change(_core.forget, X, y, sample_weight, None)
        return self

    def merge(self, other: Self) -> Self:
        """Return the classifier that one fitted on the documents of both would be.

        Classes and vocabularies may differ, settings may not. The result is not calibrated.

        Parameters
        ----------
        other : TextClassifier
            A fitted classifier.

        Returns
        -------
        TextClassifier
            A new classifier; both are left as they are.

        Raises
        ------
        ValueError
            Where the settings differ, or make sums inexact (see ``idf_order``).

        Warns
        -----
        UserWarning
            Where one of them was calibrated or refined.
        """
        if not isinstance(other, FittedModel):
            raise TypeError(f"other is a {type(other).__name__}: expected a fitted TextClassifier")
        different = _differences(self._fitted_model().settings, other._fitted_model().settings)
        if different:
            raise ValueError(
                f"incompatible models: they were trained with different settings: {different}"
            )
        model = self._fitted_model().merge(other._fitted_model())
        (self if self._is_calibrated() else other)._warn_of_calibration(stacklevel=3)
        (self if self._is_refined() else other)._warn_of_refinement(stacklevel=3)
        dtype = joined_dtype(self.classes_, other.classes_)
        return self._with(model, classes_of(model.labels, model.label_type, dtype))

    def adapt(
        self,
        X: Texts,
        *,
        weight: SupportsFloat = 1.0,
        class_shares: Literal["uniform", "learned", "free"]
        | Sequence[float]
        | NDArray[Any] = "uniform",
        max_iter: SupportsIndex = 25,
    ) -> Self:
        """Return the classifier carried over to texts whose classes nobody knows.

        It reads them, learns their words, and keeps what it knew, by expectation–maximisation: it
        says how much of each text belongs to each class, learns from that, and so on. The classes'
        shares of the texts are held meanwhile, so that no class takes all. What it had chosen on
        its own texts it no longer has: the result is not calibrated.

        Parameters
        ----------
        X : iterable of str, or text in Arrow memory
            The texts.

        weight : float, default=1.0
            What a text without a class counts for beside one with a class.

        class_shares : {"uniform", "learned", "free"} or array-like of shape (n_classes,), \
                default="uniform"
            The share of the texts that each class is held to: the same for all, those of the
            texts that it was fitted on, whatever comes, or these.

        max_iter : int, default=25
            The most rounds.

        Returns
        -------
        TextClassifier
            A new classifier, with the attributes ``n_iter_``, ``held_shares_`` and ``free_shares_``
            (see ``TextClassifier.fit``).

        Warns
        -----
        UserWarning
            Where the texts speak for other shares than those that were held; and where the model
            was calibrated.

        References
        ----------
        Nigam, McCallum, Thrun, Mitchell (2000), "Text classification from labeled and unlabeled
        documents using EM", Machine Learning.

        Examples
        --------
        >>> from slugline import TextClassifier
        >>> texts = ["new phones and chips", "ministers vote on a bill"]
        >>> model = TextClassifier("multinomial").fit(texts, ["technology", "policy"])
        >>> other = model.adapt(["phones and tablets", "tablets", "vote in the senate", "a senate"])
        >>> other.predict(["tablets", "senate"]).tolist()
        ['technology', 'policy']
        """
        model = self._fitted_model()
        how = in_order(unlabelled_options(weight, class_shares, max_iter), self.classes_)
        documents = documents_of(X)
        found = SemiSupervised(*_core.adapt(model, documents, how, _core.threads(self.n_jobs)))
        self._warn_of_calibration(stacklevel=3)
        self._warn_of_refinement(stacklevel=3)
        if not found.converged:
            _notices.warn_of_rounds(found.n_iter, stacklevel=2)
        warn_of_shares(found, self.classes_, stacklevel=2)
        adapted = self._with(found.model, self.classes_)
        adapted._note(found)
        return adapted

    def calibrated(self, X: Texts, y: ArrayLike) -> Self:
        """Return the classifier calibrated on texts that it was not fitted on.

        Chosen are the temperature with the lowest log-loss, and the limit of the evidence below
        which a text is about none of the topics.

        Parameters
        ----------
        X : iterable of str, or text in Arrow memory
            The texts.

        y : array-like of shape (n_samples,)
            The class of each text; that of the background is welcome.

        Returns
        -------
        TextClassifier
            A new classifier with the same labels for every text.
        """
        documents = documents_of(X)
        names = self._names(targets_of(documents, y))
        model = self._fitted_model().calibrated(documents, names)
        _notices.warn_of_calibration(model, stacklevel=2)
        return self._with(model, self.classes_)

    def with_other_below(self, limit: SupportsFloat | None) -> Self:
        """Return the classifier with another limit of the evidence.

        Parameters
        ----------
        limit : float or None
            A text with less evidence is about none of the topics; None: every text is about one.

        Returns
        -------
        TextClassifier
            A new classifier.
        """
        if limit is not None:
            limit = number("limit", limit, "a finite number or None")
        return self._with(self._fitted_model().with_other_below(limit), self.classes_)

    def _change(
        self,
        change: Callable[..., _core.Classifier],
        X: Any,
        y: Any,
        sample_weight: Any,
        declared: Any,
    ) -> None:
        """Add these texts to the model, or take them out."""
        model = self._model
        documents = documents_of(X)
        targets = targets_of(documents, y)
        if declared is not None:
            check_declared(targets, declared)
        names = self._names(targets)
        background = background_of(self.background, self.classes_)
        settings = for_rust(self._chosen_params(), self.classes_, background)
        different = _differences(_core.settings_in_file(settings), model.settings)
        if different:
            raise ValueError(
                "the parameters are not those that the model was fitted with (now, and then): "
                f"{different}"
            )
        changed = change(
            model,
            settings,
            documents,
            names,
            weights_of(sample_weight, len(targets)),
            _core.threads(self.n_jobs),
        )
        # That of the method's caller, behind the check of parameters.
        self._warn_of_calibration(stacklevel=5)
        self._warn_of_refinement(stacklevel=5)
        dtype = joined_dtype(self.classes_, np.unique(targets))
        self._become(changed, classes_of(changed.labels, changed.label_type, dtype))

    def _names(self, targets: Any) -> list[str]:
        """The names of labels, which have to be of the type of the model's."""
        names, label_type = names_of(targets)
        own = self._fitted_model().label_type
        if len(names) and label_type != own:
            raise ValueError(
                f"the classes in y are of type {label_type}, those of the model of type {own}"
            )
        return names

    def _is_calibrated(self) -> bool:
        return self.temperature_ != 1.0 or self.other_below_ is not None

    def _warn_of_calibration(self, stacklevel: int) -> None:
        if self._is_calibrated():
            warnings.warn(
                "the calibration is dropped, since it was chosen for the model as it was: "
                "calibrated(X, y) chooses one anew",
                stacklevel=stacklevel,
            )

    def _is_refined(self) -> bool:
        return "refine" in json.loads(self._fitted_model().settings)

    def _warn_of_refinement(self, stacklevel: int) -> None:
        if self._is_refined():
            warnings.warn(
                "the refinement is dropped, since it was learned from texts that the model no "
                "longer has: fit(X, y) on all texts learns one anew",
                stacklevel=stacklevel,
            )

    def _with(self, model: _core.Classifier, classes: Any) -> Self:
        """The same estimator around another model."""
        other = type(self)(**self.get_params(deep=False))
        other._become(model, classes)
        if CHANGED in self.__dict__:
            # Its parameters are not those of the model either.
            other.__dict__[CHANGED] = dict(self.__dict__[CHANGED])
        return other


def _differences(own: str, other: str) -> str:
    """Return which parameters differ between the settings of two model files, with both values.

    But for a refinement, which merging drops.
    """
    mine, theirs = from_rust(own), from_rust(other)
    shown = reprlib.Repr()
    shown.maxlist = shown.maxtuple = 8
    shown.maxstring = 60
    return "; ".join(
        f"{name} is {shown.repr(value)} and {shown.repr(theirs[name])}"
        for name, value in mine.items()
        # One document and all documents are 1 and 1.0.
        if name != "refine" and (value != theirs[name] or type(value) is not type(theirs[name]))
    )
