"""Changing a fitted classifier: adding and forgetting texts, merging, adapting, calibrating."""

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
    check_length,
    declared_classes,
    fitted,
    in_order,
    targets_of,
    unlabelled_options,
    warn_of_shares,
    weights_of,
)
from slugline._settings import auto_of, checked, for_rust, from_rust
from slugline._soft_labels import soft_labels
from slugline._texts import documents_of
from slugline._types import SoftLabels, Texts
from slugline._values import number, yes_or_no

if TYPE_CHECKING:
    from typing_extensions import Self


class Changing(FittedModel):
    """The methods that change the fitted model, or return a changed one."""

    @checked
    def partial_fit(
        self,
        X: Texts,
        y: ArrayLike | SoftLabels,
        classes: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> Self:
        """Fit on a batch of texts, in addition to those before.

        The model is that of a fit on all texts at once; new terms and new classes may appear. That
        requires sums that do not depend on other texts, as with ``idf_order="after_norm"``; other
        settings raise an error.

        Parameters
        ----------
        X : iterable of str, or text in Arrow memory
            The texts.

        y : array-like of shape (n_samples,) or probabilities
            The class of each text, or the probability of each class for each text; see ``fit``.

        classes : array-like of shape (n_classes,), default=None
            All classes that may appear, at the first call; any other class is then an error. None:
            classes are added as they appear. Of an array of probabilities they are the columns;
            None: ``classes_``.

        sample_weight : array-like of shape (n_samples,) or float, default=None
            A weight of 0 or more for each text, or for all.

        Returns
        -------
        self : object
            The classifier itself, unchanged if an error is raised.

        Raises
        ------
        ValueError
            If the sums are not exact, if parameters were changed since the fit, and with
            ``calibrate=True`` or an "auto" parameter, which are chosen on all texts at once.

        Warns
        -----
        UserWarning
            If the model was calibrated or refined: the calibration or refinement is dropped.
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
        columns = classes
        known = not first and declared is None
        if known and classes is not None and soft_labels(y, columns) is not None:
            # They name the columns of an array: the classes are known from the fit.
            classes = None
        if classes is not None:
            classes = declared_classes(classes)
            if not first and (declared is None or not np.array_equal(declared, classes)):
                raise ValueError(
                    f"`classes={classes}` is not the same as on last call to partial_fit, "
                    f"was: {declared}"
                )
            declared = classes
        if first:
            model, classes = fitted(
                self, X, y, declared, sample_weight, soft=soft_labels(y, columns)
            )
            if not model.sums_are_exact:
                raise ValueError(
                    "partial_fit would not be exact: with these settings what a document adds "
                    'depends on the other documents. Use idf_order="after_norm"'
                )
            # One class may be the first of several.
            _notices.warn(self, model, classes, stacklevel=3, labels=False, of=classes)
            self._become(model, classes)
        else:
            self._change(_core.partial_fit, X, y, sample_weight, declared, columns)
        if declared is not None:
            self._declared = declared
        return self

    @checked
    def forget(
        self, X: Texts, y: ArrayLike | SoftLabels, sample_weight: ArrayLike | None = None
    ) -> Self:
        """Remove texts, as if the model had never been fitted on them (machine unlearning).

        Their values are subtracted from every sum, and terms that no other text contains leave the
        vocabulary. Classes stay, with or without texts. It requires exact sums, as ``partial_fit``
        does.

        Parameters
        ----------
        X : iterable of str, or text in Arrow memory
            Texts that the classifier was fitted on.

        y : array-like of shape (n_samples,) or probabilities
            The class of each text at the fit, or the probability of each class; of an array the
            columns are ``classes_``.

        sample_weight : array-like of shape (n_samples,), default=None
            The weight of each text at the fit.

        Returns
        -------
        self : object
            The classifier itself, unchanged if an error is raised.

        Raises
        ------
        ValueError
            If the sums are not exact, or if the classifier cannot have been fitted on these texts
            with these classes and weights.

        Warns
        -----
        UserWarning
            If the model was calibrated or refined: the calibration or refinement is dropped.

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
        self._change(_core.forget, X, y, sample_weight)
        return self

    def merge(self, other: Self) -> Self:
        """Merge with another classifier that was fitted on other texts.

        The result is the classifier that a fit on the texts of both gives, without calibration.
        Classes and vocabularies may differ, settings may not.

        Parameters
        ----------
        other : TextClassifier
            A fitted classifier.

        Returns
        -------
        TextClassifier
            A new classifier; the two are unchanged.

        Raises
        ------
        ValueError
            If the settings differ, or sums are not exact with them (see ``idf_order``).

        Warns
        -----
        UserWarning
            If one of them was calibrated or refined.
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
        """Adapt the classifier to unlabelled texts, by expectation–maximisation.

        In each round the model computes the probability of each class for each text, and is fitted
        on the texts with these as weights, in addition to its own sums. The shares of the classes
        are held (``class_shares``), so that no class takes all texts. The result is not calibrated.

        Parameters
        ----------
        X : iterable of str, or text in Arrow memory
            The texts.

        weight : float, default=1.0
            Weight of an unlabelled text, where a labelled one has 1.

        class_shares : {"uniform", "learned", "free"} or array-like of shape (n_classes,), \
                default="uniform"
            The share of the texts that each class is held to: equal shares, those of the training
            texts, no fixed shares, or the given ones.

        max_iter : int, default=25
            Maximum number of rounds.

        Returns
        -------
        TextClassifier
            A new classifier, with the attributes ``n_iter_``, ``held_shares_`` and ``free_shares_``
            (see ``TextClassifier.fit``).

        Warns
        -----
        UserWarning
            If the texts speak for other shares than those that were held, and if the model was
            calibrated.

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
        options = in_order(unlabelled_options(weight, class_shares, max_iter), self.classes_)
        documents = documents_of(X)
        found = SemiSupervised(*_core.adapt(model, documents, options, _core.threads(self.n_jobs)))
        self._warn_of_calibration(stacklevel=3)
        self._warn_of_refinement(stacklevel=3)
        if not found.converged:
            _notices.warn_of_rounds(found.n_iter, stacklevel=2)
        warn_of_shares(found, self.classes_, stacklevel=2)
        adapted = self._with(found.model, self.classes_)
        adapted._note(found)
        return adapted

    def calibrated(self, X: Texts, y: ArrayLike, *, by_length: bool | None = None) -> Self:
        """Calibrate the classifier on texts that it was not fitted on.

        Chooses the temperature with the lowest log-loss, and the limit of the evidence below which
        a text is about none of the classes.

        Parameters
        ----------
        X : iterable of str, or text in Arrow memory
            The texts.

        y : array-like of shape (n_samples,)
            The class of each text. Texts of the background help to choose the limit.

        by_length : bool or None, default=None
            Whether both depend on the number of known terms of a text, as with
            ``calibrate="by_length"``; None: as the classifier is calibrated now.

        Returns
        -------
        TextClassifier
            A new classifier with the same predictions.
        """
        documents = documents_of(X)
        names = self._names(targets_of(documents, y))
        if by_length is not None:
            by_length = yes_or_no("by_length", by_length)
        model = self._fitted_model().calibrated(documents, names, by_length)
        _notices.warn_of_calibration(model, stacklevel=2)
        return self._with(model, self.classes_)

    def with_other_below(self, limit: SupportsFloat | None) -> Self:
        """Set the limit of the evidence below which a text is about none of the classes.

        Parameters
        ----------
        limit : float or None
            The limit. None: every text is about one of the classes.

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
        declared: Any = None,
        columns: Any = None,
    ) -> None:
        """Add texts to the model, or remove them."""
        model = self._model
        documents = documents_of(X)
        soft = soft_labels(y, self.classes_ if columns is None else columns)
        classes, probabilities = (targets_of(documents, y), None) if soft is None else soft
        if probabilities is not None:
            check_length(documents, probabilities)
        if declared is not None:
            check_declared(classes, declared)
        names = self._names(classes)
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
            (names, probabilities),
            weights_of(sample_weight, len(documents)),
            _core.threads(self.n_jobs),
        )
        # The line that calls the method, outside of the decorator.
        self._warn_of_calibration(stacklevel=5)
        self._warn_of_refinement(stacklevel=5)
        dtype = joined_dtype(self.classes_, np.unique(classes))
        self._become(changed, classes_of(changed.labels, changed.label_type, dtype))

    def _names(self, targets: Any) -> list[str]:
        """The names of labels, which must be of the type of the model's."""
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
                "the calibration is dropped, since it was chosen for the unchanged model: "
                "calibrated(X, y) chooses a new one",
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
            # Its parameters differ from those of the model, too.
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
        # Types matter: 1 is one document, 1.0 all documents.
        if name != "refine" and (value != theirs[name] or type(value) is not type(theirs[name]))
    )
