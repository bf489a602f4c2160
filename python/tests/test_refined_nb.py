"""Naive Bayes that is refined on rows of numbers."""

import copy
import pickle

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from slugline import TextClassifier
from slugline.sklearn import ComplementNB, RefinedNB, TfidfVectorizer
from test_refine import documents

TEXTS, CLASSES = documents(400)


def rows(texts=TEXTS, **params):
    return TfidfVectorizer(sublinear_tf=True, **params).fit_transform(texts)


@pytest.mark.parametrize("k", [2, 4, 9])
@pytest.mark.parametrize("naive_bayes", ["complement", "multinomial"])
@pytest.mark.parametrize("weighted", [False, True])
def test_labels_are_those_of_the_classifier_on_text(naive_bayes, k, weighted):
    texts, classes = documents(500, k)
    weights = 0.5 + np.arange(500) % 3 if weighted else None
    of_texts = TextClassifier(naive_bayes, refine=True).fit(texts, classes, sample_weight=weights)
    X = rows(texts)
    model = RefinedNB(naive_bayes).fit(X, classes, sample_weight=weights)
    assert np.array_equal(model.predict(X), of_texts.predict(texts))
    scores = model.decision_function(X)
    expected = of_texts.predict_joint_log_proba(texts)
    np.testing.assert_allclose(scores, expected[:, 1] if k == 2 else expected, atol=2e-3)
    np.testing.assert_allclose(model.predict_proba(X), of_texts.predict_proba(texts), atol=1e-3)
    assert np.array_equal(model.predict_proba(X).argmax(axis=1), model.predict(X))
    n = 1 if k == 2 else k
    assert model.coef_.shape == (n, X.shape[1])
    assert model.intercept_.shape == (n,)
    assert model.n_features_in_ == X.shape[1]
    assert model.n_iter_ == 3


def test_it_is_right_more_often_than_naive_bayes():
    (texts, classes), n = documents(900), 600
    X = rows(texts)
    score = lambda model: model.fit(X[:n], classes[:n]).score(X[n:], classes[n:])  # noqa: E731
    assert score(RefinedNB()) > score(ComplementNB(alpha=0.3))


def test_the_bits_are_the_same_for_any_threads_layout_and_way_of_scoring():
    X = rows()
    model = RefinedNB(n_jobs=1).fit(X, CLASSES)
    dense = X.toarray()
    backwards = sp.csr_matrix(
        (X.data[::-1], X.indices[::-1], [0, *np.cumsum(np.diff(X.indptr)[::-1])])
    )
    backwards = sp.vstack([backwards[i] for i in range(X.shape[0])][::-1], format="csr")
    assert not backwards.has_sorted_indices
    for other in (X, dense, sp.csc_matrix(X), sp.csr_array(X), backwards):
        for n_jobs in (1, 2, 3):
            again = RefinedNB(n_jobs=n_jobs).fit(other, CLASSES)
            assert np.array_equal(again.coef_, model.coef_)
            assert np.array_equal(again.intercept_, model.intercept_)
        np.testing.assert_allclose(
            model.decision_function(other[:5]), model.decision_function(X)[:5], rtol=1e-9
        )
    assert (backwards != X).nnz == 0


def test_it_is_an_estimator_among_others():
    pipeline = make_pipeline(TfidfVectorizer(sublinear_tf=True), RefinedNB())
    search = GridSearchCV(pipeline, {"refinednb__C": [0.1, 1.0]}, cv=2).fit(TEXTS, CLASSES)
    assert search.best_score_ > 0.5
    model = search.best_estimator_
    expected = model.decision_function(TEXTS)
    for again in (pickle.loads(pickle.dumps(model)), copy.deepcopy(model)):
        assert np.array_equal(again.decision_function(TEXTS), expected)
    assert clone(model[-1]).get_params() == model[-1].get_params()
    calibrated = CalibratedClassifierCV(RefinedNB(), cv=2).fit(rows(), CLASSES)
    assert calibrated.predict_proba(rows()[:3]).shape == (3, 4)
    names = RefinedNB().fit(rows(), np.array(["a", "b", "c", "d"])[CLASSES])
    assert names.predict(rows()[:1])[0] in {"a", "b", "c", "d"}


def test_one_class_and_no_fit():
    X = rows()
    one = RefinedNB().fit(X, [7] * 400)
    assert set(one.predict(X)) == {7}
    assert np.array_equal(one.predict_proba(X), np.ones((400, 1)))
    with pytest.raises(NotFittedError):
        RefinedNB().predict(X)


def negative(X):
    X = X.copy()
    X.data[0] = -1
    return X


@pytest.mark.parametrize(
    ("params", "change", "weights", "message"),
    [
        ({"alpha": 0}, None, None, "alpha"),
        ({"C": 0}, None, None, "'C'"),
        ({"max_iter": 10_001}, None, None, "max_iter"),
        ({"naive_bayes": "bernoulli"}, None, None, "naive_bayes"),
        ({}, negative, None, "Negative values in data passed to RefinedNB"),
        ({}, lambda X: X * 1e20, None, "rows is .*values up to 1e15"),
        ({}, lambda X: X * np.nan, None, "NaN"),
        ({}, None, 1e307, "sample_weight is too large"),
        ({}, None, -1.0, "[Nn]egative"),
        ({}, None, 0.0, "sample_weight|zero|0 everywhere"),
    ],
)
def test_what_cannot_be_is_named(params, change, weights, message):
    X = rows() if change is None else change(rows())
    weights = None if weights is None else np.full(400, weights)
    with pytest.raises(ValueError, match=message):
        RefinedNB(**params).fit(X, CLASSES, sample_weight=weights)
