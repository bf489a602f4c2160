"""Conversion of fitted scikit-learn pipelines to classifiers, and back."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Mapping
from numbers import Real
from typing import Any, Literal

import numpy as np
import sklearn
from sklearn import naive_bayes
from sklearn.base import BaseEstimator
from sklearn.feature_extraction import text
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from slugline import _core, _naive_bayes, _vectorizers
from slugline._classifier import TextClassifier
from slugline._labels import by_name, names_of
from slugline._persistence import params_of
from slugline._settings import for_rust
from slugline._vectorizers import is_whole_words, replaced_hooks

_MODELS: dict[Any, Literal["multinomial", "complement", "bernoulli"]] = {
    naive_bayes.MultinomialNB: "multinomial",
    naive_bayes.ComplementNB: "complement",
    naive_bayes.BernoulliNB: "bernoulli",
}
#: scikit-learn's classes that can be converted, each with its drop-in.
_KNOWN = {
    **{kind: getattr(_naive_bayes, kind.__name__) for kind in _MODELS},
    text.TfidfVectorizer: _vectorizers.TfidfVectorizer,
    text.CountVectorizer: _vectorizers.CountVectorizer,
    text.TfidfTransformer: _vectorizers.TfidfTransformer,
    Pipeline: Pipeline,
}
#: Members of a class that the predictions of a fitted estimator do not depend on: those for
#: display, copying and parameters; the methods that fit, since their result is converted; and
#: fitted attributes, which are read wherever they are defined.
_ASIDE = {
    *(name for kind in BaseEstimator.__mro__ for name in vars(kind)),
    *("fit", "fit_predict", "fit_transform", "partial_fit", "_sk_visual_block_"),
    *("idf_", "vocabulary_"),
} - {"__getattribute__"}


def from_sklearn(pipeline: Any, model: Any = None) -> TextClassifier:
    """Convert a fitted scikit-learn pipeline to a classifier with the same predictions.

    Parameters
    ----------
    pipeline : Pipeline, or a fitted vectoriser
        A fitted ``Pipeline`` of a ``CountVectorizer`` (with or without a ``TfidfTransformer``) or a
        ``TfidfVectorizer``, and a ``MultinomialNB``, ``ComplementNB`` or ``BernoulliNB``; or the
        vectoriser alone, with the model as the second argument; also those of `slugline.sklearn`.

    model : estimator, default=None
        The fitted naive Bayes model, if the first argument is a vectoriser.

    Returns
    -------
    TextClassifier
        A fitted classifier. It cannot be merged or updated, since scikit-learn does not keep
        document frequencies.

    Raises
    ------
    ValueError
        If a part cannot be converted, such as Python code (a tokenizer, for example); the message
        names it.

    Examples
    --------
    >>> from sklearn.feature_extraction.text import TfidfVectorizer
    >>> from sklearn.naive_bayes import MultinomialNB
    >>> from sklearn.pipeline import make_pipeline
    >>> import slugline
    >>> pipeline = make_pipeline(TfidfVectorizer(), MultinomialNB())
    >>> texts = ["new phones and chips", "ministers vote on a bill"]
    >>> fast = slugline.from_sklearn(pipeline.fit(texts, ["technology", "policy"]))
    >>> fast.predict(["a vote"]).tolist()
    ['policy']
    """
    vectorizer, transformer, bayes = _parts(pipeline, model)
    for part in (vectorizer, transformer, bayes):
        if part is not None:
            check_is_fitted(part)
    # `transform` uses what `fit` made of the parameters, not the parameters themselves.
    tfidf = transformer
    if isinstance(vectorizer, text.TfidfVectorizer):
        tfidf = getattr(vectorizer, "_tfidf", None)
    problems = [*_problems_of_text(vectorizer), *_problems_of_code(bayes)]
    if isinstance(pipeline, Pipeline):
        problems += _problems_of_code(pipeline)
    if tfidf is not None or isinstance(vectorizer, text.TfidfVectorizer):
        problems += _problems_of_weights(tfidf, len(vectorizer.vocabulary_))
    if not isinstance(classes := getattr(bayes, "classes_", None), np.ndarray):
        problems.append(f"classes_ is a {type(classes).__name__}: expected a NumPy array")
    # Each check assumes that the ones before passed.
    problems = problems or _problems_of_answers(pipeline, (vectorizer, transformer, bayes))
    if problems := problems or _problems_of_model(bayes, len(vectorizer.vocabulary_)):
        raise ValueError("cannot be taken over: " + "; ".join(problems))
    weighs = tfidf is not None
    # As in scikit-learn, whatever the parameter says.
    use_idf = weighs and hasattr(tfidf, "idf_")
    words = vectorizer.analyzer == "word"
    stop_words = vectorizer.get_stop_words() if words else None
    classifier = TextClassifier(
        naive_bayes=next(name for kind, name in _MODELS.items() if isinstance(bayes, kind)),
        alpha=bayes.alpha,
        force_alpha=bool(bayes.force_alpha),
        fit_prior=bool(bayes.fit_prior),
        class_prior=bayes.class_prior,
        norm_weights=bool(getattr(bayes, "norm", False)),
        binarize=getattr(bayes, "binarize", 0.0),
        lowercase=bool(vectorizer.lowercase),
        strip_accents=vectorizer.strip_accents,
        analyzer=vectorizer.analyzer,
        token_pattern=vectorizer.token_pattern if words else None,
        stop_words=None if stop_words is None else sorted(stop_words),
        ngram_range=vectorizer.ngram_range,
        min_df=vectorizer.min_df,
        max_df=vectorizer.max_df,
        max_features=vectorizer.max_features,
        # Booleans make counts binary.
        binary=bool(vectorizer.binary) or np.dtype(vectorizer.dtype) == np.bool_,
        norm=tfidf.norm if weighs else None,
        use_idf=use_idf,
        smooth_idf=bool(tfidf.smooth_idf) if weighs else True,
        sublinear_tf=bool(tfidf.sublinear_tf) if weighs else False,
    )
    names, label_type = names_of(bayes.classes_)
    terms = sorted(vectorizer.vocabulary_, key=vectorizer.vocabulary_.__getitem__)
    fitted = _core.Classifier.from_sums(
        for_rust(classifier.get_params(deep=False), bayes.classes_, None),
        f"scikit-learn {sklearn.__version__}",
        (sorted(names), label_type),
        terms,
        np.asarray(tfidf.idf_, dtype=np.float64).tolist() if use_idf else None,
        [float(count) for count in by_name(bayes.classes_, bayes.class_count_)],
        np.ascontiguousarray(by_name(bayes.classes_, bayes.feature_count_), dtype=np.float64),
    )
    classifier._become(fitted, bayes.classes_)
    return classifier


def _parts(pipeline: Any, model: Any) -> tuple[Any, Any, Any]:
    """The vectoriser, the TfidfTransformer (or None), and the model."""
    if isinstance(pipeline, Pipeline) and model is None:
        steps = [step for _, step in pipeline.steps if step not in (None, "passthrough")]
    elif isinstance(pipeline, (tuple, list)) and model is None:
        steps = list(pipeline)
    else:
        steps = [pipeline, model]
    kinds = (text.CountVectorizer, text.TfidfTransformer, tuple(_MODELS))
    if len(steps) == 2:
        steps.insert(1, None)
    if len(steps) == 3 and all(
        (step is None and at == 1) or isinstance(step, kind)
        for at, (step, kind) in enumerate(zip(steps, kinds, strict=True))
    ):
        if steps[1] is not None and isinstance(steps[0], text.TfidfVectorizer):
            raise ValueError("cannot be taken over: a TfidfTransformer after a TfidfVectorizer")
        return steps[0], steps[1], steps[2]
    found = ", ".join(type(step).__name__ for step in steps if step is not None)
    raise ValueError(
        "cannot be taken over: expected a CountVectorizer or TfidfVectorizer (a TfidfTransformer "
        f"may follow) and a MultinomialNB, ComplementNB or BernoulliNB; got {found}"
    )


def _problems_of_code(part: Any) -> list[str]:
    """The methods of scikit-learn's class that a subclass or the estimator itself replaces."""
    theirs = next(kind for kind in _KNOWN if isinstance(part, kind))
    ours = _KNOWN[theirs]
    known = [theirs, ours] if isinstance(part, ours) else [theirs]
    names = {name: None for kind in known for base in kind.__mro__ for name in vars(base)}
    replaced = []
    for name in names:
        # Each subclass has its own `set_…_request` methods, for metadata routing.
        if name in _ASIDE or (name.startswith("set_") and name.endswith("_request")):
            continue
        originals = [inspect.getattr_static(kind, name, None) for kind in (theirs, ours)]
        if not any(callable(each) or hasattr(each, "__get__") for each in originals):
            continue
        found = inspect.getattr_static(type(part), name, None)
        if name in vars(part) or not any(found is each for each in originals):
            replaced.append(name)
    return [f"{name} of {type(part).__name__}: Python code" for name in replaced]


