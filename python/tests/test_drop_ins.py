"""The drop-ins beside scikit-learn's own: kinds of matrices, Python code in settings, routing."""

import io

import numpy as np
import pytest
import scipy.sparse as sp
import sklearn
import sklearn.naive_bayes
import slugline
import slugline.sklearn
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction import text
from sklearn.model_selection import cross_validate
from sklearn.pipeline import make_pipeline
from slugline import TextClassifier

MODELS = ["MultinomialNB", "ComplementNB", "BernoulliNB"]
VECTORIZERS = ["CountVectorizer", "TfidfVectorizer", "HashingVectorizer"]
TEXTS = ["New phones, new chips", "A vote on the bill", "Shares fell; chips fell", "chips & votes"]
TARGETS = ["technology", "policy", "markets", "technology"]


def both(name, **settings):
    home = text if hasattr(text, name) else sklearn.naive_bayes
    return getattr(slugline.sklearn, name)(**settings), getattr(home, name)(**settings)


def unsorted(X):
    X = sp.csr_matrix(X)
    for start, end in zip(X.indptr[:-1], X.indptr[1:], strict=True):
        X.indices[start:end] = X.indices[start:end][::-1].copy()
        X.data[start:end] = X.data[start:end][::-1].copy()
    X.has_sorted_indices = False
    return X


def duplicated(X):
    """Half of every value twice in its row."""
    X = sp.csr_matrix(X)
    data, indices = np.repeat(X.data / 2, 2), np.repeat(X.indices, 2)
    return sp.csr_matrix((data, indices, X.indptr * 2), shape=X.shape)


def wide(X):
    X = sp.csr_array(X)
    return sp.csr_array((X.data, X.indices.astype(np.int64), X.indptr.astype(np.int64)), X.shape)


FORMS = {
    "dense": np.asarray,
    "Fortran order": np.asfortranarray,
    "float32": lambda X: X.astype(np.float32),
    "integers": lambda X: X.astype(np.int64),
    "booleans": lambda X: X > 0,
    "lists": lambda X: X.tolist(),
    **{form: getattr(sp, f"{form}_matrix") for form in ("csr", "csc", "coo", "lil", "dok", "bsr")},
    **{f"{form} array": getattr(sp, f"{form}_array") for form in ("csr", "csc", "coo")},
    "csr, float32": lambda X: sp.csr_matrix(X.astype(np.float32)),
    "csr, integers": lambda X: sp.csr_matrix(X.astype(np.int64)),
    "csr, unsorted": unsorted,
    "csr, duplicates": duplicated,
    "csr, 64 bits": wide,
    "csr, explicit zeros": lambda X: sp.csr_matrix(
        (X.ravel(), np.tile(np.arange(X.shape[1]), len(X)), np.arange(len(X) + 1) * X.shape[1]),
        shape=X.shape,
    ),
}


@pytest.fixture
def table():
    random = np.random.default_rng(7)
    counts = random.integers(0, 4, (30, 12)) * (random.random((30, 12)) < 0.4)
    return counts.astype(float), random.integers(0, 3, 30)


# BernoulliNB counts a value that is stored twice twice, and more documents than there are.
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", MODELS)
def test_all_kinds_of_matrices(name, form, table):
    counts, y = table
    X, weights = FORMS[form](counts), np.linspace(0.5, 2, len(y))
    ours, theirs = both(name, alpha=0.3)
    for model in (ours, theirs):
        model.fit(X, y, sample_weight=weights)
    np.testing.assert_array_equal(ours.feature_count_, theirs.feature_count_)
    np.testing.assert_array_equal(ours.feature_log_prob_, theirs.feature_log_prob_)
    np.testing.assert_allclose(ours.predict_proba(X), theirs.predict_proba(X), rtol=1e-12)
    ours, theirs = both(name)
    for model in (ours, theirs):
        for part in (slice(0, 7), slice(7, 29), slice(29, 30)):
            model.partial_fit(FORMS[form](counts[part]), y[part], classes=[0, 1, 2])
    np.testing.assert_array_equal(ours.feature_count_, theirs.feature_count_)
    np.testing.assert_array_equal(ours.predict(X), theirs.predict(X))


