"""Parameters that are changed after fitting: what answers is the fitted model, and that is told."""

import copy
import pickle
import warnings

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, cross_val_score
from slugline import TextClassifier

TEXTS = ["Chips phones code", "vote Bill law law", "rates shares bonds", "dogs cats birds"] * 3
LABELS = [1, 2, 3, 4] * 3
ASKED = ["Chips Chips Bill rates", "law law dogs", "", "vote VOTE"]
#: The model, a parameter and its new value.
CHANGES = [
    ("complement", {"lowercase": False}),
    ("complement", {"stop_words": ["chips"]}),
    ("complement", {"stop_words": "english"}),
    ("complement", {"ngram_range": (1, 2)}),
    ("complement", {"analyzer": "char"}),
    ("complement", {"token_pattern": r"\b\w{5,}\b"}),
    ("complement", {"words": "unicode"}),
    ("complement", {"stemmer": "english"}),
    ("complement", {"strip_accents": "unicode"}),
    ("complement", {"vocabulary": ["chips", "law"]}),
    ("complement", {"min_df": 1.0}),
    ("complement", {"max_features": 3}),
    ("complement", {"norm_weights": True}),
    ("complement", {"norm": "l1"}),
    ("complement", {"norm": None}),
    ("complement", {"binary": True}),
    ("complement", {"use_idf": False}),
    ("complement", {"smooth_idf": False}),
    ("complement", {"sublinear_tf": False}),
    ("complement", {"idf_order": "after_norm"}),
    ("complement", {"alpha": 9}),
    ("complement", {"alpha": "auto"}),
    ("complement", {"calibrate": True}),
    ("complement", {"background": 2}),
    ("complement", {"naive_bayes": "multinomial"}),
    ("multinomial", {"naive_bayes": "complement"}),
    ("multinomial", {"class_prior": [0.97, 0.01, 0.01, 0.01]}),
    ("multinomial", {"fit_prior": False}),
    ("multinomial", {"lowercase": False, "alpha": 2.0}),
    ("bernoulli", {"binarize": 0.9}),
    ("bernoulli", {"binarize": None}),
]
METHODS = {
    "predict": lambda model: model.predict(ASKED),
    "predict_proba": lambda model: model.predict_proba(ASKED),
    "predict_log_proba": lambda model: model.predict_log_proba(ASKED),
    "predict_joint_log_proba": lambda model: model.predict_joint_log_proba(ASKED),
    "predict_shares": lambda model: model.predict_shares(ASKED),
    "evidence": lambda model: model.evidence(ASKED),
    "classify": lambda model: model.classify(ASKED[0]).probabilities,
    "explain": lambda model: model.explain(ASKED[0]).reasons,
    "top_terms": lambda model: model.top_terms(1),
    "score": lambda model: model.score(TEXTS, LABELS),
}


def warned(call):
    """The result, and the warnings."""
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        result = call()
    return result, seen


@pytest.mark.parametrize("labels", [LABELS, [9, 10, 11, 100] * 3], ids=["sorted", "by name"])
@pytest.mark.parametrize(("naive_bayes", "change"), CHANGES)
def test_a_pipeline_has_the_answers_of_the_model(naive_bayes, change, labels):
    model = TextClassifier(naive_bayes, stop_words=["law"]).fit(TEXTS, labels)
    before = model.predict_proba(ASKED)
    model.set_params(**change)
    pipeline = model.to_sklearn()
    np.testing.assert_allclose(pipeline.predict_proba(ASKED), before, rtol=0, atol=1e-9)
    np.testing.assert_array_equal(pipeline.classes_, model.classes_)


@pytest.mark.parametrize("kind", [list, dict, set])
def test_a_pipeline_does_not_see_a_list_that_was_edited(kind):
    stop_words = {"law"} if kind is set else ["law"]
    terms = ["chips", "vote", "law", "rates", "dogs", "bill"]
    vocabulary = {term: at for at, term in enumerate(terms)} if kind is dict else kind(terms)
    prior = [0.7, 0.1, 0.1, 0.1]
    model = TextClassifier(
        "multinomial", stop_words=stop_words, vocabulary=vocabulary, class_prior=prior
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # A term of the vocabulary is a stop word.
        model.fit(TEXTS, LABELS)
    before = model.predict_proba(ASKED)
    if kind is set:
        stop_words.add("chips")
        vocabulary.add("more")
    else:
        stop_words.append("chips")
        vocabulary.clear()
    prior[:] = [0.1, 0.7, 0.1, 0.1]
    np.testing.assert_allclose(model.to_sklearn().predict_proba(ASKED), before, atol=1e-9)
    np.testing.assert_array_equal(model.predict_proba(ASKED), before)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("naive_bayes", "change"), CHANGES)
