"""Fitting a classifier on texts, and judging the texts by it."""

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
from slugline._stream import trained
from slugline._types import Batch, Prior, Texts

if TYPE_CHECKING:
    from typing_extensions import Self

_Numbers: TypeAlias = Sequence[float] | NDArray[Any]


class Fitting(FittedModel):
    """The methods that learn from all texts at once, or batch after batch."""

    @checked
    def fit(
        self,
        X: Texts,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        prior: Prior | None = None,
        unlabelled: Texts | None = None,
        *,
        unlabelled_weight: SupportsFloat = 1.0,
        class_shares: Literal["uniform", "learned", "free"] | _Numbers = "uniform",
        max_iter: SupportsIndex = 25,
    ) -> Self:
        """Fit on texts and their classes, and perhaps on texts without.

        Parameters
        ----------
        X : iterable of str, or text in Arrow memory
            The texts.

        y : array-like of shape (n_samples,)
            The class of each text: str, integers, floats or booleans.

        sample_weight : array-like of shape (n_samples,) or float, default=None
            A weight of 0 or more for each text, or for all. It scales what the text adds to its
            class; document frequencies count every text once.

        prior : mapping, default=None
            What is known of terms before reading: for a class (or the background) its terms with
            their weights, ``{"policy": {"parliament": 2.0, "prime minister": 1.0}}``. They are
            pseudo-counts, an informative Dirichlet prior: P(t | c) ∝ N_ct + alpha + weight. A
            weight says as much as texts of the class in whose rows the term's values sum to it. A
            class that only the prior names is known to the model all the same; it has to be of the
            type of the others. Names stand for numbers that ``y`` holds ("2" for 2), as JSON has
            no others.

        unlabelled : iterable of str, or text in Arrow memory, default=None
            Texts without classes, to learn from, too, by expectation–maximisation (see ``adapt``).
            With a prior, ``X`` and ``y`` may be empty: some words for each class are a start.

        unlabelled_weight : float, default=1.0
            What a text without a class counts for beside one with a class.

        class_shares : {"uniform", "learned", "free"} or array-like of shape (n_classes,), \
                default="uniform"
            The share of the texts without classes that each class is held to: the same for all,
            those of ``y``, whatever comes (a strong class may then take all), or these.

        max_iter : int, default=25
            The most rounds of expectation–maximisation.

        Returns
        -------
        self : object
            Fitted classifier.

        Warns
        -----
        UserWarning
            Where texts without classes speak for other shares than those that were held.

        Examples
        --------
        Some words for each class, and texts that nobody has labelled:

        >>> from slugline import TextClassifier
        >>> words = {"technology": {"phones": 1.0}, "policy": {"vote": 1.0}}
        >>> texts = ["new phones and chips", "ministers vote on a bill", "chips", "a new bill"]
        >>> model = TextClassifier("multinomial").fit([], [], prior=words, unlabelled=texts)
        >>> model.predict(["chips", "ministers"]).tolist()
        ['technology', 'policy']
        """
        how = unlabelled_options(unlabelled_weight, class_shares, max_iter, "unlabelled_weight")
        if unlabelled is None:
            if how != unlabelled_options(1.0, "uniform", 25):
                raise ValueError(
                    "unlabelled_weight, class_shares and max_iter say how `unlabelled` is learned "
                    "from: give texts without classes, or leave them out"
                )
            model, classes = fitted(self, X, y, None, sample_weight, prior)
            _notices.warn(self, model, classes, stacklevel=3, of=classes)
            self._become(model, classes)
        else:
            found, classes = fitted_semi_supervised(
                self, X, y, sample_weight, prior, unlabelled, how
            )
            warn_of_shares(found, classes, stacklevel=3)
            if not found.converged:
                _notices.warn_of_rounds(found.n_iter, stacklevel=3)
            _notices.warn(self, found.model, classes, stacklevel=3, of=classes)
            self._become(found.model, classes)
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
        """Fit on batches of texts, each of which is forgotten when it has been read.

        The model is that of ``fit`` on all texts, bit for bit, whatever the batches are. What grows
        with the texts goes to temporary files where it exceeds ``memory``.

        Parameters
        ----------
        batches : iterable of (texts, labels) or (texts, labels, weights)
            A generator, say: a few thousand texts at a time, as ``fit`` takes them, with their
            classes, and perhaps their weights. It is read once.

        memory : int or str, default=None
            How much memory the fit may take, in bytes or with K, M, G or T behind the number for
            powers of 1024: "512M". The interpreter and the current batch come on top. None: as much
            as there is.

        prior : mapping, default=None
            What is known of terms before reading; see ``fit``.

        Returns
        -------
        self : object
            Fitted classifier.

        Raises
        ------
        ValueError
            For a batch that is none, which is named by its position; and where the model cannot be
            made in so little memory, with what to do. Whatever is raised, by the generator, too,
            the classifier stays as it was.

        Warns
        -----
        UserWarning
            Where a model with all terms would not fit into the memory: the most frequent are kept,
            as with ``max_features`` at the number that the warning names.

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
        """Judge every text by the model that is fitted on all others: leave-one-out.

        What the text added to the sums of its class is taken out of them, and a term that too few
        others hold is not known. The idf of the terms that are known, and the numbers that
        ``min_df``, ``max_df`` and ``max_features`` are compared with, stay those of all texts: one
        of many hardly moves them. Fitting on the others would give nearly the same scores, and
        other ones where texts are few.

        Texts that were given a wrong class by mistake are among the first of the doubts. It takes
        about as long as two fits, and leaves the classifier as it is, fitted or not; what is "auto"
        is chosen first.

        Parameters
        ----------
        X : iterable of str, or text in Arrow memory
            The texts.

        y : array-like of shape (n_samples,)
            The class of each text.

        prior : mapping, default=None
            What is known of terms before reading; see ``fit``.

        Returns
        -------
        Audit
            The doubts, most doubtful first, the accuracy and the confusion.

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
