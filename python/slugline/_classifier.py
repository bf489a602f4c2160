"""The classifier on raw text: an estimator for scikit-learn, all of whose work is done in Rust."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, SupportsFloat, SupportsIndex, TypeAlias

from numpy.typing import ArrayLike, NDArray
from sklearn.pipeline import Pipeline

from slugline import _core, _notices, _persistence
from slugline._audit import Audit, audited
from slugline._changes import ChangingText
from slugline._learning import (
    fitted,
    fitted_semi_supervised,
    unlabelled_options,
    warn_of_shares,
)
from slugline._settings import CONSTRAINTS, checked
from slugline._stream import trained
from slugline._types import Batch, Prior, Readable, Texts, Writable

if TYPE_CHECKING:
    from typing_extensions import Self

_Numbers: TypeAlias = Sequence[float] | NDArray[Any]


class TextClassifier(ChangingText):
    r"""Text classification with TF-IDF and naive Bayes.

    The whole path from text to class in one estimator, equal to scikit-learn's
    ``TfidfVectorizer`` followed by ``ComplementNB``, ``MultinomialNB`` or ``BernoulliNB`` with the
    same parameters. Texts may be a list, a tuple, a NumPy array, a pandas or Polars Series, or
    anything in Arrow memory (which is read in place).

    What answers is the fitted model, with the parameters that it was fitted with. A parameter that
    is set afterwards (``set_params``) takes effect when ``fit`` is called again; until then every
    answer comes with a warning that names it, and ``partial_fit`` and ``forget`` are errors. That
    differs from scikit-learn's vectorisers, of which some parameters (``lowercase``, say) change
    the next answer of a fitted pipeline. A list that was passed is read when it is fitted:
    changing it in place has no effect before the next ``fit``.

    Parameters
    ----------
    naive_bayes : {"complement", "multinomial", "bernoulli", "auto"}, default="complement"
        The model. "auto", here and below: chosen when it is fitted, each text being judged by the
        model without it; for the model, multinomial or complement.

    alpha : float, array-like of shape (n_features,) or "auto", default=0.3
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

    norm : {"l1", "l2", "auto"} or None, default="l2"
        Length of a document's row. "auto": l1 or l2.

    use_idf, smooth_idf : bool, default=True
        Weigh terms by inverse document frequency; smoothed by one document that holds every term.

    sublinear_tf : bool or "auto", default=True
        1 + ln(count) instead of the count.

    idf_order : {"before_norm", "after_norm"}, default="before_norm"
        Whether idf is multiplied in before the length of a row is normalised (scikit-learn's
        order) or after it. With "after_norm" everything learned is a sum over documents, so that
        ``partial_fit`` and ``merge`` are exact.

    background : object, default=None
        The class of texts that are about none of the topics, of the type of the other classes (not
        "2" where they are integers). They are no class of the model, but the background that
        ``predict_shares`` and ``evidence`` measure the topics against.

    calibrate : bool, default=False
        Choose the temperature of the probabilities, and the limit of the evidence below which a
        text is about none of the topics, on each text as judged by the model without it. Labels
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
        The known terms and their columns. It is read from the model, as are the arrays here: none
        of them can be set or changed (see ``to_sklearn``).

    idf_ : ndarray of shape (n_features,)
        The inverse document frequency of each term. With ``smooth_idf=False`` a term of a given
        vocabulary that no text holds has that of a term in one text (in scikit-learn an infinite
        one).

    alpha_, naive_bayes_, sublinear_tf_, norm_ : float or ndarray, str, bool, str or None
        The parameters of these names as the model has them: as given, or as chosen for "auto".

    temperature_, other_below_ : float, float or None
        The calibration: what scores are divided by before they become probabilities, and the
        evidence below which a text is about none of the classes.

    n_iter_, held_shares_, free_shares_ : int, ndarray or None, ndarray
        After learning from texts without classes: the rounds; the shares of the classes that were
        held; and the shares as the model sees them without being held.

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
        naive_bayes: Literal["complement", "multinomial", "bernoulli", "auto"] = "complement",
        *,
        alpha: SupportsFloat | _Numbers | Literal["auto"] = 0.3,
        force_alpha: bool = True,
        fit_prior: bool = True,
        class_prior: _Numbers | None = None,
        norm_weights: bool = False,
        binarize: SupportsFloat | None = 0.0,
        lowercase: bool = True,
        strip_accents: Literal["ascii", "unicode"] | None = None,
        analyzer: Literal["word", "char", "char_wb"] = "word",
        words: Literal["sklearn", "unicode"] = "sklearn",
        token_pattern: str | None = None,
        stop_words: str | Iterable[str] | None = None,
        stemmer: str | None = None,
        ngram_range: tuple[int, int] = (1, 1),
        min_df: SupportsFloat | SupportsIndex = 1,
        max_df: SupportsFloat | SupportsIndex = 1.0,
        max_features: SupportsIndex | None = None,
        vocabulary: Mapping[str, int] | Iterable[str] | None = None,
        binary: bool = False,
        norm: Literal["l1", "l2", "auto"] | None = "l2",
        use_idf: bool = True,
        smooth_idf: bool = True,
        sublinear_tf: bool | Literal["auto"] = True,
        idf_order: Literal["before_norm", "after_norm"] = "before_norm",
        background: Any = None,
        calibrate: bool = False,
        n_jobs: SupportsIndex | None = None,
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

    def save(self, file: str | os.PathLike[str] | Writable) -> None:
        """Write the model file: the whole file or nothing.

        A link stays, and the file that it points to changes; a file that is overwritten keeps its
        mode and owner; a device or a pipe is written through.

        The file holds numbers and names and no code: it is safe to open, by the command and by
        Rust programs, too. Parameters that the model does not have (``n_jobs``, "auto" where a
        value was chosen), the type of the labels and what was learned from texts without classes
        are kept in it as a note, which those do not read.

        Parameters
        ----------
        file : str, path-like or binary file object
            Where to.

        Raises
        ------
        OSError
            Where it cannot be written: ``FileNotFoundError`` for a folder that is not there.
        TypeError
            For an attribute that was set on the estimator and that a file without code cannot
            hold; nothing is written.
        """
        _persistence.write(file, self)

    @classmethod
    def load(cls, file: str | os.PathLike[str] | Readable) -> Self:
        """Read a model file.

        Parameters
        ----------
        file : str, path-like or binary file object
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
        return cls._of(_persistence.read(file))

    def to_bytes(self) -> bytes:
        """Return the content of the model file that ``save`` writes.

        Returns
        -------
        bytes
            The same bytes for the same model and parameters.
        """
        return self._fitted_model().to_bytes(_persistence.note_of(self))

    @classmethod
    def from_bytes(cls, content: bytes | bytearray | memoryview) -> Self:
        """Return the classifier of a model file's content.

        Parameters
        ----------
        content : bytes, bytearray or memoryview
            What ``to_bytes`` returned, or what is in a model file.

        Returns
        -------
        TextClassifier
            The fitted classifier.

        Raises
        ------
        ValueError
            Where it is damaged, of another program or of a newer version.

        Examples
        --------
        >>> from slugline import TextClassifier
        >>> model = TextClassifier().fit(["new phones", "a vote"], ["technology", "policy"])
        >>> TextClassifier.from_bytes(model.to_bytes()).predict(["phones"]).tolist()
        ['technology']
        """
        try:
            content = bytes(memoryview(content))
        except TypeError:
            raise TypeError(
                f"content is a {type(content).__name__}: expected bytes (load reads a file)"
            ) from None
        return cls._of(_core.Classifier.from_bytes(content))

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
        classifier: Self = _persistence.estimator_of(cls, model)
        return classifier