def test_every_answer_warns_once_and_names_the_parameter(naive_bayes, change, method):
    model = TextClassifier(naive_bayes).fit(TEXTS, LABELS)
    before, seen = warned(lambda: METHODS[method](model))
    assert seen == []
    model.set_params(**change)
    for _ in range(2):
        after, seen = warned(lambda: METHODS[method](model))
        assert [warning.category for warning in seen] == [UserWarning]
        for name, value in change.items():
            assert f"{name}={value!r}" in str(seen[0].message)
        assert "fit again" in str(seen[0].message)
        if method != "score":  # which is scikit-learn's
            assert seen[0].filename == __file__
    np.testing.assert_equal(after, before)


def test_there_is_nothing_to_tell():
    model = TextClassifier(stop_words=["law"], alpha="auto", class_prior=None)
    model.fit(TEXTS, LABELS)
    fitted = model.get_params()
    for same in (
        {"n_jobs": 2},
        {"stop_words": ("law",)},
        {"ngram_range": [1, 1]},
        {"alpha": "auto"},
        {"lowercase": True},
        fitted,
    ):
        model.set_params(**same)
        assert warned(lambda: model.predict(ASKED))[1] == []
    model.set_params(lowercase=False)
    model.set_params(lowercase=True)
    assert warned(lambda: model.predict(ASKED))[1] == []
    model.set_params(lowercase=False).fit(TEXTS, LABELS)
    assert warned(lambda: model.predict(ASKED))[1] == []


def test_a_copy_warns_and_a_clone_does_not(tmp_path):
    model = TextClassifier(class_prior=np.full(4, 0.25), n_jobs=1, **{"idf_order": "after_norm"})
    model.fit(TEXTS, LABELS).set_params(lowercase=False, n_jobs=2)
    model.save(tmp_path / "model.safetensors")
    changed = {
        "copy": copy.copy(model),
        "deepcopy": copy.deepcopy(model),
        "pickle": pickle.loads(pickle.dumps(model)),
        "file": TextClassifier.load(tmp_path / "model.safetensors"),
        "bytes": TextClassifier.from_bytes(model.to_bytes()),
        "other limit": model.with_other_below(0.1),
        "calibrated": model.calibrated(TEXTS, LABELS),
    }
    for name, other in changed.items():
        assert other.get_params()["lowercase"] is False, name
        for _ in range(2):
            labels, seen = warned(lambda other=other: other.predict(TEXTS))
            assert labels.tolist() == LABELS, name
            assert ["lowercase=False" in str(each.message) for each in seen] == [True], name
    fresh = clone(model).fit(TEXTS, LABELS)
    assert warned(lambda: fresh.predict(ASKED))[1] == []
    # What was changed back is no longer told, nor what a file has in another way.
    model.set_params(lowercase=True)
    again = TextClassifier.from_bytes(model.to_bytes())
    assert warned(lambda: again.predict(ASKED))[1] == []
    assert warned(lambda: model.predict(ASKED))[1] == []


@pytest.mark.parametrize(
    "settings",
    [
        {"alpha": "auto"},
        {"alpha": np.full(12, 0.5), "naive_bayes": "multinomial"},
        {"stop_words": {"law", "a"}, "min_df": 1.0, "max_df": 12},
        {"ngram_range": [1, 2], "class_prior": (0.1, 0.2, 0.3, 0.4)},
        {"vocabulary": {"chips": 1, "law": 0}},
        {"background": 2, "calibrate": True},
    ],
)
def test_what_was_fitted_is_read_without_a_warning(settings):
    labels = [9, 10, 2, 100] * 3
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if "min_df" in settings:
            settings = {**settings, "min_df": 0.1}
        model = TextClassifier(**settings).fit(TEXTS, labels)
    for other in (TextClassifier.from_bytes(model.to_bytes()), pickle.loads(pickle.dumps(model))):
        assert warned(lambda other=other: other.predict_proba(ASKED))[1] == []


def test_a_warning_that_is_an_error_is_one():
    model = TextClassifier().fit(TEXTS, LABELS).set_params(norm="l1")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(UserWarning, match="norm='l1' was set after fitting"):
            model.predict(ASKED)


def test_searches_do_not_warn():
    grid = {"lowercase": [True, False], "alpha": [0.1, 1.0], "ngram_range": [(1, 1), (1, 2)]}
    search = GridSearchCV(TextClassifier(), grid, cv=3)
    _, seen = warned(lambda: search.fit(TEXTS, LABELS).predict(ASKED))
    assert seen == []
    fitted = TextClassifier().fit(TEXTS, LABELS).set_params(lowercase=False)
    assert warned(lambda: cross_val_score(fitted, TEXTS, LABELS, cv=3))[1] == []
