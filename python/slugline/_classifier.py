"""The classifier on raw text: an estimator for scikit-learn, all of whose work is done in Rust."""

from __future__ import annotations

import os
from functools import cache
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, _fit_context
from sklearn.exceptions import NotFittedError
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import column_or_1d

from slugline import _core
from slugline._explanation import Explanation, Reason, Verdict
from slugline._labels import classes_of, names_of, order_of
from slugline._settings import CONSTRAINTS, for_rust, from_rust


class TextClassifier(ClassifierMixin, BaseEstimator):
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
        naive_bayes="complement",
        *,
        alpha=0.3,
        force_alpha=True,
        fit_prior=True,
        class_prior=None,
        norm_weights=False,
        binarize=0.0,
        lowercase=True,
        strip_accents=None,
        analyzer="word",
        words="sklearn",
        token_pattern=None,
        stop_words=None,
        stemmer=None,
        ngram_range=(1, 1),
        min_df=1,
        max_df=1.0,
        max_features=None,
        vocabulary=None,
        binary=False,
        norm="l2",
        use_idf=True,
        smooth_idf=True,
        sublinear_tf=True,
        idf_order="before_norm",
        n_jobs=None,
    ):
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
        self.n_jobs = n_jobs

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None):
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

        Returns
        -------
        self : object
            Fitted classifier.
        """
        self._become(*self._fitted(X, y, None, sample_weight))
        self.__dict__.pop("_declared", None)
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y, classes=None, sample_weight=None):
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

    def merge(self, other: TextClassifier) -> TextClassifier:
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

    def predict(self, X):
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
        model = self._fitted_model()
        if self._order is None:
            return self.classes_[model.predict(_documents(X), _core.threads(self.n_jobs))]
        return self.classes_[self.predict_joint_log_proba(X).argmax(axis=1)]

    def predict_proba(self, X):
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
        model = self._fitted_model()
        return self._in_order(model.predict_proba(_documents(X), _core.threads(self.n_jobs)))

    def predict_log_proba(self, X):
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
        scores = self.predict_joint_log_proba(X)
        highest = scores.max(axis=1, keepdims=True, initial=-np.inf)
        # No class is possible (alpha = 0): nothing tells them apart.
        scores = np.where(np.isfinite(highest), scores, 0.0)
        scores -= np.where(np.isfinite(highest), highest, 0.0)
        with np.errstate(divide="ignore"):
            return scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))

    def predict_joint_log_proba(self, X):
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
        model = self._fitted_model()
        return self._in_order(model.joint_log_likelihood(_documents(X), _core.threads(self.n_jobs)))

    def decision_function(self, X):
        """Return how far the evidence speaks for each class.

        Parameters
        ----------
        X : iterable of str, or text in Arrow memory
            The texts.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_classes)
            The joint log-likelihood; with two classes how far that of the second lies above that
            of the first.
        """
        scores = self.predict_joint_log_proba(X)
        return scores[:, 1] - scores[:, 0] if scores.shape[1] == 2 else scores

    def classify(self, text: str) -> Verdict:
        """Return the class of one text with all probabilities.

        Parameters
        ----------
        text : str
            The text.

        Returns
        -------
        Verdict
            Label, probabilities, and how many terms were recognised.
        """
        best, probabilities, recognised = self._fitted_model().classify(text)
        if self._order is not None:
            probabilities = [probabilities[at] for at in self._order]
            best = self._order.tolist().index(best)
        labels = self.classes_.tolist()
        return Verdict(
            labels[best],
            probabilities[best],
            dict(zip(labels, probabilities, strict=True)),
            recognised,
        )

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
            The terms that argue for and against, with their places in the text. It prints as a
            table, and shows the highlighted text in a notebook.
        """
        names = [None if each is None else str(each) for each in (label, versus)]
        name, other, score, bias, reasons = self._fitted_model().explain(text, *names)
        by_name = dict(zip(names_of(self.classes_)[0], self.classes_.tolist(), strict=True))
        return Explanation(
            text,
            by_name[name],
            None if other is None else by_name[other],
            score,
            bias,
            [Reason(*reason) for reason in reasons],
        )

    def top_terms(self, label: Any, n: int = 10) -> list[tuple[str, float]]:
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
            other classes, times the sum of its values in the class's documents.
        """
        return self._fitted_model().top_terms(str(label), n)

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
    def load(cls, path: str | os.PathLike[str]) -> TextClassifier:
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

    def to_sklearn(self):
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

    @property
    def class_count_(self):
        """How many documents of each class it was fitted on."""
        counts = self._fitted_model().class_count()
        return counts if self._order is None else counts[self._order]

    @property
    def n_documents_(self) -> int:
        """How many documents it was fitted on."""
        return self._fitted_model().n_documents

    @property
    def vocabulary_(self) -> dict[str, int]:
        """The known terms and their columns."""
        terms = self._fitted_model().terms()
        return dict(zip(terms, range(len(terms)), strict=True))

    @property
    def idf_(self):
        """The inverse document frequency of each term."""
        return self._fitted_model().idf()

    def __sklearn_is_fitted__(self) -> bool:
        return "_model" in self.__dict__

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags

    @classmethod
    def _of(cls, model: _core.Classifier) -> TextClassifier:
        """An estimator around a fitted model."""
        classifier = cls(**from_rust(model.settings))
        classes = classes_of(model.labels, model.label_type)
        prior = classifier.class_prior
        if prior is not None and (order := order_of(classes)) is not None:
            classifier.class_prior = [prior[at] for at in order]
        classifier._become(model, classes)
        return classifier

    def _become(self, model: _core.Classifier, classes: Any) -> None:
        self._model = model
        self.classes_ = classes
        self._order = order_of(classes)

    def _fitted_model(self) -> _core.Classifier:
        try:
            return self.__dict__["_model"]
        except KeyError:
            raise NotFittedError(
                f"This {type(self).__name__} instance is not fitted yet. Call 'fit' with "
                "appropriate arguments before using this estimator."
            ) from None

    def _in_order(self, columns: Any) -> Any:
        """Columns in the order of sorted names as columns in the order of `classes_`."""
        return columns if self._order is None else columns[:, self._order]

    def _fitted(
        self, X: Any, y: Any, declared: Any, sample_weight: Any
    ) -> tuple[_core.Classifier, Any]:
        """A model of these texts alone, and its classes."""
        documents = _documents(X)
        y = column_or_1d(y, warn=True)
        check_classification_targets(y)
        if len(documents) != len(y):
            raise ValueError(
                "Found input variables with inconsistent numbers of samples: "
                f"[{len(documents)}, {len(y)}]"
            )
        classes, targets = np.unique(y, return_inverse=True)
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
        settings = for_rust(self.get_params(deep=False), classes)
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
            _core.threads(self.n_jobs),
        )
        return model, classes


def _documents(X: Any) -> _core.Documents:
    if isinstance(X, (str, bytes)):
        raise ValueError("Iterable over raw text documents expected, string object received.")
    return _core.Documents(X)


@cache
def _topics() -> TextClassifier:
    return TextClassifier._of(_core.Classifier.topics())


def topics() -> TextClassifier:
    """Return the bundled classifier of news: technology, policy or markets.

    Returns
    -------
    TextClassifier
        A fitted classifier of its own: what is done to it changes no other.

    Examples
    --------
    >>> import slugline
    >>> slugline.topics().predict(["The central bank raised interest rates."]).tolist()
    ['markets']
    """
    return TextClassifier._of(_topics()._model)


def classify(text: str) -> Verdict:
    """Name the topic of a news article: technology, policy or markets.

    Parameters
    ----------
    text : str
        The article.

    Returns
    -------
    Verdict
        Label, probabilities, and how many terms were recognised.

    Examples
    --------
    >>> import slugline
    >>> slugline.classify("The central bank raised interest rates again.").label
    'markets'
    """
    return _topics().classify(text)
