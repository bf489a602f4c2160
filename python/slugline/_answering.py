"""Predictions and explanations of a fitted classifier."""

from __future__ import annotations

from typing import Any, Literal, SupportsIndex, overload

import numpy as np
from numpy.typing import NDArray

from slugline import _core
from slugline._explanation import Explanation, Reason, Verdict, verdict_of
from slugline._fitted import FittedModel
from slugline._labels import name_of, names_of
from slugline._texts import documents_of, one_text
from slugline._types import Texts
from slugline._values import whole, yes_or_no


class Answering(FittedModel):
    """The methods that predict and explain; they do not change the model."""

    def predict(self, X: Texts) -> NDArray[Any]:
        """Return the class of each text.

        Parameters
        ----------
        X : iterable of str, or text in Arrow memory
            The texts.

        Returns
        -------
        ndarray of shape (n_samples,)
            The predicted classes; of tied ones the first of ``classes_``.
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
        threads = _core.threads(self.n_jobs)
        model = self._answering_model()
        # Where no class is possible (alpha = 0) there is no probability: NaN, as in scikit-learn.
        return self._in_order(model.predict_log_proba(documents_of(X), threads))

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
        """Return the share of each class in each text.

        Parameters
        ----------
        X : iterable of str, or text in Arrow memory
            The texts.

        return_evidence : bool, default=False
            Whether to return the ``evidence``, too, which is computed at the same time.

        Returns
        -------
        shares : ndarray of shape (n_samples, n_classes)
            The weights θ with which a mixture of the classes' term distributions, and a
            background, makes the text most likely, by expectation–maximisation; each row sums to
            1.

        evidence : ndarray of shape (n_samples,)
            Only if ``return_evidence`` is True.
        """
        self._answering_model()
        return_evidence = yes_or_no("return_evidence", return_evidence)
        shares, evidence = self._shares(X)
        return (shares, evidence) if return_evidence else shares

    def evidence(self, X: Texts) -> NDArray[np.float64]:
        """Return the log-likelihood ratio of the classes to the background for each text.

        Parameters
        ----------
        X : iterable of str, or text in Arrow memory
            The texts.

        Returns
        -------
        ndarray of shape (n_samples,)
            The evidence, in nats per term. It is low for text about none of the classes;
            ``other_below_`` is the limit of a calibrated classifier.
            ``predict_shares(X, return_evidence=True)`` returns shares and evidence together.
        """
        self._answering_model()
        return self._shares(X)[1]

    def classify(self, text: str) -> Verdict:
        """Classify one text.

        Parameters
        ----------
        text : str
            The text.

        Returns
        -------
        Verdict
            The label, probabilities, shares, and the number of recognised terms.
        """
        self._answering_model()
        answer, best = self._answer(one_text(text))
        return verdict_of(answer, self.classes_.tolist(), self._order, best)

    def explain(self, text: str, label: Any = None, versus: Any = None) -> Explanation:
        """Explain the score of a class for a text by its terms.

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
            The terms for and against the class, with their places in the text, and the verdict of
            ``classify``. It prints as a table, and shows the highlighted text in a notebook.
        """
        model = self._answering_model()
        text = one_text(text)
        answer, best = self._answer(text)
        if label is None and best is not None:
            label = self.classes_[best]
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
            verdict_of(answer, self.classes_.tolist(), self._order, best),
        )

    def top_terms(self, label: Any, n: SupportsIndex = 10) -> list[tuple[str, float]]:
        """Return the strongest terms of a class.

        Parameters
        ----------
        label : object
            The class.

        n : int, default=10
            Number of terms.

        Returns
        -------
        list of (str, float)
            Terms and their strength, strongest first: the term's weight minus the average of its
            weights for the other classes, times the sum of its values in the class's texts (plus
            its weight in the prior).
        """
        model = self._answering_model()
        return model.top_terms(name_of(label, self.classes_), whole("n", n, 0))

    def _joint_log_proba(self, X: Texts) -> NDArray[np.float64]:
        threads = _core.threads(self.n_jobs)
        return self._in_order(self._fitted_model().joint_log_likelihood(documents_of(X), threads))

    def _shares(self, X: Texts) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        threads = _core.threads(self.n_jobs)
        shares, evidence = self._fitted_model().predict_shares(documents_of(X), threads)
        return self._in_order(shares), evidence

    def _answer(self, text: str) -> tuple[Any, int | None]:
        """Rust's answer, and its class as a position in `classes_`; None if names have that order.

        Of tied classes it is the first of `classes_`, where Rust has the first by name.
        """
        answer = self._fitted_model().classify(text)
        if self._order is None:
            return answer, None
        best, probabilities = answer[:2]
        if sum(each >= probabilities[best] for each in probabilities) == 1:
            return answer, list(self._order).index(best)
        # Only for ties, since the text is read again.
        return answer, int(self._joint_log_proba([text]).argmax())
