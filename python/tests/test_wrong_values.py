"""Whatever an argument is given, the error names it, and speaks of values and not of our code."""

import copy
import warnings

import numpy as np
import pandas as pd
import pytest
from slugline import TextClassifier

X = ["new phones and chips", "ministers vote on a bill", "chips for phones", "votes on bills"]
Y = ["t", "p", "t", "p"]
EXACT = TextClassifier(idf_order="after_norm").fit(X, Y)
WRONG = [
    None,
    True,
    -1,
    1.5,
    float("nan"),
    float("inf"),
    10**30,
    b"x",
    "",
    "abc",
    "\ud800",
    [],
    {},
    set(),
    [None],
    [1],
    [b"x"],
    ["a", None],
    ["\ud800"],
    (1,),
    (1.5, 2),
    (1, 10**30),
    object(),
    np.array(3),
    np.array([[1, 2]]),
    np.array(["a", "b"]),
    pd.DataFrame({"text": X, "label": Y}),
    pd.Series([1.0, 2.0]),
    pd.NA,
    range(3),
    range(10**12),
    1j,
    {"a": {"b": "x"}},
    {"a": {"b": float("nan")}},
    {"a": {1: 1.0}},
    {"a": None},
]
NEVER = (
    "failed to extract",
    "NoneType' and",
    "unpack",
    "ambiguous",
    "surrogates not allowed",
    "not supported between",
    "could not convert",
    "cannot be converted",
    "object is not iterable",
    "has no len",
    "overflow",
    "too large",
    "Settings",
    "unhashable",
)


def fresh(**params):
    return TextClassifier(**params)


def changed(**params):
    return copy.copy(EXACT).set_params(**params)


#: (name of the argument, how else a message may call it): what takes it.
ARGUMENTS = {
    "X of fit": ("X", lambda v: fresh().fit(v, Y)),
    "y of fit": ("y", lambda v: fresh().fit(X, v)),
    "prior of fit": ("prior", lambda v: fresh().fit(X, Y, prior=v)),
    "unlabelled": ("unlabelled", lambda v: fresh().fit(X, Y, unlabelled=v)),
    "unlabelled_weight": (
        "unlabelled_weight",
        lambda v: fresh().fit(X, Y, unlabelled=X, unlabelled_weight=v),
    ),
    "class_shares": (
        "class_shares|class shares",
        lambda v: fresh().fit(X, Y, unlabelled=X, class_shares=v),
    ),
    "max_iter": ("max_iter", lambda v: fresh().fit(X, Y, unlabelled=X, max_iter=v)),
    "batches": ("batch", lambda v: fresh().fit_stream(v)),
    "texts of a batch": ("batch 0", lambda v: fresh().fit_stream([(v, Y)])),
    "labels of a batch": ("batch 0|y", lambda v: fresh().fit_stream([(X, v)])),
    "memory": ("memory", lambda v: fresh().fit_stream([(X, Y)], memory=v)),
    "X of audit": ("X", lambda v: fresh().audit(v, Y)),
    "y of audit": ("y", lambda v: fresh().audit(X, v)),
    "prior of audit": ("prior", lambda v: fresh().audit(X, Y, prior=v)),
    "X of partial_fit": ("X", lambda v: changed().partial_fit(v, Y)),
    "y of partial_fit": ("y", lambda v: changed().partial_fit(X, v)),
    "classes": (
        "classes",
        lambda v: fresh(idf_order="after_norm").partial_fit(X, Y, classes=v),
    ),
    "X of forget": ("X", lambda v: changed().forget(v, Y)),
    "y of forget": ("y|exact|forget", lambda v: changed().forget(X, v)),
    "X of calibrated": ("X", lambda v: EXACT.calibrated(v, Y)),
    "y of calibrated": ("y|label", lambda v: EXACT.calibrated(X, v)),
    "X of adapt": ("X", lambda v: EXACT.adapt(v)),
    "weight of adapt": ("weight", lambda v: EXACT.adapt(X, weight=v)),
    "class_shares of adapt": (
        "class_shares|class shares",
        lambda v: EXACT.adapt(X, class_shares=v),
    ),
    "max_iter of adapt": ("max_iter", lambda v: EXACT.adapt(X, max_iter=v)),
    "X of predict": ("X", lambda v: EXACT.predict(v)),
    "X of predict_shares": ("X", lambda v: EXACT.predict_shares(v)),
    "return_evidence": ("return_evidence", lambda v: EXACT.predict_shares(X, v)),
    "text of classify": ("text", lambda v: EXACT.classify(v)),
    "text of explain": ("text", lambda v: EXACT.explain(v)),
    "label of explain": ("label", lambda v: EXACT.explain("a", label=v)),
    "versus of explain": ("versus", lambda v: EXACT.explain("a", versus=v)),
    "label of top_terms": ("label", lambda v: EXACT.top_terms(v)),
    "n of top_terms": ("n", lambda v: EXACT.top_terms("t", v)),
    "limit": ("limit|other_below", lambda v: EXACT.with_other_below(v)),
    "other": ("other", lambda v: EXACT.merge(v)),
    "n_jobs of predict": ("n_jobs", lambda v: changed(n_jobs=v).predict(X)),
}
for parameter in TextClassifier().get_params():
    ARGUMENTS[f"{parameter} of __init__"] = (
        parameter,
        lambda v, name=parameter: fresh(**{name: v}).fit(X, Y).predict(X),
    )
    ARGUMENTS[f"{parameter} of set_params"] = (
        f"{parameter}|{'temperature' if parameter == 'calibrate' else parameter}",
        lambda v, name=parameter: changed(**{name: v}).partial_fit(X, Y),
    )