@pytest.mark.parametrize("form", FORMS)
def test_tfidf_of_all_kinds_of_matrices(form, table):
    X = FORMS[form](table[0])
    # The logarithm of a zero that is stored is no number: an error with both.
    ours, theirs = both("TfidfTransformer", sublinear_tf=form != "csr, explicit zeros")
    before = X.copy() if hasattr(X, "copy") else None
    found, expected = ours.fit_transform(X), theirs.fit_transform(X)
    assert type(found) is type(expected)
    assert found.dtype == expected.dtype
    np.testing.assert_allclose(found.toarray(), expected.toarray(), rtol=1e-6)
    if sp.issparse(X):
        assert (before != X).nnz == 0, "the caller's matrix was changed"


@pytest.mark.parametrize(
    "settings",
    [
        {"preprocessor": str.upper},
        {"tokenizer": str.split, "token_pattern": None},
        {"analyzer": lambda document: document.split(";")},
        {"analyzer": list},
        {"strip_accents": lambda document: document.replace("e", "")},
        {"token_pattern": r"(?i)\b([a-z])\w+\b"},
        {"token_pattern": r"\w+(?=s\b)"},
        {"stop_words": ["on", "the"], "tokenizer": str.split, "token_pattern": None},
    ],
)
@pytest.mark.parametrize("name", VECTORIZERS)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_python_code_in_settings(name, settings):
    ours, theirs = both(name, **settings)
    found, expected = ours.fit_transform(TEXTS), theirs.fit_transform(TEXTS)
    np.testing.assert_allclose(found.toarray(), expected.toarray(), rtol=1e-12)
    assert getattr(ours, "vocabulary_", None) == getattr(theirs, "vocabulary_", None)


@pytest.mark.parametrize("name", VECTORIZERS)
def test_files_and_their_names(name, tmp_path):
    paths = []
    for at, document in enumerate(TEXTS):
        paths.append(tmp_path / f"{at}.txt")
        paths[-1].write_bytes((document + " caf\xe9").encode("latin-1"))
    for settings in (
        {"decode_error": "ignore"},
        {"decode_error": "replace"},
        {"encoding": "latin-1"},
    ):
        ours, theirs = both(name, input="filename", **settings)
        found, expected = ours.fit_transform(paths), theirs.fit_transform(paths)
        np.testing.assert_allclose(found.toarray(), expected.toarray(), rtol=1e-12)
    for vectorizer in both(name, input="filename"):
        with pytest.raises(UnicodeDecodeError):
            vectorizer.fit_transform(paths)
        with pytest.raises(FileNotFoundError):
            vectorizer.fit_transform([tmp_path / "nowhere.txt"])
    ours, theirs = both(name, input="file")
    found = ours.fit_transform(map(io.StringIO, TEXTS))
    expected = theirs.fit_transform(map(io.StringIO, TEXTS))
    np.testing.assert_allclose(found.toarray(), expected.toarray(), rtol=1e-12)


@pytest.mark.parametrize("name", VECTORIZERS)
def test_bytes_and_decode_errors(name):
    documents = [b"chips fell", "votes, caf\u00e9".encode("latin-1")]
    for vectorizer in both(name):
        with pytest.raises(UnicodeDecodeError):
            vectorizer.fit_transform(documents)
    ours, theirs = both(name, decode_error="replace")
    np.testing.assert_allclose(
        ours.fit_transform(documents).toarray(), theirs.fit_transform(documents).toarray()
    )


def test_a_subclass_with_an_analyser_of_its_own_runs_it():
    class Ours(slugline.sklearn.CountVectorizer):
        def build_analyzer(self):
            return lambda document: [document[:3]]

    assert Ours().fit(TEXTS).get_feature_names_out().tolist() == ["A v", "New", "Sha", "chi"]


def test_sample_weight_is_routed():
    weights = np.array([1.0, 2.0, 3.0, 4.0])
    with sklearn.config_context(enable_metadata_routing=True):
        results = []
        for vectorizer, model in (
            (slugline.sklearn.TfidfVectorizer(), slugline.sklearn.ComplementNB()),
            (text.TfidfVectorizer(), sklearn.naive_bayes.ComplementNB()),
        ):
            model.set_fit_request(sample_weight=True)
            pipeline = make_pipeline(vectorizer, model)
            pipeline.fit(TEXTS, TARGETS, sample_weight=weights)
            results.append(pipeline.predict_proba(TEXTS))
        np.testing.assert_allclose(*results, rtol=1e-12)
        classifier = TextClassifier().set_fit_request(sample_weight=True)
        classifier.set_score_request(sample_weight=True)
        scores = cross_validate(
            classifier, TEXTS * 3, TARGETS * 3, cv=3, params={"sample_weight": np.tile(weights, 3)}
        )
        assert len(scores["test_score"]) == 3


