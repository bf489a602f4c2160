"""Fitted scikit-learn pipelines as classifiers, and back."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import sklearn
from sklearn import naive_bayes
from sklearn.base import clone
from sklearn.feature_extraction import text
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from slugline import _core
from slugline._classifier import TextClassifier
from slugline._labels import by_name, names_of
from slugline._persistence import params_of
from slugline._settings import for_rust
from slugline._vectorizers import (
    TfidfTransformer,
    is_whole_words,
    replaced_counting,
    replaced_hooks,
)

_MODELS: dict[Any, Literal["multinomial", "complement", "bernoulli"]] = {
    naive_bayes.MultinomialNB: "multinomial",
    naive_bayes.ComplementNB: "complement",
    naive_bayes.BernoulliNB: "bernoulli",
}


def from_sklearn(pipeline: Any, model: Any = None) -> TextClassifier:
    """Turn a fitted scikit-learn pipeline into a classifier with the same answers.

    Parameters
    ----------
    pipeline : Pipeline, or a fitted vectoriser
        A fitted ``Pipeline`` of a ``CountVectorizer`` (with or without a ``TfidfTransformer``) or a
        ``TfidfVectorizer``, and a ``MultinomialNB``, ``ComplementNB`` or ``BernoulliNB``; or the
        vectoriser alone, with the model as the second argument. Those of `slugline.sklearn` are
        as good.

    model : estimator, default=None
        The fitted naive Bayes model, where the first argument is a vectoriser.

    Returns
    -------
    TextClassifier
        A fitted classifier. As scikit-learn does not keep document frequencies, nothing can be
        merged into it.

    Raises
    ------
    ValueError
        Where a part cannot be taken over, which the message names: Python code (a tokenizer, say)
        above all.

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
    # What transforms is not the vectoriser's parameters, but what `fit` made of them.
    tfidf = transformer
    if isinstance(vectorizer, text.TfidfVectorizer):
        tfidf = getattr(vectorizer, "_tfidf", None)
    problems = [*_problems_of_text(vectorizer), *_problems_of_model(bayes)]
    if tfidf is not None or isinstance(vectorizer, text.TfidfVectorizer):
        problems += _problems_of_weights(tfidf, len(vectorizer.vocabulary_))
    if problems:
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
        binary=bool(vectorizer.binary),
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


def _problems_of_text(vectorizer: Any) -> list[str]:
    problems = [
        f"{name}: Python code"
        for name in ("preprocessor", "tokenizer", "analyzer", "strip_accents")
        if callable(getattr(vectorizer, name))
    ]
    for hook in [*replaced_hooks(vectorizer), *replaced_counting(vectorizer)]:
        problems.append(f"{hook} of {type(vectorizer).__name__}: Python code")
    if vectorizer.analyzer == "word" and vectorizer.tokenizer is None:
        pattern = vectorizer.token_pattern
        if not is_whole_words(pattern):
            problems.append(
                f"token_pattern {pattern!r}: Python's regular expressions differ from Rust's; "
                r"only whole words (\b\w+\b, \b\w\w+\b, \b\w{n,}\b) mean the same in both"
            )
    if vectorizer.input != "content":
        problems.append(f"input={vectorizer.input!r}: the classifier takes the texts themselves")
    if vectorizer.dtype == np.float32:
        problems.append("dtype float32: the classifier computes in float64")
    if not all(isinstance(term, str) for term in vectorizer.vocabulary_):
        problems.append("vocabulary_: a term that is no str")
    elif sorted(vectorizer.vocabulary_.values()) != list(range(len(vectorizer.vocabulary_))):
        problems.append("vocabulary_: its columns are not 0 to the number of terms, each once")
    return problems


def _problems_of_weights(tfidf: Any, n_terms: int) -> list[str]:
    """What keeps a fitted TfidfTransformer, or that in a TfidfVectorizer, from being taken over."""
    if not isinstance(tfidf, text.TfidfTransformer):
        return [f"_tfidf is a {type(tfidf).__name__}: expected a TfidfTransformer"]
    problems = []
    known = (text.TfidfTransformer.transform, TfidfTransformer.transform)
    if "transform" in vars(tfidf) or type(tfidf).transform not in known:
        problems.append(f"transform of {type(tfidf).__name__}: Python code")
    if tfidf.norm not in (None, "l1", "l2"):
        problems.append(f"norm={tfidf.norm!r}: the classifier has l1, l2 and None")
    if hasattr(tfidf, "idf_"):
        try:
            idf = np.asarray(tfidf.idf_, dtype=np.float64)
        except (TypeError, ValueError):
            return [*problems, "idf_: not all of it are numbers"]
        if idf.shape != (n_terms,):
            problems.append(f"idf_ has the shape {idf.shape}, of {n_terms} terms")
        elif not np.isfinite(idf).all():
            problems.append("idf_: not all of it are finite numbers")
    return problems


def _problems_of_model(bayes: Any) -> list[str]:
    """What the sums of a model cannot give back."""
    problems = []
    if isinstance(bayes, naive_bayes.BernoulliNB):
        if bayes.binarize is not None and bayes.binarize < 0:
            problems.append(f"binarize={bayes.binarize}: below 0 every term counts as present")
        if np.ndim(bayes.alpha) > 0:
            problems.append("alpha: BernoulliNB takes no smoothing for each feature")
    if not problems:
        again = _smoothed(clone(bayes), bayes)
        for name in ("feature_log_prob_", "class_log_prior_"):
            made, found = getattr(again, name), getattr(bayes, name)
            if not np.allclose(made, found, rtol=1e-9, atol=1e-12, equal_nan=True):
                problems.append(f"{name} was changed after fitting")
    return problems


def _smoothed(bayes: Any, fitted: Any) -> Any:
    """The model that scikit-learn makes of the sums of a fitted one."""
    for name in ("classes_", "class_count_", "feature_count_", "n_features_in_"):
        setattr(bayes, name, getattr(fitted, name))
    if isinstance(bayes, naive_bayes.ComplementNB):
        bayes.feature_all_ = bayes.feature_count_.sum(axis=0)
    with np.errstate(all="ignore"):
        bayes._update_feature_log_prob(bayes._check_alpha())
    bayes._update_class_log_prior(class_prior=bayes.class_prior)
    return bayes


class _Sums:
    """What `_smoothed` reads of a fitted model."""

    def __init__(self, classifier: TextClassifier):
        model = classifier._fitted_model()
        self.classes_ = classifier.classes_.copy()
        self.class_count_ = classifier.class_count_.copy()
        self.feature_count_ = classifier._in_order(model.feature_count().T).T
        self.n_features_in_ = self.feature_count_.shape[1]


def to_sklearn(classifier: TextClassifier) -> Pipeline:
    """See `TextClassifier.to_sklearn`."""
    model = classifier._fitted_model()
    # Those that the model was fitted with: the estimator's may have been changed since.
    params = params_of(type(classifier), model, classifier.classes_)
    problems = _problems_for_sklearn(classifier, params)
    if problems:
        raise ValueError("scikit-learn has no such thing: " + "; ".join(problems))
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
    if classifier.temperature_ != 1.0:
        problems.append(f"a temperature ({classifier.temperature_:.3f})")
    if isinstance(params["stop_words"], str) and params["stop_words"] != "english":
        problems.append(f"stop_words={params['stop_words']!r}")
    if params["idf_order"] != "before_norm" and params["use_idf"] and params["norm"]:
        problems.append(f"idf_order={params['idf_order']!r}")
    return problems
