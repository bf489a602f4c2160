"""The classifier on raw text: an estimator for scikit-learn, all of whose work is done in Rust."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, SupportsFloat, SupportsIndex, TypeAlias

from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from slugline import _core, _persistence
from slugline._answering import Answering
from slugline._changing import Changing
from slugline._fitting import Fitting
from slugline._settings import CONSTRAINTS
from slugline._types import Readable, Writable

if TYPE_CHECKING:
    from typing_extensions import Self

_Numbers: TypeAlias = Sequence[float] | NDArray[Any]


class TextClassifier(Fitting, Answering, Changing):
    r"""Text classification with TF-IDF and naive Bayes.

    The whole path from text to class in one estimator, equal to scikit-learn's
    ``TfidfVectorizer`` followed by ``ComplementNB``, ``MultinomialNB`` or ``BernoulliNB`` with the
    same parameters. (Sums are taken in another order: a score may differ in its last bits, and with
    it the answer where classes are exactly equal; ``slugline.sklearn`` has scikit-learn's bits.)
    Texts may be a list, a tuple, a NumPy array, a pandas or Polars Series, or
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

    refine : bool or dict, default=False
        Refine naive Bayes: its weights become the start of a linear support vector machine, which
        learns from the texts that naive Bayes, not having seen them, gets wrong. Fitting takes
        about twice as long; with some thousand texts and more the labels are about as right as
        those of ``LinearSVC``, with 10 to 200 a class accuracy rises or falls by half a point. A
        dict has ``C`` (how much mistakes count, 0.3) or ``max_iter`` (passes over the texts, 3).
        The sums of naive Bayes stay beside it: ``partial_fit``, ``forget``, ``merge`` and ``adapt``
        go on from them, and drop the refinement with a warning.

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
        refine: bool | Mapping[str, SupportsFloat] = False,
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
        self.refine = refine
        self.calibrate = calibrate
        self.n_jobs = n_jobs

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