def _problems_of_text(vectorizer: Any) -> list[str]:
    problems = [
        f"{name}: Python code"
        for name in ("preprocessor", "tokenizer", "analyzer", "strip_accents")
        if callable(getattr(vectorizer, name))
    ]
    owner = type(vectorizer).__name__
    of_analysis = [f"{hook} of {owner}: Python code" for hook in replaced_hooks(vectorizer)]
    problems += dict.fromkeys([*of_analysis, *_problems_of_code(vectorizer)])
    if vectorizer.analyzer == "word" and vectorizer.tokenizer is None:
        pattern = vectorizer.token_pattern
        if not is_whole_words(pattern):
            problems.append(
                f"token_pattern {pattern!r}: Python's regular expressions differ from Rust's; "
                r"only whole words (\b\w+\b, \b\w\w+\b, \b\w{n,}\b) mean the same in both"
            )
    if vectorizer.input != "content":
        problems.append(f"input={vectorizer.input!r}: the classifier takes the texts themselves")
    problems += _problems_of_dtype(vectorizer)
    terms = vectorizer.vocabulary_
    of_terms = f"vocabulary_ is a {type(terms).__name__}"
    if not isinstance(terms, Mapping):
        raise ValueError(f"cannot be taken over: {of_terms}: expected a dict")
    columns = terms.values()
    if hasattr(type(terms), "__missing__"):
        problems.append(f"{of_terms}, which has a column for every term: expected a dict")
    if not all(isinstance(term, str) for term in terms):
        problems.append("vocabulary_: a term that is no str")
    elif not all(isinstance(at, Real) for at in columns) or sorted(columns) != [*range(len(terms))]:
        problems.append("vocabulary_: its columns are not 0 to the number of terms, each once")
    return problems


