"""The classifier on raw text, a scikit-learn estimator whose work is done in Rust."""

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

    From text to class in one estimator, equivalent to scikit-learn's ``TfidfVectorizer`` followed
    by ``ComplementNB``, ``MultinomialNB`` or ``BernoulliNB`` with the same parameters. (Sums are
    taken in another order, so scores may differ in their last bits, and the class where two are
    tied; ``slugline.sklearn`` has scikit-learn's bits.) Texts may be a list, a tuple, a NumPy
    array, a pandas or Polars Series, or any text in Arrow memory, which is copied.

    Predictions use the parameters of the fit. A parameter that is set afterwards (``set_params``)
    takes effect at the next ``fit``; until then predictions warn of it, and ``partial_fit`` and
    ``forget`` raise an error. (In a scikit-learn pipeline some parameters of the vectoriser, such
    as ``lowercase``, change the predictions of a fitted pipeline.) Lists that are passed as
    parameters are read by ``fit``; changing them in place has no effect before the next ``fit``.

    Parameters
    ----------
    naive_bayes : {"complement", "multinomial", "bernoulli", "auto"}, default="complement"
        The naive Bayes model. "auto", here and below: chosen by ``fit`` on the training texts, by
        leave-one-out; for the model, between multinomial and complement. With more than a hundred
        classes and without ``refine``, "multinomial" with ``norm=None`` and ``alpha=0.1`` is better
        than the default.

    alpha : float, array-like of shape (n_features,) or "auto", default=None
        Additive smoothing, 0 or more. None: 0.3, and 1.0 with ``idf_order="after_norm"``.

    force_alpha : bool, default=True
        If False, an ``alpha`` below 1e-10 is raised to 1e-10.

    fit_prior : bool, default=True
        Whether to learn the class prior; if False, a uniform prior is used.

    class_prior : array-like of shape (n_classes,), default=None
        Prior probabilities of the classes. If given, the prior is not learned.

    level_class_sums : bool, default=False
        Multinomial model: whether to divide the counts of every class by the sum of the largest
        class, ``P(t | c) = (N_ct + alpha) / max_c sum_t(N_ct + alpha)``, as if each class had
        so much more of a term that no text holds. Then a term that is as rare in every class
        argues for none; otherwise it argues for the class with the smallest sum (few texts, a
        short list of prior terms).

    norm_weights : bool, default=False
        Complement model: whether to normalise the weights of each class (``norm`` of
        ``ComplementNB``).

    binarize : float or None, default=0.0
        Bernoulli model: threshold above which a term counts as present. None: values are 0 and 1
        already.

    lowercase : bool, default=True
        Convert all characters to lowercase first.

    strip_accents : {"ascii", "unicode"} or None, default=None
        Remove accents. None: keep them.

    analyzer : {"word", "char", "char_wb"}, default="word"
        Whether the terms are n-grams of words, of characters, or of characters inside words.

    words : {"sklearn", "unicode"}, default="sklearn"
        The definition of a word: two or more letters, digits or underscores, as in scikit-learn;
        or that of Unicode's UAX #29.

    token_pattern : str or None, default=None
        A regular expression (of Rust's crate ``regex``) whose matches are the words.

    stop_words : str, iterable of str or None, default=None
        Words to remove: the list of a language ("english" is scikit-learn's list), or these words.
        As in scikit-learn they are removed before n-grams are made, so that pairs join words that
        are not neighbours; ``without_terms`` leaves out the n-grams that hold them instead.

    stemmer : str or None, default=None
        Language of the Snowball stemmer, such as "english". None: words are not stemmed.

    ngram_range : tuple (min_n, max_n), default=(1, 1)
        Smallest and largest n of the n-grams. No n-gram has more than 64 words or characters: a
        larger ``max_n`` is taken as 64.

    min_df, max_df : float in [0, 1] or int, default=1 and 1.0
        Ignore terms in fewer, or in more, documents than this: an int is a number of documents, a
        float a proportion of them.

    max_features : int or None, default=None
        Keep only this many terms, those with the highest total counts.

    without_terms : str, iterable of str or None, default=None
        Leave out terms that hold one of these words: the list of a language, as for ``stop_words``,
        or these words, such as ``[*ENGLISH_STOP_WORDS, "mr", "mrs"]``. An entry of several words
        stands for these words side by side. Of "bank of england" with pairs of words, "of" leaves
        out "of", "bank of" and "of england", where as a stop word it would make "bank england".
        Words are compared as the analysis gives them (case, accents, stems). Terms of a prior are
        left out likewise; a given ``vocabulary`` stays as it is. (The vectorisers of
        ``slugline.sklearn``, whose parameters are scikit-learn's, take the terms that stay as their
        ``vocabulary``.)

    without_numbers : bool, default=False
        Leave out terms that hold a number, a word of digits alone.

    vocabulary : mapping, iterable or None, default=None
        Terms to use instead of learning them.

    binary : bool, default=False
        If True, all non-zero counts are set to 1.

    norm : {"l1", "l2", "auto"} or None, default="l2"
        The norm that each row is scaled to. "auto": l1 or l2.

    use_idf, smooth_idf : bool, default=True
        Whether to multiply by inverse document frequency; and whether to smooth it, as if one more
        document contained every term.

    sublinear_tf : bool or "auto", default=True
        Use 1 + ln(count) instead of the count.

    idf_order : {"before_norm", "after_norm"}, default="before_norm"
        Whether to multiply by idf before a row is normalised (scikit-learn's order) or after it.
        With "after_norm" everything learned is a sum over documents, so that ``partial_fit``,
        ``forget`` and ``merge`` are exact.

    background : object, default=None
        The label of texts about none of the classes, of the same type as the classes (not "2"
        where they are integers). It is no class of the model: its texts are the background that
        ``evidence`` compares the classes with.

    refine : bool or dict, default=False
        Refine naive Bayes: its weights become the start of a linear support vector machine, which
        learns from the texts that naive Bayes, not having seen them, gets wrong. Fitting takes
        about twice as long; with some thousand texts and more the labels are about as right as
        those of ``LinearSVC``, with 10 to 200 a class accuracy rises or falls by half a point. A
        dict has ``C`` (how much mistakes count, 0.3) or ``max_iter`` (passes over the texts, 3):
        with pairs of words ``{"C": 1, "max_iter": 10}`` is better still, with more than a hundred
        classes ``{"C": 0.2}`` and ``alpha=0.6``.
        The sums of naive Bayes stay beside it: ``partial_fit``, ``forget``, ``merge`` and ``adapt``
        go on from them, and drop the refinement with a warning.

    calibrate : bool or "by_length", default=False
        Choose the temperature of the probabilities, and the limit of the evidence below which a
        text is about none of the classes, by leave-one-out. ``predict`` does not change.
        "by_length": both depend on the number n of distinct known terms of a text, since the terms
        of a long one repeat each other and one of a word or two hangs on a second meaning:
        probabilities are softmax(score * r / temperature) with r = n / (n + 2) / sqrt(1 + n / 60),
        and the evidence is (m - 3 / n) / sqrt(n), with m the text's log-likelihood under its best
        class less that under the background. So the bundled model is calibrated.

    n_jobs : int or None, default=None
        Number of threads. None: the environment variable ``SLUGLINE_NUM_THREADS``, else
        ``OMP_NUM_THREADS`` (which joblib sets in its workers), else one per processor; -1: one per
        processor. Results do not depend on it.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The class labels, sorted, in the order of the columns of probabilities.

    class_count_ : ndarray of shape (n_classes,)
        Number of training texts of each class (weighted, if sample weights were given).

    n_documents_ : int
        Number of training texts.

    vocabulary_ : dict
        A mapping of terms to feature indices. Like all attributes here it is read from the model,
        and cannot be changed (see ``to_sklearn``).

    idf_ : ndarray of shape (n_features,)
        The inverse document frequency of each term. With ``smooth_idf=False`` a term of a given
        ``vocabulary`` that no text contains has the idf of a term in one text (in scikit-learn it
        is infinite).

    alpha_, naive_bayes_, sublinear_tf_, norm_ : float or ndarray, str, bool, str or None
        The values of these parameters in the model: as given, or as chosen for "auto".

    temperature_, other_below_ : float, float or None
        The calibration: the divisor of the scores in the softmax, and the evidence below which a
        text is about none of the classes.

    n_iter_, held_shares_, free_shares_ : int, ndarray or None, ndarray
        After fitting or adapting to unlabelled texts: the number of rounds, the shares that the
        classes were held to, and the shares that the model finds without that.

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
        alpha: SupportsFloat | _Numbers | Literal["auto"] | None = None,
        force_alpha: bool = True,
        fit_prior: bool = True,
        class_prior: _Numbers | None = None,
        level_class_sums: bool = False,
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
        without_terms: str | Iterable[str] | None = None,
        without_numbers: bool = False,
        vocabulary: Mapping[str, int] | Iterable[str] | None = None,
        binary: bool = False,
        norm: Literal["l1", "l2", "auto"] | None = "l2",
        use_idf: bool = True,
        smooth_idf: bool = True,
        sublinear_tf: bool | Literal["auto"] = True,
        idf_order: Literal["before_norm", "after_norm"] = "before_norm",
        background: Any = None,
        refine: bool | Mapping[str, SupportsFloat] = False,
        calibrate: bool | Literal["by_length"] = False,
        n_jobs: SupportsIndex | None = None,
    ) -> None:
        self.naive_bayes = naive_bayes
        self.alpha = alpha
        self.force_alpha = force_alpha
        self.fit_prior = fit_prior
        self.class_prior = class_prior
        self.level_class_sums = level_class_sums
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
        self.without_terms = without_terms
        self.without_numbers = without_numbers
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
        """Write the model file, completely or not at all.

        Of a link, the target is replaced; a file that is overwritten keeps its mode and owner;
        devices and pipes are written to.

        The file contains numbers and names and no code, so it is safe to open, also for the
        command and Rust programs. The parameters of the estimator (``n_jobs``, "auto"), the type
        of the labels and the results of unlabelled texts are in a note that only Python reads.

        Parameters
        ----------
        file : str, path-like or binary file object
            The file to write to.

        Raises
        ------
        OSError
            If the file cannot be written: ``FileNotFoundError`` for a missing folder.
        TypeError
            If an attribute that was set on the estimator cannot be stored without code; nothing
            is written.
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
            If the file cannot be read.
        ValueError
            If it is damaged, no model file, or of a newer version.
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
            The result of ``to_bytes``, or the content of a model file.

        Returns
        -------
        TextClassifier
            The fitted classifier.

        Raises
        ------
        ValueError
            If it is damaged, no model file, or of a newer version.

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
        """Return a fitted scikit-learn pipeline with the same predictions.

        Returns
        -------
        sklearn.pipeline.Pipeline
            Scikit-learn's own ``TfidfVectorizer`` and naive Bayes estimator.

        Raises
        ------
        ValueError
            If scikit-learn does not have one of the settings; the message names it.
        """
        from slugline._conversion import to_sklearn

        return to_sklearn(self)

    @classmethod
    def _of(cls, model: _core.Classifier) -> Self:
        """An estimator around a fitted model."""
        classifier: Self = _persistence.estimator_of(cls, model)
        return classifier
