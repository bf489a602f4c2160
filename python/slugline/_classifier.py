"""The classifier on raw text: an estimator for scikit-learn, all of whose work is done in Rust."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.pipeline import Pipeline
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import column_or_1d

from slugline import _core
from slugline._fitted import FittedText, documents_of
from slugline._labels import classes_of, names_of, order_of
from slugline._settings import CONSTRAINTS, checked, for_rust, from_rust, prior_terms
from slugline._stream import trained
from slugline._types import Batch, Prior, Texts

if TYPE_CHECKING:
    from typing_extensions import Self


class TextClassifier(FittedText):
    r"""Text classification with TF-IDF and naive Bayes.

    The whole path from text to class in one estimator, equal to scikit-learn's
    ``TfidfVectorizer`` followed by ``ComplementNB``, ``MultinomialNB`` or ``BernoulliNB`` with the
    same parameters. Texts may be a list, a tuple, a NumPy array, a pandas or Polars Series, or
    anything in Arrow memory (which is read in place).

    Parameters
    ----------
    naive_bayes : {"complement", "multinomial", "bernoulli"}, default="complement"
        The model.

    alpha : float or array-like of shape (n_features,), default=0.3
        Additive smoothing, 0 or more.

    force_alpha : bool, default=True
        Use an ``alpha`` below 1e-10 as it is; else it is raised to that.

    fit_prior : bool, default=True
        Learn the class prior; else all classes are equally likely before reading.

    class_prior : array-like of shape (n_classes,), default=None
        The class prior, if it is not to be learned.

    norm_weights : bool, default=False
        Complement model: normalise the weights of each class (``norm`` of ``ComplementNB``).

    binarize : float or None, default=0.0
        Bernoulli model: values above this are present. None: values are 0 and 1 already.

    lowercase : bool, default=True
        Lower-case the text first.

    strip_accents : {"ascii", "unicode"} or None, default=None
        Remove accents.

    analyzer : {"word", "char", "char_wb"}, default="word"
        What n-grams are made of.

    words : {"sklearn", "unicode"}, default="sklearn"
        What a word is: two or more letters, digits or underscores, as in scikit-learn; or the words
        of Unicode's UAX #29.

    token_pattern : str or None, default=None
        A regular expression (of Rust's crate ``regex``) whose matches are the words.

    stop_words : str, iterable of str or None, default=None
        Words to leave out: the list of a language ("english" is scikit-learn's own), or these.

    stemmer : str or None, default=None
        Language whose Snowball stemmer reduces each word, such as "english".

    ngram_range : tuple (min_n, max_n), default=(1, 1)
        Smallest and largest n of the n-grams.

    min_df, max_df : float in [0, 1] or int, default=1 and 1.0
        Leave out terms that are in fewer, or in more, documents: an int is a number of documents,
        a float a part of them.

    max_features : int or None, default=None
        Keep only so many terms, the most frequent ones.

    vocabulary : mapping, iterable or None, default=None
        Terms to use instead of learning them.

    binary : bool, default=False
        Count a term once a document.

    norm : {"l1", "l2"} or None, default="l2"
        Length of a document's row.

    use_idf, smooth_idf : bool, default=True
        Weigh terms by inverse document frequency; smoothed by one document that holds every term.

    sublinear_tf : bool, default=True
        1 + ln(count) instead of the count.

    idf_order : {"before_norm", "after_norm"}, default="before_norm"
        Whether idf is multiplied in before the length of a row is normalised (scikit-learn's
        order) or after it. With "after_norm" everything learned is a sum over documents, so that
        ``partial_fit`` and ``merge`` are exact.

    background : object, default=None
        The class of texts that are about none of the topics. They are no class of the model, but
        the background that ``predict_shares`` and ``evidence`` measure the topics against.

    calibrate : bool, default=False
        Choose the temperature of the probabilities, and the limit of the evidence below which a
        text is about none of the topics, by cross-validation over five parts of the data. Labels
        stay as they are.

    n_jobs : int or None, default=None
        Threads. None: the environment variable ``SLUGLINE_NUM_THREADS``, or ``OMP_NUM_THREADS``
        (which joblib sets in its workers), or one for each processor; -1: one for each processor.
        Any number gives the same bits.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The classes, sorted: the columns of probabilities.

    class_count_ : ndarray of shape (n_classes,)
        How many documents of each class it was fitted on (weighted, where weights were given).

    n_documents_ : int
        How many documents it was fitted on.

    vocabulary_ : dict
        The known terms and their columns.

    idf_ : ndarray of shape (n_features,)
        The inverse document frequency of each term.

    See Also
    --------
    slugline.sklearn : The steps as separate, scikit-learn compatible estimators.
    slugline.from_sklearn : Turn a fitted scikit-learn pipeline into a TextClassifier.

    References
    ----------
    Rennie, Shih, Teevan, Karger (2003), "Tackling the poor assumptions of naive Bayes text
    classifiers", ICML.

    Examples
    --------
    >>> from slugline import TextClassifier
    >>> texts = ["new phones and chips", "ministers vote on a bill", "code for phones"]
    >>> model = TextClassifier().fit(texts, ["technology", "policy", "technology"])
    >>> model.predict(["a vote in parliament", "a phone with new chips"]).tolist()
    ['policy', 'technology']
    """

    _parameter_constraints: dict[str, list[Any]] = CONSTRAINTS

    def __init__(
        self,
        naive_bayes: str = "complement",
        *,
        alpha: ArrayLike = 0.3,
        force_alpha: bool = True,
        fit_prior: bool = True,
        class_prior: ArrayLike | None = None,
        norm_weights: bool = False,
        binarize: float | None = 0.0,
        lowercase: bool = True,
        strip_accents: str | None = None,
        analyzer: str = "word",
        words: str = "sklearn",
        token_pattern: str | None = None,
        stop_words: str | Iterable[str] | None = None,
        stemmer: str | None = None,
        ngram_range: tuple[int, int] = (1, 1),
        min_df: float = 1,
        max_df: float = 1.0,
        max_features: int | None = None,
        vocabulary: Mapping[str, int] | Iterable[str] | None = None,
        binary: bool = False,
        norm: str | None = "l2",
        use_idf: bool = True,
        smooth_idf: bool = True,
        sublinear_tf: bool = True,
        idf_order: str = "before_norm",
        background: Any = None,
        calibrate: bool = False,
        n_jobs: int | None = None,
    ) -> None:
        self.naive_bayes = naive_bayes
        self.alpha = alpha
        self.force_alpha = force_alpha
        self.fit_prior = fit_prior
        self.class_prior = class_prior
        self.norm_weights = norm_weights
        self.binarize = binarize
        self.lowercase = lowercase
        self.strip_accents = strip_accents
        self.analyzer = analyzer
        self.words = words
        self.token_pattern = token_pattern
        self.stop_words = stop_words
        self.stemmer = stemmer
        self.ngram_range = ngram_range
        self.min_df = min_df
        self.max_df = max_df
        self.max_features = max_features
        self.vocabulary = vocabulary
        self.binary = binary
        self.norm = norm
        self.use_idf = use_idf
        self.smooth_idf = smooth_idf
        self.sublinear_tf = sublinear_tf
        self.idf_order = idf_order
        self.background = background
        self.calibrate = calibrate
        self.n_jobs = n_jobs

    @checked
    def fit(
        self,
        X: Texts,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        prior: Prior | None = None,
    ) -> Self:
        """Fit on texts and their classes.

        Parameters
        ----------
        X : iterable of str, or text in Arrow memory
            The texts.

        y : array-like of shape (n_samples,)
            The class of each text: str, integers, floats or booleans.

        sample_weight : array-like of shape (n_samples,), default=None
            A weight of 0 or more for each text. It scales what the text adds to its class;
            document frequencies count every text once.

        prior : mapping, default=None
            What is known of terms before reading: for a class (or the background) its terms with
            their weights, ``{"policy": {"parliament": 2.0, "prime minister": 1.0}}``. They are
            pseudo-counts, an informative Dirichlet prior: P(t | c) ∝ N_ct + alpha + weight. A
            weight says as much as texts of the class in whose rows the term's values sum to it. A
            class that only the prior names is known to the model all the same.

        Returns
        -------
        self : object
            Fitted classifier.
        """
        self._become(*self._fitted(X, y, None, sample_weight, prior))
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
        self._become(*trained(self, batches, memory, prior))
        self.__dict__.pop("_declared", None)
        return self

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

        sample_weight : array-like of shape (n_samples,), default=None
            A weight of 0 or more for each text.

        Returns
        -------
        self : object
            The classifier itself.
        """
        first = not self.__sklearn_is_fitted__()
        declared = getattr(self, "_declared", None)
        if classes is not None:
            classes = np.unique(classes)
            if not first and (declared is None or not np.array_equal(declared, classes)):
                raise ValueError(
                    f"`classes={classes}` is not the same as on last call to partial_fit, "
                    f"was: {declared}"
                )
            declared = classes
        model, classes = self._fitted(X, y, declared, sample_weight)
        if not model.sums_are_exact:
            raise ValueError(
                "partial_fit would not be exact: with these settings what a document adds depends "
                'on the other documents. Use idf_order="after_norm"'
            )
        if not first:
            model = self._model.merge(model)
            classes = classes_of(model.labels, model.label_type)
        self._become(model, classes)
        self._declared = declared
        return self

    def merge(self, other: TextClassifier) -> Self:
        """Return the classifier that one fitted on the documents of both would be.

        Classes and vocabularies may differ, settings may not.

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
        """
        if not isinstance(other, TextClassifier):
            raise TypeError(f"expected a TextClassifier, got {type(other).__name__}")
        model = self._fitted_model().merge(other._fitted_model())
        merged = type(self)(**self.get_params(deep=False))
        merged._become(model, classes_of(model.labels, model.label_type))
        return merged

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the model file: the whole file or nothing.

        The file holds numbers and names and no code: it is safe to open, by the command and by
        Rust programs, too.

        Parameters
        ----------
        path : str or path-like
            Where to.
        """
        self._fitted_model().save(os.fspath(path))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read a model file.

        Parameters
        ----------
        path : str or path-like
            The file, written by ``save``, the command or a Rust program.

        Returns
        -------
        TextClassifier
            The fitted classifier.

        Raises
        ------
        OSError
            Where the file cannot be read.
        ValueError
            Where it is damaged, of another program or of a newer version.
        """
        return cls._of(_core.Classifier.load(os.fspath(path)))

    def to_sklearn(self) -> Pipeline:
        """Return a fitted scikit-learn pipeline with the same answers.

        Returns
        -------
        sklearn.pipeline.Pipeline
            A ``TfidfVectorizer`` and a naive Bayes model, both scikit-learn's own.

        Raises
        ------
        ValueError
            For settings that scikit-learn does not have, which the message names.
        """
        from slugline._conversion import to_sklearn

        return to_sklearn(self)

    @classmethod
    def _of(cls, model: _core.Classifier) -> Self:
        """An estimator around a fitted model."""
        classifier = cls(**from_rust(model.settings))
        classes = classes_of(model.labels, model.label_type)
        prior = classifier.class_prior
        if prior is not None and (order := order_of(classes)) is not None:
            classifier.class_prior = np.asarray(prior)[order].tolist()
        classifier._become(model, classes)
        return classifier

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
        names, _ = names_of(np.asarray(y))
        return self._with(self._fitted_model().calibrated(documents_of(X), names))

    def with_other_below(self, limit: float | None) -> Self:
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
        return self._with(self._fitted_model().with_other_below(limit))

    def _with(self, model: _core.Classifier) -> Self:
        """The same estimator around another model of the same classes."""
        other = type(self)(**self.get_params(deep=False))
        other._become(model, self.classes_)
        return other

    def _fitted(
        self, X: Any, y: Any, declared: Any, sample_weight: Any, prior: Any = None
    ) -> tuple[_core.Classifier, Any]:
        """A model of these texts alone, and its classes."""
        documents = documents_of(X)
        targets = column_or_1d(y, warn=True)
        check_classification_targets(targets)
        if len(documents) != len(targets):
            raise ValueError(
                "Found input variables with inconsistent numbers of samples: "
                f"[{len(documents)}, {len(targets)}]"
            )
        classes, targets = np.unique(targets, return_inverse=True)
        terms, of_prior = prior_terms(prior)
        if declared is None and len(of_prior) and not np.isin(of_prior, classes).all():
            seen = classes
            classes = np.union1d(classes, of_prior)
            targets = np.searchsorted(classes, seen)[targets]
        if declared is not None:
            unknown = np.setdiff1d(classes, declared)
            if len(unknown):
                raise ValueError(
                    f"The target label(s) {unknown} in y do not exist in the initial classes "
                    f"{declared}"
                )
            targets = np.searchsorted(declared, classes)[targets]
            classes = declared
        names, label_type = names_of(classes)
        labels = classes if self.background is None else classes[classes != self.background]
        settings = for_rust(self.get_params(deep=False), labels)
        order = order_of(classes)
        if order is not None:
            targets = order[targets]
        if sample_weight is not None:
            sample_weight = np.ascontiguousarray(sample_weight, dtype=np.float64)
        model = _core.Classifier.fit(
            settings,
            documents,
            (sorted(names), label_type),
            np.ascontiguousarray(targets, dtype=np.uintp),
            sample_weight,
            {
                "prior": terms,
                "calibrate": self.calibrate,
                "threads": _core.threads(self.n_jobs),
            },
        )
        return model, labels