def _problems_of_dtype(vectorizer: Any) -> list[str]:
    """Why the vectoriser's dtype cannot represent its counts."""
    try:
        dtype = np.dtype(vectorizer.dtype)
    except TypeError:
        return [f"dtype={vectorizer.dtype!r}: NumPy has no such type"]
    if dtype.kind in "iu":
        # SciPy counts in 32 bits.
        if dtype.itemsize >= 4 or vectorizer.binary:
            return []
        largest = np.iinfo(dtype).max
        return [f"dtype {dtype.name}: it has no counts above {largest}, which the classifier has"]
    if dtype in (np.float64, np.bool_):
        return []
    return [f"dtype {dtype}: the classifier computes in float64"]


def _problems_of_weights(tfidf: Any, n_terms: int) -> list[str]:
    """Why a fitted TfidfTransformer, or that of a TfidfVectorizer, cannot be converted."""
    if not isinstance(tfidf, text.TfidfTransformer):
        return [f"_tfidf is a {type(tfidf).__name__}: expected a TfidfTransformer"]
    problems = _problems_of_code(tfidf)
    if tfidf.norm not in (None, "l1", "l2"):
        problems.append(f"norm={tfidf.norm!r}: the classifier has l1, l2 and None")
    if hasattr(tfidf, "idf_"):
        idf = tfidf.idf_
        if not isinstance(idf, np.ndarray):
            problems.append(f"idf_ is a {type(idf).__name__}: expected a NumPy array")
        elif idf.dtype.kind not in "iuf":
            problems.append("idf_: not all of it are numbers")
        elif idf.shape != (n_terms,):
            problems.append(f"idf_ has the shape {idf.shape}, of {n_terms} terms")
        elif not np.isfinite(idf).all():
            problems.append("idf_: not all of it are finite numbers")
    return problems


