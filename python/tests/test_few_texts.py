"""A few texts take the quick way: the numbers, types, errors and warnings are scikit-learn's."""

import copy
import pickle
import warnings
from functools import partial

import joblib
import numpy as np
import pytest
import scipy.sparse as sp
import sklearn.feature_extraction.text as their_text
import sklearn.naive_bayes
import slugline._vectorizers
import slugline.sklearn as ours
from sklearn import config_context
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline

TEXTS = ["New phones, new chips", "a vote on the bill", "Shares fell; chips fell", "chips & votes"]
TEXTS *= 5
CLASSES = ["technology", "policy", "markets", "technology"] * 5
ASKED = [
    ["new new chips"],
    ("a vote", "unknown", ""),
    [""],
    [],
    ["half a \ud800 character chips"],
    [b"new chips"],
    [np.str_("fell chips")],
    ["chips", None],
    "chips",
    np.array(["chips fell"], dtype=object),
    (text for text in ["chips"]),
    {"chips": 1},
]
SETTINGS = {
    "CountVectorizer": [
        {},
        {"binary": True},
        {"dtype": np.float64},
        {"dtype": np.float32},
        {"analyzer": "char_wb", "ngram_range": (2, 3)},
        {"stop_words": ["new"], "lowercase": False},
        {"vocabulary": ["chips", "fell"]},
        {"tokenizer": str.split, "token_pattern": None},
    ],
    "TfidfVectorizer": [
        {},
        {"sublinear_tf": True, "norm": "l1"},
        {"use_idf": False, "binary": True},
        {"norm": None},
        {"dtype": np.float32},
    ],
}
CASES = [(name, params) for name, all_params in SETTINGS.items() for params in all_params]