@pytest.mark.parametrize("name", ["CountVectorizer", "TfidfVectorizer"])
def test_errors_are_worded_as_in_scikit_learn(name):
    ours, theirs = both(name)
    cases = [
        (lambda v: v.transform(TEXTS), NotFittedError),
        (lambda v: v.fit("one text"), ValueError),
        (lambda v: v.fit([]), ValueError),
        (lambda v: v.fit(["a", "!"]), ValueError),
        (lambda v: v.set_params(max_df=1.5).fit(TEXTS), ValueError),
        (lambda v: v.set_params(max_df=1, min_df=3).fit(TEXTS), ValueError),
        (lambda v: v.set_params(ngram_range=(2, 1)).fit(TEXTS), ValueError),
        (lambda v: v.fit([1, 2]), AttributeError),
    ]
    for work, kind in cases:
        messages = []
        for vectorizer in (sklearn.clone(ours), sklearn.clone(theirs)):
            with pytest.raises(kind) as raised:
                work(vectorizer)
            messages.append(str(raised.value))
        assert messages[0] == messages[1]


@pytest.mark.parametrize("n_features", [0, -1, 2**31 - 1, 2**31, 1.5])
def test_numbers_of_features_that_scikit_learn_refuses(n_features):
    ours, theirs = both("HashingVectorizer", n_features=n_features)
    for work in ("fit", "fit_transform"):
        messages = []
        for vectorizer in (ours, theirs):
            with pytest.raises(ValueError, match="n_features") as raised:
                getattr(vectorizer, work)(TEXTS)
            messages.append(str(raised.value))
        assert messages[0] == messages[1]
    # `transform` alone checks no parameters. scikit-learn divides by the 0; ours must not.
    if n_features == 2**31 - 1:
        found, expected = ours.transform(TEXTS), theirs.transform(TEXTS)
        assert found.shape == expected.shape
        np.testing.assert_array_equal(found.nonzero()[1], expected.nonzero()[1])
    else:
        with pytest.raises((ValueError, TypeError, OverflowError)):
            ours.transform(TEXTS)


@pytest.mark.parametrize("name", [*VECTORIZERS, "TfidfTransformer", *MODELS])
def test_parameters_are_those_of_scikit_learn(name):
    ours, theirs = both(name)
    assert ours.get_params() == theirs.get_params()
    assert isinstance(ours, type(theirs))
    assert repr(ours) == repr(theirs)


@pytest.mark.parametrize("threads", ["1", "3"])
@pytest.mark.parametrize("n_rows", [2, 30, 4000])
@pytest.mark.parametrize("name", MODELS)
def test_many_classes_have_the_same_bits_on_any_number_of_threads(
    monkeypatch, name, n_rows, threads
):
    # Weights as they lie, turned by one thread, turned by many: the number of values decides.
    monkeypatch.setenv("SLUGLINE_NUM_THREADS", threads)
    rng = np.random.default_rng(0)
    X = sp.random(4000, 1500, density=0.01, format="csr", random_state=rng)
    y = rng.integers(0, 90, size=4000)
    ours, theirs = (model.fit(X, y) for model in both(name, alpha=0.1))
    np.testing.assert_array_equal(ours.feature_log_prob_, theirs.feature_log_prob_)
    scores = [model.predict_joint_log_proba(X[:n_rows]) for model in (ours, theirs)]
    np.testing.assert_array_equal(*scores)
    sums = []
    for model in both(name):
        for part in (slice(0, 1000), slice(1000, 2000)):
            model.partial_fit(X[part], y[part], classes=np.arange(90))
        sums.append(model.feature_count_)
    np.testing.assert_array_equal(*sums)


def test_ngrams_of_any_length():
    """Our own analysis stops at 64 words; a drop-in has the n-grams of scikit-learn."""
    texts = [" ".join(f"w{n % 7}" for n in range(80)), "w1 w2"]
    ours, theirs = both("CountVectorizer", ngram_range=(1, 70))
    assert sorted(ours.fit(texts).vocabulary_) == sorted(theirs.fit(texts).vocabulary_)
    model = TextClassifier(ngram_range=(1, 2**31 - 1)).fit(texts, ["a", "b"])
    assert max(len(term.split()) for term in model.vocabulary_) == 64
    with pytest.raises(ValueError, match="ngram_range"):
        TextClassifier(ngram_range=(65, 65)).fit(texts, ["a", "b"])
