"""TextClassifier warns where scikit-learn's pipeline warns, and where it would be wrong."""

import contextlib
import warnings

import numpy as np
import pytest
import slugline.sklearn
from sklearn import feature_extraction
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.naive_bayes import BernoulliNB, ComplementNB, MultinomialNB
from sklearn.pipeline import make_pipeline
from slugline import TextClassifier

TEXTS = ["new phones and chips", "ministers vote on a bill", "chips for phones", "votes on bills"]
LABELS = ["technology", "policy", "technology", "policy"]
UNLABELLED = ["tablets and phones", "a vote in the senate", "senate", "tablets"] * 5
MODELS = {"multinomial": MultinomialNB, "complement": ComplementNB, "bernoulli": BernoulliNB}
TEXT = {
    "lowercase",
    "strip_accents",
    "analyzer",
    "token_pattern",
    "stop_words",
    "vocabulary",
    "ngram_range",
}


def warned(call):
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        call()
    return [(warning.category, str(warning.message), warning.filename) for warning in seen]


def ours(naive_bayes="multinomial", **settings):
    return warned(lambda: TextClassifier(naive_bayes, **settings).fit(TEXTS, LABELS))


def theirs(naive_bayes="multinomial", **settings):
    text = {name: value for name, value in settings.items() if name in TEXT}
    model = {name: value for name, value in settings.items() if name not in TEXT}
    pipeline = make_pipeline(TfidfVectorizer(**text), MODELS[naive_bayes](**model))
    return warned(lambda: pipeline.fit(TEXTS, LABELS))


#: Settings of which scikit-learn warns when they are fitted, and the parameter that ours names.
TRIGGERS = [
    ({"stop_words": ["new york"]}, "stop_words"),
    ({"stop_words": ["don't", "and"]}, "stop_words"),
    ({"stop_words": ["The", "AND"]}, "stop_words"),
    ({"stop_words": ["semi-colon"]}, "stop_words"),
    ({"stop_words": ["café"], "strip_accents": "unicode"}, "stop_words"),
    ({"stop_words": ["on-off"], "token_pattern": r"\b\w+\b"}, "stop_words"),
    ({"stop_words": ["Chips"], "ngram_range": (1, 2)}, "stop_words"),
    ({"vocabulary": ["phones", "Chips"]}, "vocabulary"),
    ({"vocabulary": {"PHONES": 0, "chips": 1}}, "vocabulary"),
    ({"vocabulary": ["a", "Z"], "analyzer": "char"}, "vocabulary"),
    ({"analyzer": "char", "token_pattern": r"\w+"}, "token_pattern"),
    ({"analyzer": "char_wb", "token_pattern": r"\w+"}, "token_pattern"),
    ({"alpha": 1e-12, "force_alpha": False}, "alpha"),
    ({"alpha": 0.0, "force_alpha": False}, "alpha"),
    ({"naive_bayes": "complement", "alpha": 1e-11, "force_alpha": False}, "alpha"),
    ({"naive_bayes": "bernoulli", "alpha": 1e-11, "force_alpha": False}, "alpha"),
    ({"alpha": 0.0}, "alpha"),
]


@pytest.mark.parametrize(("settings", "parameter"), TRIGGERS)
def test_where_scikit_learn_warns(settings, parameter):
    assert theirs(**settings), "scikit-learn does not warn any more"
    found = ours(**settings)
    assert len(found) == 1, found
    category, message, file = found[0]
    assert category is UserWarning
    assert message.startswith(f"{parameter}: ")
    assert file == __file__


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"stop_words": "english"},
        {"stop_words": ["the", "a", "new", "york", "new york"]},
        {"stop_words": ["The"], "lowercase": False},
        {"vocabulary": ["phones", "chips"]},
        {"vocabulary": ["Phones"], "lowercase": False, "alpha": 0.5},
        {"vocabulary": ["new phones", "chips"], "ngram_range": (1, 2)},
        {"vocabulary": ["ph", " c"], "analyzer": "char", "ngram_range": (2, 2)},
        {"analyzer": "char"},
        {"alpha": 1e-12, "force_alpha": True},
        {"alpha": 1e-10, "force_alpha": False},
        {"class_prior": [0.5, 0.5]},
        {"fit_prior": False},
        {"naive_bayes": "bernoulli", "binarize": 0.1},
    ],
)
def test_where_neither_warns(settings):
    assert theirs(**settings) == []
    assert ours(**settings) == []


def test_stop_words_and_stemmers_of_the_analyzers_of_characters_are_errors():
    assert theirs(analyzer="char", stop_words=["the"])
    with pytest.raises(ValueError, match="stop_words"):
        ours(analyzer="char", stop_words=["the"])


