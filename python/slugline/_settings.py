"""Parameters of a classifier: validation, and conversion for Rust and from model files."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from numbers import Integral, Real
from typing import Any, TypeVar

from sklearn.base import _fit_context
from sklearn.utils._param_validation import Interval, StrOptions

from slugline._labels import by_name
from slugline._values import for_extension

_Method = TypeVar("_Method", bound=Callable[..., Any])

#: Constraints for scikit-learn's validation. Rust checks the rest (languages, patterns).
CONSTRAINTS: dict[str, list[Any]] = {
    "naive_bayes": [StrOptions({"complement", "multinomial", "bernoulli", "auto"})],
    "alpha": [Interval(Real, 0, None, closed="left"), "array-like", StrOptions({"auto"}), None],
    "force_alpha": ["boolean"],
    "fit_prior": ["boolean"],
    "class_prior": ["array-like", None],
    "level_class_sums": ["boolean"],
    "norm_weights": ["boolean"],
    "binarize": [Interval(Real, 0, None, closed="left"), None],
    "lowercase": ["boolean"],
    "strip_accents": [StrOptions({"ascii", "unicode"}), None],
    "analyzer": [StrOptions({"word", "char", "char_wb"})],
    "words": [StrOptions({"sklearn", "unicode"})],
    "token_pattern": [str, None],
    "stop_words": [str, list, tuple, set, frozenset, None],
    "stemmer": [str, None],
    "ngram_range": [tuple, list],
    "min_df": [
        Interval(Real, 0, 1, closed="both"),
        Interval(Integral, 1, None, closed="left"),
    ],
    "max_df": [
        Interval(Real, 0, 1, closed="both"),
        Interval(Integral, 1, None, closed="left"),
    ],
    "max_features": [Interval(Integral, 1, None, closed="left"), None],
    "without_terms": [str, list, tuple, set, frozenset, None],
    "without_numbers": ["boolean"],
    "vocabulary": [Mapping, "array-like", set, frozenset, None],
    "binary": ["boolean"],
    "norm": [StrOptions({"l1", "l2", "auto"}), None],
    "use_idf": ["boolean"],
    "smooth_idf": ["boolean"],
    "sublinear_tf": ["boolean", StrOptions({"auto"})],
    "idf_order": [StrOptions({"before_norm", "after_norm"})],
    "background": [str, Integral, Real, "boolean", None],
    "refine": ["boolean", Mapping],
    "calibrate": ["boolean", StrOptions({"by_length"})],
    "n_jobs": [Integral, None],
}


#: What ``alpha=None`` stands for, by ``idf_order``: Rust's default.
DEFAULT_ALPHA = {"before_norm": 0.3, "after_norm": 1.0}

#: The parameters that may be "auto", with the initial value of the search.
CHOSEN: dict[str, Any] = {
    "naive_bayes": "complement",
    "alpha": None,
    "sublinear_tf": True,
    "norm": "l2",
}


def is_auto(value: Any) -> bool:
    """Whether a parameter is to be chosen on the data."""
    return isinstance(value, str) and value == "auto"


def auto_of(params: dict[str, Any]) -> list[str]:
    """Return the names of parameters to be chosen on the data, including ``calibrate``."""
    names = [name for name in CHOSEN if is_auto(params[name])]
    if params["calibrate"]:
        names.append("calibrate")
    if params["calibrate"] == "by_length":
        names.append("by_length")
    return names


def checked(method: _Method) -> _Method:
    """Decorate a method that fits, to validate the estimator's parameters first."""
    wrapped: _Method = _fit_context(prefer_skip_nested_validation=True)(method)
    return wrapped


def for_rust(params: dict[str, Any], classes: Any, background: str | None) -> dict[str, Any]:
    """Return the parameters of an estimator of these classes as the extension module takes them.

    `background` is the name of the parameter's label among those of y (see `background_of`).
    """
    of_python = ("n_jobs", "calibrate")
    settings = {name: value for name, value in params.items() if name not in of_python}
    for name, start in CHOSEN.items():
        if is_auto(settings[name]):
            settings[name] = start
    settings["background"] = background
    settings = for_extension(settings)
    prior = settings["class_prior"]
    # One of the wrong length is Rust's to complain about.
    if prior is not None and len(prior) == len(classes):
        settings["class_prior"] = [float(part) for part in by_name(classes, prior)]
    return settings


def from_rust(settings: str) -> dict[str, Any]:
    """Return the parameters that the JSON settings of a model file describe."""
    parts = json.loads(settings)
    features, bayes = parts["features"], parts["naive_bayes"]
    analyzer, tfidf, pruning = features["analyzer"], features["tfidf"], features["pruning"]
    model, of_model = _variant(bayes["model"])
    words, pattern = _variant(analyzer["words"])
    return {
        "naive_bayes": model,
        "alpha": bayes["alpha"],
        "force_alpha": bayes["force_alpha"],
        "fit_prior": bayes["fit_prior"],
        "class_prior": bayes["class_prior"],
        "level_class_sums": bayes.get("level_class_sums", False),
        "norm_weights": of_model["norm"] if model == "complement" else False,
        "binarize": of_model["binarize"] if model == "bernoulli" else 0.0,
        "lowercase": analyzer["lowercase"],
        "strip_accents": analyzer["strip_accents"],
        "analyzer": analyzer["analyzer"],
        "words": "unicode" if words == "unicode" else "sklearn",
        "token_pattern": pattern,
        "stop_words": _variant(analyzer["stop_words"])[1],
        "stemmer": analyzer["stemmer"],
        "ngram_range": tuple(analyzer["ngram_range"]),
        "min_df": _variant(pruning["min_df"])[1],
        "max_df": _variant(pruning["max_df"])[1],
        "max_features": pruning["max_features"],
        "without_terms": _variant(features.get("without_terms", "none"))[1],
        "without_numbers": features.get("without_numbers", False),
        "vocabulary": features["vocabulary"],
        "binary": features["binary"],
        **tfidf,
        "background": parts.get("background"),
        "refine": parts.get("refine", False),
    }


def _variant(value: Any) -> tuple[str, Any]:
    """Return the name and the content of an enum's variant: "none", or {"language": "english"}."""
    if isinstance(value, str):
        return value, None
    ((name, content),) = value.items()
    return name, content
