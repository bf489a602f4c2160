"""Fitting a classifier on texts, and auditing their classes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal, SupportsFloat, SupportsIndex, TypeAlias

from numpy.typing import ArrayLike, NDArray

from slugline import _notices
from slugline._audit import Audit, audited
from slugline._fitted import FittedModel
from slugline._learning import (
    fitted,
    fitted_semi_supervised,
    unlabelled_options,
    warn_of_shares,
)
from slugline._settings import checked
from slugline._soft_labels import soft_array, soft_labels
from slugline._stream import trained
from slugline._types import Batch, Prior, SoftLabels, Texts

if TYPE_CHECKING:
    from typing_extensions import Self

_Numbers: TypeAlias = Sequence[float] | NDArray[Any]


class Fitting(FittedModel):
    """The methods that fit on all texts at once, or in batches."""

    @checked
    def fit(
        self,
        X: Texts,
        y: ArrayLike | SoftLabels,
        sample_weight: ArrayLike | None = None,
        prior: Prior | None = None,
        unlabelled: Texts | None = None,
        *,
        classes: ArrayLike | None = None,
        unlabelled_weight: SupportsFloat = 1.0,
        class_shares: Literal["uniform", "learned", "free"] | _Numbers = "uniform",
        max_iter: SupportsIndex = 25,
    ) -> Self:
        """Fit on texts and their classes, and on unlabelled texts, if given.

        Parameters
        ----------
        X : iterable of str, or text in Arrow memory
            The texts.

        y : array-like of shape (n_samples,) or probabilities
            The class of each text: strings, integers, floats or booleans. Or the probability of
            each class for each text (soft labels), as another classifier, a language model or
            several annotators give them: a data frame of numbers whose columns are the classes, a
            list of mappings ``{class: probability}``, or an array of shape (n_samples, n_classes)
            with ``classes``. A row sums to 1; the text adds its values times the probability to
            the sums of each class, so that probabilities of 0 and 1 are what labels are.

        sample_weight : array-like of shape (n_samples,) or float, default=None
            A weight of 0 or more for each text, or for all. It scales the values that the text
            adds to its class; document frequencies count every text once.

        prior : mapping, default=None
            Prior knowledge of terms: for each class (or the background) terms with weights,
            ``{"policy": {"parliament": 2.0, "prime minister": 1.0}}``. The weights are
            pseudo-counts, an informative Dirichlet prior: P(t | c) ∝ N_ct + alpha + weight. A
            weight counts as much as texts of the class in whose rows the term's values sum to it.
            A class that only the prior names becomes a class of the model; it must be of the same
            type as the others. A string stands for the number of ``y`` that it spells ("2" for
            2), as in JSON. ``slugline.describe`` makes a prior of sentences about the classes.

        unlabelled : iterable of str, or text in Arrow memory, default=None
            Unlabelled texts, which are learned from by expectation–maximisation (see ``adapt``).
            With a prior, ``X`` and ``y`` may be empty.

        classes : array-like of shape (n_classes,), default=None
            The classes of the columns of ``y``, where that is an array of probabilities.

        unlabelled_weight : float, default=1.0
            Weight of an unlabelled text, where a labelled one has 1.

        class_shares : {"uniform", "learned", "free"} or array-like of shape (n_classes,), \
                default="uniform"
            The share of the unlabelled texts that each class is held to: equal shares, those of
            ``y``, no fixed shares (one class may then take all), or the given ones.

        max_iter : int, default=25
            Maximum number of rounds of expectation–maximisation.

        Returns
        -------
        self : object
            Fitted classifier.

        Warns
        -----
        UserWarning
            If the unlabelled texts speak for other shares than those that were held.

        Examples
        --------
        Some terms for each class, and unlabelled texts:

        >>> from slugline import TextClassifier
        >>> words = {"technology": {"phones": 1.0}, "policy": {"vote": 1.0}}
        >>> texts = ["new phones and chips", "ministers vote on a bill", "chips", "a new bill"]
        >>> model = TextClassifier("multinomial").fit([], [], prior=words, unlabelled=texts)
        >>> model.predict(["chips", "ministers"]).tolist()
        ['technology', 'policy']

        The probabilities that another model gave:

        >>> teacher = [{"technology": 1.0}, {"policy": 0.9, "technology": 0.1}]
        >>> model = TextClassifier().fit(["new phones and chips", "ministers vote"], teacher)
        >>> model.class_count_.tolist()
        [0.9, 1.1]
        """
        options = unlabelled_options(unlabelled_weight, class_shares, max_iter, "unlabelled_weight")
        soft = soft_labels(y) if classes is None else soft_array(y, classes)
        if unlabelled is None:
            if options != unlabelled_options(1.0, "uniform", 25):
                raise ValueError(
                    "unlabelled_weight, class_shares and max_iter say how `unlabelled` is learned "
                    "from: give texts without classes, or leave them out"
                )
            model, kept = fitted(self, X, y, None, sample_weight, prior, soft)
            _notices.warn(self, model, kept, stacklevel=3, of=kept)
            self._become(model, kept)
        else:
            found, kept = fitted_semi_supervised(
                self, X, y, sample_weight, prior, soft, unlabelled, options
            )
            warn_of_shares(found, kept, stacklevel=3)
            if not found.converged:
                _notices.warn_of_rounds(found.n_iter, stacklevel=3)
            _notices.warn(self, found.model, kept, stacklevel=3, of=kept)
            self._become(found.model, kept)
            self._note(found)
        self.__dict__.pop("_declared", None)
        return self

    @checked
    def fit_stream(
        self,
        batches: Iterable[Batch],
        memory: int | str | None = None,
        prior: Prior | None = None,
    ) -> Self:
        """Fit on batches of texts, in bounded memory.

        The model is that of ``fit`` on all texts, bit for bit, for any batches. Data that exceeds
        ``memory`` is kept in temporary files.

        Parameters
        ----------
        batches : iterable of (texts, labels) or (texts, labels, weights)
            Batches, from a generator for example, of a few thousand texts with their classes and,
            optionally, sample weights, as for ``fit``. They are read once.

        memory : int or str, default=None
            Memory of the fit, in bytes or with K, M, G or T for powers of 1024 ("512M"), not
            counting the interpreter and the current batch. None: no limit.

        prior : mapping, default=None
            Prior knowledge of terms; see ``fit``.

        Returns
        -------
        self : object
            Fitted classifier.

        Raises
        ------
        ValueError
            For a malformed batch, whose position the message names; and if the model does not fit
            into the memory, with advice. After any error, also one of the generator, the
            classifier is unchanged.

        Warns
        -----
        UserWarning
            If a model with all terms does not fit into the memory: the most frequent are kept, as
            with ``max_features`` set to the number that the warning names.

        Examples
        --------
        >>> from slugline import TextClassifier
        >>> def batches():
        ...     yield ["new phones and chips", "ministers vote"], ["technology", "policy"]
        ...     yield ["code for phones"], ["technology"]
        >>> TextClassifier().fit_stream(batches(), memory="64M").predict(["chips"]).tolist()
        ['technology']
        """
        model, classes = trained(self, batches, memory, prior)
        _notices.warn(self, model, classes, stacklevel=3, of=classes)
        self._become(model, classes)
        self.__dict__.pop("_declared", None)
        return self

    @checked
    def audit(self, X: Texts, y: ArrayLike, prior: Prior | None = None) -> Audit:
        """Classify every text with the model of all others (leave-one-out), by naive Bayes alone.

        The text's values are subtracted from the sums of its class, and terms that too few others
        contain are ignored. The idf of the other terms, and the numbers that ``min_df``,
        ``max_df`` and ``max_features`` are compared with, stay those of all texts: among many
        texts one hardly changes them, among few a model fitted without it has other scores.

        Texts with a wrong class are among the first of the doubts. An audit takes about the time
        of two fits and does not change the classifier, which need not be fitted; "auto" parameters
        are chosen first.

        Parameters
        ----------
        X : iterable of str, or text in Arrow memory
            The texts.

        y : array-like of shape (n_samples,)
            The class of each text.

        prior : mapping, default=None
            Prior knowledge of terms; see ``fit``.

        Returns
        -------
        Audit
            The doubts, most doubtful first, the accuracy and the confusion matrix.

        Examples
        --------
        >>> from slugline import TextClassifier
        >>> texts = ["new chips", "new phones", "phones and chips", "a vote", "bills", "vote"]
        >>> labels = ["technology", "technology", "policy", "policy", "policy", "policy"]
        >>> audit = TextClassifier().audit(texts, labels)
        >>> audit.doubts[0].document, audit.doubts[0].label, audit.doubts[0].suggested
        (2, 'policy', 'technology')
        """
        audit = audited(self, X, y, prior)
        _notices.warn(self, None, [], stacklevel=3, of=audit.classes)
        return audit