@pytest.mark.parametrize(
    ("settings", "parameter"),
    [
        ({"naive_bayes": "complement", "class_prior": [0.9, 0.1]}, "class_prior"),
        ({"naive_bayes": "complement", "fit_prior": False}, "fit_prior"),
        ({"naive_bayes": "multinomial", "norm_weights": True}, "norm_weights"),
        ({"naive_bayes": "multinomial", "binarize": 0.5}, "binarize"),
        ({"naive_bayes": "complement", "binarize": None}, "binarize"),
        ({"vocabulary": ["phones", "chips"], "min_df": 2}, "min_df"),
        ({"vocabulary": ["phones", "chips"], "max_df": 0.5}, "max_df"),
        ({"vocabulary": ["phones", "chips"], "max_features": 1}, "max_features"),
        ({"vocabulary": ["phones", "new phones"]}, "vocabulary"),
        ({"vocabulary": ["phones", "chips"], "stemmer": "english"}, "vocabulary"),
        ({"vocabulary": ["phones", "and"], "stop_words": "english"}, "vocabulary"),
        ({"analyzer": "char", "words": "unicode"}, "words"),
        ({"stop_words": "french", "strip_accents": "unicode"}, "stop_words"),
    ],
)
def test_where_scikit_learn_is_silent(settings, parameter):
    found = ours(**settings)
    assert [message.split(":")[0] for _, message, _ in found] == [parameter]


def test_the_words_are_named():
    ((_, message, _),) = ours(stop_words=["new york", "don't", "the"])
    assert message == (
        'stop_words: inconsistent with how texts are read: "new york", "don\'t" are read as "don", '
        '"new", "york", not in the list, and so not left out'
    )


def test_a_single_class():
    for fit in (
        lambda: TextClassifier().fit(TEXTS, ["a"] * 4),
        lambda: TextClassifier().fit(TEXTS, [1] * 4),
        lambda: TextClassifier().fit_stream([(TEXTS, ["a"] * 4)]),
    ):
        ((category, message, file),) = warned(fit)
        assert category is UserWarning
        assert "there is only one" in message
        assert file == __file__
    # What such a model tells its topic from is the background.
    with_background = TextClassifier(background="b")
    assert warned(lambda: with_background.fit(TEXTS, ["a", "a", "b", "b"])) == []
    # The first batch of several.
    assert warned(lambda: TextClassifier(idf_order="after_norm").partial_fit(TEXTS, [1] * 4)) == []
    # The prior of one class is that of any model of one class.
    found = warned(lambda: TextClassifier(class_prior=[1.0]).fit(TEXTS, ["a"] * 4))
    assert len(found) == 1


@pytest.mark.parametrize("fit", ["fit", "fit_stream", "partial_fit", "audit"])
def test_every_way_to_fit_warns_once(fit):
    model = TextClassifier(idf_order="after_norm", stop_words=["new york"])
    call = {
        "fit": lambda: model.fit(TEXTS, LABELS),
        "fit_stream": lambda: model.fit_stream([(TEXTS[:2], LABELS[:2]), (TEXTS[2:], LABELS[2:])]),
        "partial_fit": lambda: model.partial_fit(TEXTS, LABELS),
        "audit": lambda: model.audit(TEXTS * 2, LABELS * 2),
    }[fit]
    ((_, message, file),) = warned(call)
    assert message.startswith("stop_words")
    assert file == __file__
    if fit == "partial_fit":
        assert warned(call) == []


def test_a_warning_that_is_an_error_leaves_the_classifier_as_it_was():
    model = TextClassifier(idf_order="after_norm").fit(TEXTS, LABELS)
    before = model.to_bytes()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for call in (
            lambda: model.fit(TEXTS, ["a"] * 4),
            lambda: model.fit_stream([(TEXTS, ["a"] * 4)]),
            lambda: model.fit(TEXTS, LABELS, unlabelled=UNLABELLED, max_iter=1),
        ):
            with pytest.raises(UserWarning):
                call()
            assert model.to_bytes() == before


def test_searches_that_hit_their_limit():
    # Scores that are always wrong bound no temperature.
    model = TextClassifier("multinomial").fit(TEXTS, LABELS)
    wrong = ["policy" if label == "technology" else "technology" for label in LABELS]
    ((category, message, file),) = warned(lambda: model.calibrated(TEXTS * 50, wrong * 50))
    assert category is ConvergenceWarning
    assert message.startswith("temperature: 1.0e4 is the end of its range")
    assert file == __file__
    assert warned(lambda: model.calibrated(TEXTS * 4, [*LABELS * 3, *wrong])) == []
    adapt = warned(lambda: model.adapt(UNLABELLED, max_iter=1))
    fit = warned(lambda: TextClassifier().fit(TEXTS, LABELS, unlabelled=UNLABELLED, max_iter=1))
    for found in (adapt, fit):
        ((category, message, file),) = found
        assert category is ConvergenceWarning
        assert message == (
            "max_iter: the texts without classes were still moving after 1 round: raise it"
        )
        assert file == __file__
    assert warned(lambda: model.adapt(UNLABELLED, max_iter=1000)) == []