def _problems_of_answers(pipeline: Any, parts: tuple[Any, Any, Any]) -> list[str]:
    """Why scikit-learn itself cannot predict with these fitted attributes."""
    vectorizer, transformer, bayes = parts
    texts = [next(iter(vectorizer.vocabulary_), ""), ""]
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            if isinstance(pipeline, Pipeline):
                pipeline.predict(texts)
            X = vectorizer.transform(texts)
            bayes.predict(X if transformer is None else transformer.transform(X))
    except Exception as error:
        return [f"scikit-learn cannot predict with it ({type(error).__name__}: {error})"]
    return []


def _problems_of_model(bayes: Any, n_terms: int) -> list[str]:
    """Why a fitted model cannot be derived from its sums."""
    problems = []
    if isinstance(bayes, naive_bayes.BernoulliNB):
        if bayes.binarize is not None and bayes.binarize < 0:
            problems.append(f"binarize={bayes.binarize}: below 0 every term counts as present")
        if np.ndim(bayes.alpha) > 0:
            problems.append("alpha: BernoulliNB takes no smoothing for each feature")
    classes = bayes.classes_
    if classes.ndim != 1 or len(set(names_of(classes)[0])) != len(classes):
        problems.append("classes_: expected each label once")
    shapes = {"class_count_": np.shape(classes), "feature_count_": (classes.size, n_terms)}
    for name, expected in shapes.items():
        found = np.shape(getattr(bayes, name, ()))
        if found != expected:
            problems.append(f"{name} has the shape {found}: expected {expected}")
    if not problems:
        kind = next(kind for kind in _MODELS if isinstance(bayes, kind))
        params = {name: getattr(bayes, name) for name in kind().get_params()}
        try:
            again = _smoothed(kind(**params), bayes)
        except Exception as error:
            return [f"{kind.__name__} does not fit with its parameters and sums: {error}"]
        for name in ("feature_log_prob_", "class_log_prior_"):
            made, found = getattr(again, name), getattr(bayes, name, ())
            if np.shape(found) != made.shape or not np.allclose(
                made, found, rtol=1e-9, atol=1e-12, equal_nan=True
            ):
                problems.append(f"{name} was changed after fitting")
    return problems


def _smoothed(bayes: Any, fitted: Any) -> Any:
    """The model that scikit-learn derives from the sums of a fitted one."""
    bayes.classes_ = fitted.classes_
    bayes.class_count_ = np.asarray(fitted.class_count_, dtype=np.float64)
    bayes.feature_count_ = np.asarray(fitted.feature_count_, dtype=np.float64)
    bayes.n_features_in_ = bayes.feature_count_.shape[1]
    if isinstance(bayes, naive_bayes.ComplementNB):
        bayes.feature_all_ = bayes.feature_count_.sum(axis=0)
    with np.errstate(all="ignore"):
        bayes._update_feature_log_prob(bayes._check_alpha())
    bayes._update_class_log_prior(class_prior=bayes.class_prior)
    return bayes