def outcome(work):
    """The parts of what work gives, its error, and its warnings."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            result = work()
        except Exception as error:
            result = error
    told = [(one.category, str(one.message)) for one in told]
    if isinstance(result, Exception):
        return (type(result), str(result)), told
    if sp.issparse(result):
        parts = [type(result), result.shape, result.dtype, result.indices.dtype]
        values = [result.data, result.indices, result.indptr]
        return (*parts, *(value.tolist() for value in values)), told
    return (type(result), result.dtype, result.tolist()), told


def both(name, **params):
    home = their_text if hasattr(their_text, name) else sklearn.naive_bayes
    return getattr(ours, name)(**params), getattr(home, name)(**params)


def asked(at):
    """A generator can be read once."""
    return (text for text in ["chips"]) if at == 10 else ASKED[at]


@pytest.mark.parametrize(("name", "params"), CASES)
def test_transform_gives_what_scikit_learn_gives(name, params):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        mine, theirs = (estimator.fit(TEXTS) for estimator in both(name, **params))
    for at in range(len(ASKED)):
        found = outcome(lambda at=at: mine.transform(asked(at)))
        expected = outcome(lambda at=at: theirs.transform(asked(at)))
        if isinstance(ASKED[at], dict):
            assert expected[0][0] is not TypeError  # a table is none of ours
            continue
        if isinstance(expected[0][0], type) and issubclass(expected[0][0], Exception):
            assert found[0][0] in (expected[0][0], TypeError), at
            continue
        assert found[1] == expected[1]
        assert found[0][:4] == expected[0][:4]
        for mine_part, their_part in zip(found[0][4:], expected[0][4:], strict=True):
            np.testing.assert_allclose(mine_part, their_part, rtol=1e-14)


def edited_idf(vectorizer):
    vectorizer._tfidf.idf_[0] = 7.0


def infinite_idf(vectorizer):
    vectorizer._tfidf.idf_ = np.full(len(vectorizer.vocabulary_), np.inf)


def integer_idf(vectorizer):
    vectorizer._tfidf.idf_ = np.arange(len(vectorizer.vocabulary_))


EDITS = {
    "nothing": lambda v: None,
    "an idf": edited_idf,
    "an infinite idf": infinite_idf,
    "a whole idf": integer_idf,
    "no idf": lambda v: delattr(v._tfidf, "idf_"),
    "another norm": lambda v: v._tfidf.set_params(norm="max"),
    "other columns": lambda v: setattr(v._tfidf, "n_features_in_", 3),
    "names": lambda v: setattr(v._tfidf, "feature_names_in_", np.array(["a"] * 9, dtype=object)),
    "sublinear_tf": lambda v: v._tfidf.set_params(sublinear_tf=True),
    "a transform": lambda v: setattr(v._tfidf, "transform", lambda X, copy: X * 2),
    "binary": lambda v: v.set_params(binary=True),
    "a term": lambda v: v.vocabulary_.__setitem__("phones", 0),
    "a vocabulary": lambda v: setattr(v, "vocabulary_", {"chips": 1, "new": 0}),
    "no vocabulary": lambda v: delattr(v, "vocabulary_"),
    "not fitted": lambda v: setattr(v, "__sklearn_is_fitted__", lambda: False),
}


@pytest.mark.parametrize("edit", EDITS)
def test_edits_of_a_fitted_vectoriser_are_seen(edit):
    mine, theirs = (estimator.fit(TEXTS) for estimator in both("TfidfVectorizer"))
    for estimator in (mine, theirs):
        estimator.transform(["new chips"])
        EDITS[edit](estimator)
    found, expected = (
        outcome(lambda e=e: e.transform(["new phones chips"])) for e in (mine, theirs)
    )
    assert found[1] == expected[1]
    if len(expected[0]) == 2:
        assert found[0] == expected[0]
    else:
        dense = lambda o: sp.csr_matrix(tuple(o[0][4:7]), shape=o[0][1]).toarray()  # noqa: E731
        np.testing.assert_allclose(dense(found), dense(expected), rtol=1e-14)


def test_classes_between_are_run():
    class Upper(their_text.CountVectorizer):
        def transform(self, raw_documents):
            return super().transform(["chips"] * len(raw_documents))

    class Mine(ours.TfidfVectorizer, Upper):
        pass

    class Before(ours.CountVectorizer):
        def transform(self, raw_documents):
            return super().transform(["chips"] * len(raw_documents))

    class Theirs(ours.TfidfVectorizer, Before):
        pass

    for kind in (Mine, Theirs):
        fitted = kind().fit(TEXTS)
        chips = ours.TfidfVectorizer().fit(TEXTS).transform(["chips"])
        assert (fitted.transform(["new vote"]) != chips).nnz == 0


@pytest.mark.parametrize("interface", ["spmatrix", "sparray"])
def test_the_type_of_rows_is_the_configured_one(interface):
    if not hasattr(their_text, "_align_api_if_sparse"):
        pytest.skip("this scikit-learn has matrices alone")
    with config_context(sparse_interface=interface):
        for name in SETTINGS:
            mine, theirs = (estimator.fit(TEXTS) for estimator in both(name))
            X, expected = mine.transform(["new chips"]), theirs.transform(["new chips"])
            assert type(X) is type(expected)
            # A whole matrix: what works on one works on this one.
            for work in (lambda X: X.T @ X, lambda X: X[0, :], lambda X: X.copy() * 2, abs):
                np.testing.assert_allclose(work(X).toarray(), work(expected).toarray())
            assert str(X) == str(expected)
            X.check_format(full_check=True)
            again = pickle.loads(pickle.dumps(X))
            np.testing.assert_allclose(again.toarray(), expected.toarray())


ROWS = {
    "counts": lambda X: X.astype(np.int64),
    "an array": sp.csr_array,
    "columns": sp.csc_matrix,
    "dense": lambda X: X.toarray(),
    "single": lambda X: X.astype(np.float32),
    "no rows": lambda X: X[:0],
    "fewer columns": lambda X: X[:, :3],
    "a NaN": lambda X: with_value(X, np.nan),
    "infinity": lambda X: with_value(X, np.inf),
    "wide": lambda X: with_wide_indices(X),
    "unsorted": lambda X: X[:, ::-1],
}


def with_value(X, value):
    X = X.copy()
    X.data[0] = value
    return X


def with_wide_indices(X):
    X = X.copy()
    X.indices, X.indptr = X.indices.astype(np.int64), X.indptr.astype(np.int64)
    return X


@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize("finite", [False, True])
@pytest.mark.parametrize("name", ["MultinomialNB", "ComplementNB"])
def test_models_answer_and_refuse_as_scikit_learn_does(name, finite, rows):
    vectorizer = their_text.TfidfVectorizer().fit(TEXTS)
    mine, theirs = (e.fit(vectorizer.transform(TEXTS), CLASSES) for e in both(name))
    X = ROWS[rows](vectorizer.transform(["new chips", "a vote"]))
    for method in ("predict", "predict_proba", "predict_joint_log_proba"):
        with config_context(assume_finite=finite), np.errstate(all="ignore"):
            found, expected = (outcome(partial(getattr(e, method), X)) for e in (mine, theirs))
        if len(expected[0]) == 2:
            assert found == expected
        elif method == "predict":
            assert found[0][2] == expected[0][2]
        else:
            np.testing.assert_allclose(found[0][2], expected[0][2], rtol=1e-12)
    theirs.feature_names_in_ = mine.feature_names_in_ = np.array(["a"] * X.shape[1], dtype=object)
    found, expected = (outcome(lambda e=e: e.predict(X)) for e in (mine, theirs))
    assert found == expected


def test_the_quick_way_is_taken(monkeypatch):
    pipeline = make_pipeline(ours.TfidfVectorizer(), ours.MultinomialNB()).fit(TEXTS, CLASSES)
    expected = pipeline.predict(["new chips"])

    def fail(*args, **kwargs):
        raise AssertionError("validated")

    monkeypatch.setattr(slugline._vectorizers, "validate_data", fail)
    monkeypatch.setattr(sklearn.naive_bayes, "validate_data", fail)
    assert pipeline.predict(["new chips"]) == expected
    assert pipeline.predict_proba(["new chips"]).shape == (1, 3)
    # A vocabulary that was given away is looked through again once that pays off.
    len(pipeline[0].vocabulary_)
    with pytest.raises(AssertionError, match="validated"):
        pipeline.predict(["new chips"])
    monkeypatch.undo()
    for _ in range(5):
        pipeline.predict(["new chips"])
    monkeypatch.setattr(slugline._vectorizers, "validate_data", fail)
    pipeline.predict(["new chips"])


def same_rows(one, other):
    for texts in (["new chips fell", "vote"], TEXTS * 50):
        assert (one.transform(texts) != other.transform(texts)).nnz == 0


@pytest.mark.parametrize("params", [{}, {"min_df": 2}, {"max_features": 3}, {"analyzer": "char"}])
def test_a_pickle_holds_the_terms_as_bytes(params, tmp_path):
    fitted = ours.TfidfVectorizer(**params).fit(TEXTS)
    expected = dict(ours.TfidfVectorizer(**params).fit(TEXTS).vocabulary_)
    dumped = pickle.dumps(fitted)
    joblib.dump(fitted, tmp_path / "fitted.joblib")
    makes = (
        lambda: pickle.loads(dumped),
        lambda: copy.deepcopy(fitted),
        lambda: joblib.load(tmp_path / "fitted.joblib"),
        lambda: pickle.loads(pickle.dumps(pickle.loads(dumped))),
    )
    for make in makes:
        same_rows(make(), fitted)
        again = make()
        assert again.vocabulary_ == expected
        assert list(again.vocabulary_.items()) == list(expected.items())
        assert again.vocabulary_ is again.vocabulary_
        again.vocabulary_.clear()
        with pytest.raises(ValueError, match="Vocabulary is empty"):
            again.transform(["chips"])
        made = make()
        del made.vocabulary_
        with pytest.raises(NotFittedError):
            made.transform(["chips"])
    assert fitted.__getstate__()["vocabulary_"] == expected


def test_who_has_the_vocabulary_still_has_it():
    fitted = ours.CountVectorizer().fit(TEXTS)
    # Beside it in a pickle, and in a shallow copy.
    again, columns = pickle.loads(pickle.dumps((fitted, fitted.vocabulary_)))
    columns["unheard"] = columns.pop("chips")
    assert again.vocabulary_ is columns
    assert again.transform(["unheard"]).nnz == 1
    shallow = copy.copy(fitted)
    assert shallow.vocabulary_ is fitted.vocabulary_
    shallow.vocabulary_["unheard"] = shallow.vocabulary_.pop("chips")
    assert fitted.transform(["unheard"]).nnz == 1
    # Other dicts than learned ones are pickled as they are.
    fitted.vocabulary_ = {"new": 1, "chips": 0}
    assert list(pickle.loads(pickle.dumps(fitted)).vocabulary_) == ["new", "chips"]


@pytest.mark.parametrize(
    "packed",
    [
        b"",
        b"\x01\0\0\0",
        b"\xff\xff\xff\xff",
        b"\x01\0\0\0\x02\0\0\0a",
        b"\x01\0\0\0\x01\0\0\0ab",
        b"\x01\0\0\0\x01\0\0\0\xff",
        b"\x02\0\0\0\x01\0\0\0\x01\0\0\0\xc3\xa9",
        b"\x02\0\0\0\x01\0\0\0\x01\0\0\0aa",
        b"\0\0\0\0",
    ],
)
def test_damaged_terms_are_refused(packed):
    fitted = ours.CountVectorizer().fit(TEXTS)
    state = {**fitted.__reduce_ex__(4)[2]}
    assert isinstance(state["_packed_vocabulary"], bytes)
    with pytest.raises(ValueError, match="packed terms"):
        ours.CountVectorizer().__setstate__({**state, "_packed_vocabulary": packed})