def test_wrong_weights_and_shapes_are_errors_on_both_sides():
    for labels in (LABELS[:3], [LABELS]):
        with pytest.raises(ValueError, match=r"inconsistent numbers|1d array"):
            TextClassifier().fit(TEXTS, labels)
    column = np.array(LABELS).reshape(-1, 1)
    theirs = warned(lambda: make_pipeline(TfidfVectorizer(), MultinomialNB()).fit(TEXTS, column))
    found = warned(lambda: TextClassifier().fit(TEXTS, column))
    assert [category for category, _, _ in found] == [category for category, _, _ in theirs]


@pytest.mark.parametrize("weight", [2, 2.5, np.float64(0.5), np.int32(3), True])
def test_one_weight_for_all(weight):
    pipeline = make_pipeline(TfidfVectorizer(sublinear_tf=True), MultinomialNB(alpha=0.3))
    pipeline.fit(TEXTS, LABELS, multinomialnb__sample_weight=weight)
    exact = TextClassifier("multinomial", idf_order="after_norm")
    whole = exact.fit(TEXTS, LABELS, sample_weight=[float(weight)] * 4).predict_proba(TEXTS)
    model = TextClassifier("multinomial").fit(TEXTS, LABELS, sample_weight=weight)
    np.testing.assert_allclose(model.predict_proba(TEXTS), pipeline.predict_proba(TEXTS))
    model.fit_stream([(TEXTS, LABELS, weight)])
    np.testing.assert_allclose(model.predict_proba(TEXTS), pipeline.predict_proba(TEXTS))
    grown = TextClassifier("multinomial", idf_order="after_norm")
    grown.partial_fit(TEXTS[:2], LABELS[:2], sample_weight=weight)
    grown.partial_fit([*TEXTS[2:], "more"], [*LABELS[2:], "policy"], sample_weight=weight)
    grown.forget(["more"], ["policy"], sample_weight=weight)
    np.testing.assert_allclose(grown.predict_proba(TEXTS), whole)


@pytest.mark.parametrize("fit", ["fit", "fit_stream", "partial_fit", "first partial_fit", "forget"])
@pytest.mark.parametrize(
    "weights",
    [[[1], [2], [3], [4]], np.ones((4, 2)), np.ones((1, 4)), [1, 2], [], np.array(2.0)],
    ids=["column", "two columns", "row", "few", "none", "of no dimension"],
)
def test_weights_of_another_shape_name_the_argument(weights, fit):
    fitted = TextClassifier("multinomial", idf_order="after_norm").fit(TEXTS, LABELS)
    calls = {
        "fit": lambda: fitted.fit(TEXTS, LABELS, sample_weight=weights),
        "fit_stream": lambda: fitted.fit_stream([(TEXTS, LABELS, weights)]),
        "partial_fit": lambda: fitted.partial_fit(TEXTS, LABELS, sample_weight=weights),
        "first partial_fit": lambda: TextClassifier(idf_order="after_norm").partial_fit(
            TEXTS, LABELS, sample_weight=weights
        ),
        "forget": lambda: fitted.forget(TEXTS, LABELS, sample_weight=weights),
    }
    with pytest.raises(ValueError, match="sample_weight has"):
        calls[fit]()


@pytest.mark.parametrize("name", ["CountVectorizer", "TfidfVectorizer"])
@pytest.mark.parametrize(
    ("settings", "texts"),
    [
        ({"stop_words": "klingon"}, TEXTS),
        ({}, [b"good", b"\xff\xfe bad"]),
        ({"input": "filename"}, ["/no/such/file"]),
        ({}, ["", ""]),
        ({"min_df": 0.9}, TEXTS),
        ({"max_features": 1, "min_df": 1000}, TEXTS),
    ],
)
def test_a_fit_that_fails_has_warned_of_parameters_without_effect(name, settings, texts):
    kinds = {"theirs": feature_extraction.text, "ours": slugline.sklearn}
    found = {}
    for home, module in kinds.items():
        vectorizer = getattr(module, name)(tokenizer=None, ngram_range=(1, 1), **settings)
        # Both parts of the settings are without effect where the other one is.
        vectorizer.set_params(analyzer="char", token_pattern=r"\b\w+\b")
        if "stop_words" in settings:
            vectorizer.set_params(analyzer="word", tokenizer=None, preprocessor=None)
        for method in ("fit", "fit_transform"):

            def call(vectorizer=vectorizer, method=method):
                with contextlib.suppress(ValueError, OSError):
                    getattr(vectorizer, method)(texts)

            found.setdefault(method, {})[home] = [
                (category, message) for category, message, _ in warned(call)
            ]
    for of_method in found.values():
        assert of_method["ours"] == of_method["theirs"]