#: Errors that are about what follows from a value, and not about the value.
FOLLOWS = (
    "no term",
    "vocabulary",
    "terms",
    "partial_fit",
    "inconsistent numbers of samples",
    "leave none",
    "classes that are not",
    "target label",
    "documents",
    "background",
    # As scikit-learn says it.
    "Complex data not supported",
)


@pytest.mark.parametrize("argument", ARGUMENTS)
def test_the_error_names_the_argument(argument):
    names, call = ARGUMENTS[argument]
    wrong, refused = [], 0
    for value in WRONG:
        # What an array would make of it would not fit into memory, for us and for scikit-learn.
        if isinstance(value, range) and len(value) > 3 and "X" not in names:
            continue
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                call(value)
        except (TypeError, ValueError) as error:
            refused += 1
            message = str(error)
            named = any(name in message for name in (*names.split("|"), *FOLLOWS))
            if not named or any(part in message for part in NEVER):
                wrong.append((value, message))
        except BaseException as error:
            wrong.append((value, f"{type(error).__name__}: {error}"))
    assert not wrong, "\n".join(f"{value!r:.60}: {message}" for value, message in wrong)
    assert refused > 5


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({"stop_words": [1]}, "stop_words: a term is 1: expected a str"),
        ({"vocabulary": [1]}, "vocabulary: a term is 1: expected a str"),
        ({"vocabulary": "abc"}, "'vocabulary' parameter of TextClassifier"),
        ({"vocabulary": {"a": "x"}}, "vocabulary is {'a': 'x'}"),
        ({"ngram_range": (1,)}, "ngram_range is (1,): expected two whole numbers"),
        ({"ngram_range": (1.5, 2)}, "ngram_range is (1.5, 2)"),
        ({"ngram_range": (1, 10**30)}, "ngram_range is (1, 1000"),
        ({"stemmer": "klingon"}, "stemmer is klingon"),
        ({"stop_words": "klingon"}, "stop_words is klingon"),
        ({"without_terms": "klingon"}, "without_terms is klingon"),
        ({"without_terms": [1]}, "without_terms: a term is 1: expected a str"),
        ({"without_terms": ["a"], "analyzer": "char"}, "without_terms is set: expected none"),
        ({"without_numbers": True, "analyzer": "char"}, "without_numbers is set: expected none"),
        ({"n_jobs": 10**30}, "n_jobs is 1000"),
        ({"n_jobs": 1025}, "n_jobs is 1025: expected a whole number up to 1024"),
        ({"token_pattern": "\ud800"}, "token_pattern is '\\ud800'"),
    ],
)
def test_messages_of_parameters(params, says):
    with pytest.raises((TypeError, ValueError)) as caught:
        TextClassifier(**params).fit(X, Y)
    assert says in str(caught.value)


def test_messages_of_arguments():
    for call, says in [
        (lambda: EXACT.top_terms("t", -1), "n is -1: expected a whole number, 0 or more"),
        (lambda: EXACT.explain("a", versus=np.array(["t", "p"])), "versus is array"),
        (lambda: fresh().fit(X, Y, unlabelled=X, max_iter="abc"), "max_iter is 'abc'"),
        (lambda: fresh().fit(X, Y, unlabelled=X, unlabelled_weight=None), "unlabelled_weight is"),
        (lambda: fresh().fit(X, Y, unlabelled=X, class_shares="\ud800"), "class_shares is"),
        (lambda: changed(min_df=None).partial_fit(X, Y), "'min_df' parameter"),
    ]:
        with pytest.raises((TypeError, ValueError)) as caught:
            call()
        assert says in str(caught.value)


def test_numbers_of_numpy_are_numbers():
    model = TextClassifier(
        alpha=np.float32(0.5), min_df=np.int64(1), max_df=np.float32(1), n_jobs=np.int8(1)
    )
    model = model.set_params(ngram_range=(np.int64(1), np.int32(2)), max_features=np.uint8(50))
    assert model.fit(X, Y).predict(X).tolist() == Y
    assert len(model.top_terms("t", np.int64(2))) == 2
    assert fresh().fit(X, Y, unlabelled=X, max_iter=5.0).n_iter_ <= 5