class _Sums:
    """The attributes of a fitted model that `_smoothed` reads."""

    def __init__(self, classifier: TextClassifier):
        model = classifier._fitted_model()
        self.classes_ = classifier.classes_.copy()
        self.class_count_ = classifier.class_count_.copy()
        self.feature_count_ = classifier._in_order(model.feature_count().T).T


def to_sklearn(classifier: TextClassifier) -> Pipeline:
    """See `TextClassifier.to_sklearn`."""
    model = classifier._fitted_model()
    # The parameters of the fit: those of the estimator may have been changed since.
    params = params_of(type(classifier), model, classifier.classes_)
    problems = _problems_for_sklearn(classifier, params)
    if problems:
        raise ValueError("scikit-learn has no such thing: " + "; ".join(problems))
    if params["without_terms"] is not None or params["without_numbers"]:
        # Not known to scikit-learn: the terms that stay are given, so that a new fit keeps to them.
        params["vocabulary"] = list(classifier.vocabulary_)
    pattern = params["token_pattern"]
    of_weights = {name: params[name] for name in ("norm", "use_idf", "smooth_idf", "sublinear_tf")}
    vectorizer = text.TfidfVectorizer(
        lowercase=params["lowercase"],
        strip_accents=params["strip_accents"],
        analyzer=params["analyzer"],
        token_pattern=r"(?u)\b\w\w+\b" if pattern is None else pattern,
        stop_words=params["stop_words"],
        ngram_range=params["ngram_range"],
        min_df=params["min_df"],
        max_df=params["max_df"],
        max_features=params["max_features"],
        vocabulary=params["vocabulary"],
        binary=params["binary"],
        **of_weights,
    )
    vectorizer.vocabulary_ = dict(classifier.vocabulary_)
    vectorizer.fixed_vocabulary_ = params["vocabulary"] is not None
    vectorizer._tfidf = text.TfidfTransformer(**of_weights)
    vectorizer._tfidf.n_features_in_ = len(vectorizer.vocabulary_)
    if params["use_idf"]:
        vectorizer._tfidf.idf_ = model.idf()
    options = {
        "alpha": np.array(params["alpha"]) if np.ndim(params["alpha"]) else params["alpha"],
        "force_alpha": params["force_alpha"],
        "fit_prior": params["fit_prior"],
        "class_prior": params["class_prior"],
    }
    if params["naive_bayes"] == "complement":
        bayes = naive_bayes.ComplementNB(**options, norm=params["norm_weights"])
    elif params["naive_bayes"] == "bernoulli":
        bayes = naive_bayes.BernoulliNB(**options, binarize=params["binarize"])
    else:
        bayes = naive_bayes.MultinomialNB(**options)
    steps = [("vectorizer", vectorizer), ("model", _smoothed(bayes, _Sums(classifier)))]
    return Pipeline(steps)


def _problems_for_sklearn(classifier: TextClassifier, params: dict[str, Any]) -> list[str]:
    problems = []
    if params["stemmer"] is not None:
        problems.append(f"stemmer={params['stemmer']!r}")
    if params["analyzer"] == "word" and params["words"] != "sklearn":
        problems.append(f"words={params['words']!r}")
    pattern = params["token_pattern"]
    if pattern is not None and not is_whole_words(pattern):
        problems.append(f"token_pattern={pattern!r} in Rust's syntax")
    if classifier._fitted_model().prior_count:
        problems.append("a prior")
    if params["level_class_sums"]:
        problems.append("level_class_sums=True")
    if classifier._is_refined():
        problems.append("a refinement")
    if classifier.temperature_ != 1.0:
        problems.append(f"a temperature ({classifier.temperature_:.3f})")
    if isinstance(params["stop_words"], str) and params["stop_words"] != "english":
        problems.append(f"stop_words={params['stop_words']!r}")
    if params["idf_order"] != "before_norm" and params["use_idf"] and params["norm"]:
        problems.append(f"idf_order={params['idf_order']!r}")
    return problems
