"""Hooks that subclasses replace are called, and fitted attributes that a user changes are seen.

Each case runs with scikit-learn's class and with ours; calls and results are compared.
"""

import copy
import inspect
import pickle
from unittest import mock

import numpy as np
import pytest
import scipy.sparse as sp
import sklearn.naive_bayes
import slugline.sklearn
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction import text
from sklearn.utils.validation import check_is_fitted
from slugline import TextClassifier, from_sklearn

TEXTS = ["New phones, new chips", "a vote on the bill", "Shares fell; chips fell", "chips & votes"]
MANY = TEXTS * 30
UNSEEN = ["new chips", "a vote", "unknown", ""]
TARGETS = ["technology", "policy", "markets", "technology"]
VECTORIZERS = ("CountVectorizer", "TfidfVectorizer", "HashingVectorizer")
MODELS = ("MultinomialNB", "ComplementNB", "BernoulliNB")


def homes(name):
    """Return our class and scikit-learn's of this name."""
    home = text if hasattr(text, name) else sklearn.naive_bayes
    return getattr(slugline.sklearn, name), getattr(home, name)


def dense(result):
    """Return a result as an array; of a matrix what it holds: SciPy trusts its columns."""
    if not sp.issparse(result):
        return result
    rows = np.repeat(np.arange(result.shape[0]), np.diff(result.indptr))
    order = np.lexsort((result.indices, rows))
    parts = (result.shape, result.indptr, result.indices[order], result.data[order])
    return np.concatenate([np.asarray(part, dtype=np.float64) for part in parts])


def answers(estimator, work):
    """Return what work on an estimator gives, or how it fails."""
    try:
        with np.errstate(all="ignore"):
            return dense(work(estimator))
    except Exception as error:
        return type(error).__name__, str(error)


def assert_same(ours, theirs, work):
    found, expected = answers(ours, work), answers(theirs, work)
    if isinstance(expected, tuple):
        assert found == expected
        return
    assert not isinstance(found, tuple), found
    if expected.dtype.kind == "f":
        np.testing.assert_allclose(found, expected, rtol=1e-12)
    else:
        np.testing.assert_array_equal(found, expected)


HOOKS = {
    **dict.fromkeys(
        (
            "build_analyzer",
            "build_preprocessor",
            "build_tokenizer",
            "decode",
            "get_stop_words",
            "_check_stop_words_consistency",
            "_word_ngrams",
            "_validate_ngram_range",
            "_warn_for_unused_params",
        ),
        VECTORIZERS,
    ),
    **dict.fromkeys(
        (
            "_count_vocab",
            "_sort_features",
            "_limit_features",
            "_validate_vocabulary",
            "_check_vocabulary",
        ),
        VECTORIZERS[:2],
    ),
    "_check_params": ("TfidfVectorizer",),
    "_get_hasher": ("HashingVectorizer",),
    **dict.fromkeys(
        (
            "_count",
            "_update_feature_log_prob",
            "_joint_log_likelihood",
            "_check_alpha",
            "_init_counters",
            "_update_class_log_prior",
            "_check_X",
            "_check_X_y",
        ),
        MODELS,
    ),
}
CASES = [(hook, name) for hook, names in HOOKS.items() for name in names]


def work_on(estimator):
    """Use what an estimator has; return the results."""
    if isinstance(estimator, (text.CountVectorizer, text.HashingVectorizer)):
        fitted = estimator.fit(TEXTS)
        results = [estimator.fit_transform(TEXTS), fitted.transform(UNSEEN), fitted.transform(MANY)]
        return [dense(result) for result in results]
    X = sp.csr_matrix(np.array([[3, 0, 1], [0, 2, 0], [1, 1, 5], [2, 0, 0]]))
    estimator.fit(X, TARGETS, sample_weight=[1, 2, 3, 4])
    estimator.partial_fit(X, TARGETS)
    return [estimator.predict_proba(X), estimator.predict_joint_log_proba(X), estimator.predict(X)]


def counting(method, calls):
    """Return a method that notes that it is called, and does the same as before."""

    def noted(*args, **kwargs):
        calls.append(method.__name__)
        return method(*args, **kwargs)

    return noted


def subclassed(kind, hook, calls):
    return type(kind.__name__, (kind,), {hook: counting(getattr(kind, hook), calls)})()


def patched(kind, hook, calls):
    made = kind()
    setattr(made, hook, counting(getattr(made, hook), calls))
    return made


def settings_of(hook):
    """Return parameters with which a hook has something to do."""
    if "stop_words" in hook:
        return {"stop_words": ["on", "the"]}
    if hook == "decode":
        return {"decode_error": "ignore"}
    return {}


@pytest.mark.parametrize("replace", [subclassed, patched])
@pytest.mark.parametrize(("hook", "name"), CASES)
def test_a_hook_is_called_as_often_as_in_scikit_learn(hook, name, replace):
    noted, results = [], []
    for kind in homes(name):
        calls = []
        estimator = replace(kind, hook, calls).set_params(**settings_of(hook))
        results.append(work_on(estimator))
        noted.append(calls)
    assert noted[0] == noted[1]
    assert noted[1], f"scikit-learn does not call {hook}"
    for found, expected in zip(*results, strict=True):
        if expected.dtype.kind == "f":
            np.testing.assert_allclose(found, expected, rtol=1e-12)
        else:
            np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("name", VECTORIZERS)
def test_a_patched_class_of_scikit_learn_is_seen(name):
    ours, _ = homes(name)
    with mock.patch.object(text._VectorizerMixin, "_word_ngrams", return_value=["same"]):
        X = ours().fit_transform(TEXTS)
    assert X.shape[1] == 1 or (np.diff(X.indptr) == 1).all()


def changing(name, method):
    """Return both classes with a method that does something of its own."""
    return [type(kind.__name__, (kind,), {name: method(kind)}) for kind in homes("TfidfVectorizer")]


REPLACEMENTS = {
    "_count_vocab": lambda kind: (
        lambda self, documents, fixed_vocab: kind._count_vocab(
            self, [document + " phones" for document in documents], fixed_vocab
        )
    ),
    "_limit_features": lambda kind: (
        lambda self, X, vocabulary, *limits: kind._limit_features(self, X, vocabulary, None, 2, 3)
    ),
    "_sort_features": lambda kind: lambda self, X, vocabulary: X,
    "_validate_vocabulary": lambda kind: (
        lambda self: self.__dict__.update(
            fixed_vocabulary_=True,
            vocabulary_={"chips": 1, "vote": 0},
            vocabulary=["vote", "chips"],
        )
    ),
    "build_tokenizer": lambda kind: lambda self: str.split,
    "build_preprocessor": lambda kind: lambda self: str.swapcase,
    "decode": lambda kind: lambda self, document: kind.decode(self, document).replace("s", ""),
    "get_stop_words": lambda kind: lambda self: frozenset(["chips"]),
    "_word_ngrams": lambda kind: lambda self, tokens, stop_words=None: [t[:2] for t in tokens],
    "build_analyzer": lambda kind: lambda self: lambda document: [document[:1]],
    "_white_spaces": lambda kind: __import__("re").compile("[aeiou]"),
}


@pytest.mark.parametrize("hook", REPLACEMENTS)
@pytest.mark.parametrize("settings", [{}, {"max_features": 4}, {"analyzer": "char"}])
def test_what_a_hook_does_comes_out(hook, settings):
    ours, theirs = (kind(**settings) for kind in changing(hook, REPLACEMENTS[hook]))
    assert_same(ours, theirs, lambda v: v.fit_transform(TEXTS))
    assert_same(ours, theirs, lambda v: v.transform(UNSEEN))
    assert_same(ours, theirs, lambda v: v.transform(MANY))


def rename(v):
    v.vocabulary_["votes"] = v.vocabulary_.pop("bill")


def swap(v):
    columns = v.vocabulary_
    columns["new"], columns["chips"] = columns["chips"], columns["new"]


def rebuild(v):
    """The same dict, the same columns in the same order, another term among them."""
    items = [("vote" if term == "new" else term, at) for term, at in v.vocabulary_.items()]
    items = [("new" if term == "vote" and at != 9 else term, at) for term, at in items]
    v.vocabulary_.clear()
    v.vocabulary_.update(("unknown" if term == "new" else term, at) for term, at in items)


def rename_the_last(v):
    term, column = v.vocabulary_.popitem()
    v.vocabulary_["new" if term == "unknown" else "unknown"] = column


def put(columns):
    def change(v):
        v.vocabulary_ = columns

    return change


def put_items(**items):
    def change(v):
        v.vocabulary_.update(items)

    return change


class Missing(dict):
    def __missing__(self, term):
        return 0


EDITS = {
    "rename": rename,
    "rename twice": lambda v: (rename(v), v.vocabulary_.update(bill=v.vocabulary_.pop("votes"))),
    "rename the last": rename_the_last,
    "swap": swap,
    "rebuild": rebuild,
    "remove": lambda v: v.vocabulary_.pop("chips"),
    "clear": lambda v: v.vocabulary_.clear(),
    "two of one column": lambda v: v.vocabulary_.update(new=v.vocabulary_["chips"]),
    "a column too high": put_items(chips=1000),
    "a negative column": put_items(chips=-1),
    "no number": put_items(chips="1"),
    "a float": put_items(chips=1.0),
    "a bool": put_items(chips=True),
    "NumPy's integers": lambda v: v.vocabulary_.update(
        {term: np.int64(at) for term, at in v.vocabulary_.items()}
    ),
    "no text": lambda v: v.vocabulary_.update({7: v.vocabulary_.pop("bill")}),
    "half a character": lambda v: v.vocabulary_.update({"\ud800": v.vocabulary_.pop("bill")}),
    "another dict": put({"chips": 1, "vote": 0}),
    "another of the same terms": lambda v: setattr(v, "vocabulary_", dict(v.vocabulary_)),
    "a subclass": put(Missing({"chips": 1, "vote": 0})),
    "upper case": lambda v: v.vocabulary_.update(NEW=v.vocabulary_.pop("new")),
    "deleted": lambda v: delattr(v, "vocabulary_"),
    "given anew": lambda v: v.set_params(vocabulary=["vote", "chips"]),
    "given anew, and deleted": lambda v: (
        v.set_params(vocabulary=["vote", "chips"]),
        delattr(v, "vocabulary_"),
    ),
    "fixed": lambda v: setattr(v, "fixed_vocabulary_", True),
    "lowercase": lambda v: v.set_params(lowercase=False),
    "n-grams": lambda v: v.set_params(ngram_range=(1, 2)),
    "n-grams of no length": lambda v: v.set_params(ngram_range=(2, 1)),
    "n-grams of floats": lambda v: v.set_params(ngram_range=(1, 1.5)),
    "characters": lambda v: v.set_params(analyzer="char"),
    "stop words": lambda v: v.set_params(stop_words=["chips"]),
    "binary": lambda v: v.set_params(binary=True),
    "a tokenizer": lambda v: v.set_params(tokenizer=str.split),
    "another type": lambda v: v.set_params(dtype=np.float32),
}


@pytest.mark.parametrize("between", [False, True], ids=["at once", "after a call"])
@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("name", ["CountVectorizer", "TfidfVectorizer"])
def test_a_changed_vocabulary_is_seen(name, edit, between):
    pair = [kind().fit(TEXTS) for kind in homes(name)]
    for texts in (UNSEEN, MANY):  # few texts are looked up, many are not
        if between:
            assert_same(*pair, lambda v, texts=texts: v.transform(texts))
    for vectorizer in pair:
        EDITS[edit](vectorizer)
    for texts in (UNSEEN, MANY, UNSEEN[:1], []):
        assert_same(*pair, lambda v, texts=texts: v.transform(texts))
    if edit != "two of one column":  # of which the older in the dict is the first
        assert_same(*pair, lambda v: v.get_feature_names_out())


@pytest.mark.parametrize("name", ["CountVectorizer", "TfidfVectorizer"])
def test_a_large_vocabulary_is_looked_up_for_a_few_texts(name):
    terms = [f"term{at}" for at in range(5000)]
    pair = [kind(vocabulary=terms).fit(["term1 term2", "term2"]) for kind in homes(name)]
    few, many = ["term1 term1 term2"], [" ".join(terms)] * 2
    for change in (
        lambda v: None,
        lambda v: v.vocabulary_.update(term1=2, term2=1),
        lambda v: v.vocabulary_.update(new=v.vocabulary_.pop("term1")),
        lambda v: v.vocabulary_.update(term2=v.vocabulary_["term3"]),
        lambda v: v.vocabulary_.update(term2=99999),
    ):
        for vectorizer in pair:
            change(vectorizer)
        for texts in (few, many, ["new"], ["", "unknown"]):
            assert_same(*pair, lambda v, texts=texts: v.transform(texts))


@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy, lambda v: pickle.loads(pickle.dumps(v))])
def test_a_copy_sees_its_own_vocabulary(way):
    pair = [kind().fit(TEXTS) for kind in homes("TfidfVectorizer")]
    copies = [way(vectorizer) for vectorizer in pair]
    for vectorizer in copies:
        swap(vectorizer)
    for vectorizers in (pair, copies):
        assert_same(*vectorizers, lambda v: v.transform(UNSEEN))
        assert_same(*vectorizers, lambda v: v.transform(MANY))
    assert type(pair[0].vocabulary_) is type(copies[0].vocabulary_) is dict


WAYS = {
    "the attribute": lambda v: v.vocabulary_,
    "its state": lambda v: v.__getstate__()["vocabulary_"],
    "a copy": lambda v: copy.copy(v).vocabulary_,
    "all members": lambda v: dict(inspect.getmembers(v))["vocabulary_"],
    "what a hook is given": lambda v: v._count_vocab(UNSEEN, True)[0],
}


@pytest.mark.parametrize("way", WAYS)
def test_a_vocabulary_that_was_got_in_any_way_is_looked_through(way):
    """Between calls, and held over calls: what nobody has is not looked through."""
    pair = [type("Own", (kind,), {})().fit(TEXTS) for kind in homes("CountVectorizer")]
    if way == "what a hook is given":
        for vectorizer in pair:
            vectorizer._count_vocab = vectorizer._count_vocab
    for hold in (False, True, False):
        held = [WAYS[way](vectorizer) for vectorizer in pair]
        if not hold:
            for columns in held:
                columns["new"], columns["chips"] = columns["chips"], columns["new"]
            del held, columns
        for _ in range(3):
            assert_same(*pair, lambda v: v.transform(MANY))
            assert_same(*pair, lambda v: v.transform(UNSEEN))
            if hold:
                for columns in held:
                    columns["vote"], columns["bill"] = columns["bill"], columns["vote"]
                    columns["unknown" if "fell" in columns else "fell"] = columns.pop(
                        "fell" if "fell" in columns else "unknown"
                    )
                del columns
    assert_same(*pair, lambda v: v.fit(MANY).transform(MANY))


def test_state_is_that_of_scikit_learn():
    ours, theirs = (kind().fit(TEXTS) for kind in homes("TfidfVectorizer"))
    ours.transform(MANY)
    # That stop words were looked at is not noted where there are none.
    assert {*ours.__getstate__(), "_stop_words_id"} == set(theirs.__getstate__())
    assert pickle.loads(pickle.dumps(ours)).vocabulary_ == theirs.vocabulary_
    assert not hasattr(slugline.sklearn.CountVectorizer(), "vocabulary_")
    assert not hasattr(pickle.loads(pickle.dumps(type(ours)())), "vocabulary_")
    for made in (kind() for kind in homes("CountVectorizer")):
        made.vocabulary_ = {"chips": 0}
        check_is_fitted(made)
        del made.vocabulary_
        with pytest.raises(AttributeError, match="vocabulary_"):
            del made.vocabulary_
        with pytest.raises(AttributeError, match="'CountVectorizer' object has no attribute"):
            _ = made.vocabulary_
        with pytest.raises(NotFittedError):
            check_is_fitted(made)


@pytest.mark.parametrize("name", VECTORIZERS)
def test_stop_words_that_grow_are_seen(name):
    stop_words = ["on", "the"]
    pair = [kind(stop_words=stop_words).fit(TEXTS) for kind in homes(name)]
    stop_words.append("chips")
    assert_same(*pair, lambda v: v.transform(UNSEEN))
    assert_same(*pair, lambda v: v.transform(MANY))


def weights(change):
    def edit(v):
        v.idf_ = change(v.idf_)

    return edit


IDF = {
    "in place": lambda v: v.idf_.__setitem__(0, 100.0),
    "all in place": lambda v: v.idf_.fill(2.0),
    "set": weights(lambda idf: idf[::-1].copy()),
    "a view": weights(lambda idf: np.repeat(idf, 2)[::2]),
    "float32": weights(lambda idf: idf.astype(np.float32)),
    "integers": weights(lambda idf: np.arange(len(idf))),
    "longdouble": weights(lambda idf: idf.astype(np.longdouble)),
    "objects": weights(lambda idf: idf.astype(object)),
    "complex": weights(lambda idf: idf.astype(complex)),
    "a list": weights(list),
    "one more": lambda v: setattr(v._tfidf, "idf_", np.arange(50.0)),
    "too few": lambda v: setattr(v._tfidf, "idf_", np.arange(2.0)),
    "none": lambda v: setattr(v._tfidf, "idf_", None),
    "a row": lambda v: setattr(v._tfidf, "idf_", v.idf_[np.newaxis]),
    "deleted": lambda v: delattr(v._tfidf, "idf_"),
    "infinite": lambda v: v.idf_.fill(np.inf),
    "another norm": lambda v: v._tfidf.set_params(norm="max"),
    "a norm that is none": lambda v: v._tfidf.set_params(norm="l3"),
}


@pytest.mark.parametrize("edit", IDF)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_changed_idf_is_seen(edit, dtype):
    pair = [kind(dtype=dtype).fit(TEXTS) for kind in homes("TfidfVectorizer")]
    errors = [answers(v, lambda v: (IDF[edit](v), np.zeros(1))[1]) for v in pair]
    np.testing.assert_array_equal(*errors)
    for texts in (UNSEEN, MANY, TEXTS):
        assert_same(*pair, lambda v, texts=texts: v.transform(texts))


def test_an_idf_alone_makes_a_vectorizer():
    made = []
    for kind in homes("TfidfVectorizer"):
        vectorizer = kind(vocabulary=["chips", "vote"])
        vectorizer.idf_ = np.array([2.0, 3.0])
        made.append(vectorizer)
    assert_same(*made, lambda v: v.transform(UNSEEN))


def in_place(name, change):
    return lambda model: change(getattr(model, name))


def anew(name, change):
    return lambda model: setattr(model, name, change(getattr(model, name)))


LEARNED = {
    "feature_log_prob_ in place": in_place("feature_log_prob_", lambda a: a.__setitem__((0, 0), 5)),
    "feature_log_prob_ float32": anew("feature_log_prob_", lambda a: a.astype(np.float32)),
    "feature_log_prob_ of Fortran": anew("feature_log_prob_", np.asfortranarray),
    "feature_log_prob_ integers": anew("feature_log_prob_", lambda a: a.astype(int)),
    "feature_log_prob_ list": anew("feature_log_prob_", lambda a: a.tolist()),
    "feature_log_prob_ wider": anew("feature_log_prob_", lambda a: np.hstack([a, a])),
    "feature_log_prob_ narrower": anew("feature_log_prob_", lambda a: a[:, :2]),
    "feature_log_prob_ fewer classes": anew("feature_log_prob_", lambda a: a[:2]),
    "feature_log_prob_ one row": anew("feature_log_prob_", lambda a: a[0]),
    "feature_log_prob_ infinite": in_place("feature_log_prob_", lambda a: a.fill(-np.inf)),
    "class_log_prior_ in place": in_place("class_log_prior_", lambda a: a.__setitem__(0, 9)),
    "class_log_prior_ list": anew("class_log_prior_", lambda a: a.tolist()),
    "class_log_prior_ shorter": anew("class_log_prior_", lambda a: a[:2]),
    "feature_count_ in place": in_place("feature_count_", lambda a: a.__setitem__((0, 0), 50)),
    "feature_count_ set": anew("feature_count_", lambda a: a + 7),
    "feature_count_ float32": anew("feature_count_", lambda a: a.astype(np.float32)),
    "feature_count_ integers": anew("feature_count_", lambda a: a.astype(int)),
    "feature_count_ list": anew("feature_count_", lambda a: a.tolist()),
    "feature_count_ of another shape": anew("feature_count_", lambda a: a[:, :2]),
    "class_count_ in place": in_place("class_count_", lambda a: a.__setitem__(0, 50)),
    "class_count_ zeros": in_place("class_count_", lambda a: a.fill(0)),
    "both zeros": lambda model: (model.class_count_.fill(0), model.feature_count_.fill(0)),
    "classes_ in place": in_place("classes_", lambda a: a.__setitem__(0, "z")),
    "classes_ set": anew("classes_", lambda a: np.array([1, 2, 3])),
    "alpha": lambda model: model.set_params(alpha=3),
    "alpha for each": lambda model: model.set_params(alpha=[1, 2, 3]),
    "alpha of the wrong length": lambda model: model.set_params(alpha=[1, 2]),
    "class_prior": lambda model: model.set_params(class_prior=[0.2, 0.3, 0.5]),
    "fit_prior": lambda model: model.set_params(fit_prior=False),
    "n_features_in_": lambda model: setattr(model, "n_features_in_", 2),
    "feature_all_": lambda model: setattr(model, "feature_all_", np.ones(3)),
}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("form", [sp.csr_matrix, np.asarray])
@pytest.mark.parametrize("edit", LEARNED)
@pytest.mark.parametrize("name", MODELS)
def test_what_is_changed_in_a_model_is_seen(name, edit, form):
    table = np.array([[3.0, 0, 1], [0, 2, 0], [1, 1, 5], [2, 0, 0]])
    X = form(table)
    pair = [kind().fit(X, TARGETS) for kind in homes(name)]
    for model in pair:
        LEARNED[edit](model)

    def check():
        for work in ("predict", "predict_proba", "predict_joint_log_proba"):
            assert_same(*pair, lambda model, work=work: np.asarray(getattr(model, work)(X)))

    check()
    assert_same(*pair, lambda model: np.asarray(model.partial_fit(X, TARGETS).feature_count_))
    check()


@pytest.mark.parametrize("name", MODELS)
def test_sums_grow_where_they_are(name):
    X = sp.csr_matrix(np.array([[3.0, 0, 1], [0, 2, 0], [1, 1, 5], [2, 0, 0]]))
    for kind in homes(name):
        model = kind().fit(X, TARGETS)
        held = model.feature_count_
        model.partial_fit(X, TARGETS)
        assert model.feature_count_ is held


@pytest.mark.parametrize("held", [False, True])
@pytest.mark.parametrize("name", MODELS)
def test_sums_of_zeros_grow_where_they_are(name, held):
    X = sp.csr_matrix(np.array([[3.0, 0, 1], [0, 2, 0], [1, 1, 5], [2, 0, 0]]))
    for kind in homes(name):
        model = kind().fit(X, TARGETS)
        sums = model.feature_count_.copy()
        kept = model.feature_count_ if held else None
        view = model.feature_count_[0] if held else None
        model.class_count_.fill(0)
        model.feature_count_.fill(0)
        model.partial_fit(X, TARGETS)
        np.testing.assert_array_equal(model.feature_count_, sums)
        if held:
            assert model.feature_count_ is kept
            np.testing.assert_array_equal(view, sums[0])


@pytest.mark.parametrize("counts", [list, tuple, lambda a: np.zeros(3), lambda a: [0.0] * 3])
@pytest.mark.parametrize("name", MODELS)
def test_counts_that_are_a_list(name, counts):
    X = sp.csr_matrix(np.array([[3.0, 0, 1], [0, 2, 0], [1, 1, 5], [2, 0, 0]]))
    pair = [kind().fit(X, TARGETS) for kind in homes(name)]
    for model in pair:
        model.class_count_ = counts(model.class_count_)
    assert_same(*pair, lambda model: model.partial_fit(X, TARGETS).class_count_)
    assert_same(*pair, lambda model: model.feature_count_)
    assert_same(*pair, lambda model: model.predict_proba(X))


class Given:
    """What a class has under the name of what an instance learns."""

    class Nothing:
        vocabulary_ = None

    class Other:
        vocabulary_ = {"other": 0}  # noqa: RUF012

    class Fixed:
        @property
        def vocabulary_(self):
            return {"chips": 0, "bill": 1}

        @vocabulary_.setter
        def vocabulary_(self, columns):
            pass

    class Upper:
        @property
        def vocabulary_(self):
            return {term: -1 - column for term, column in vars(self)["kept"].items()}

        @vocabulary_.setter
        def vocabulary_(self, columns):
            size = len(columns)
            vars(self)["kept"] = {term: column - size for term, column in columns.items()}

    class NotSettable:
        @property
        def vocabulary_(self):
            return {"chips": 0}


@pytest.mark.parametrize("mixed_in", [False, True])
@pytest.mark.parametrize("given", ["Nothing", "Other", "Fixed", "Upper", "NotSettable"])
@pytest.mark.parametrize("name", ["CountVectorizer", "TfidfVectorizer"])
def test_a_vocabulary_of_the_class(name, given, mixed_in):
    made = getattr(Given, given)
    members = {"vocabulary_": vars(made)["vocabulary_"]}
    pair = []
    for kind in homes(name):
        bases = (made, kind) if mixed_in else (kind,)
        pair.append(type("Own", bases, {} if mixed_in else members)())
    assert_same(*pair, lambda vectorizer: vectorizer.transform(TEXTS))
    assert_same(*pair, lambda vectorizer: vectorizer.fit_transform(TEXTS))
    for work in (
        lambda vectorizer: vectorizer.fit(TEXTS).transform(MANY),
        lambda vectorizer: vectorizer.transform(UNSEEN),
        lambda vectorizer: np.array(sorted(vectorizer.vocabulary_.items())),
        lambda vectorizer: vectorizer.get_feature_names_out(),
        lambda vectorizer: copy.deepcopy(vectorizer).transform(MANY),
        lambda vectorizer: vectorizer.fit(MANY[:1]).transform(MANY),
    ):
        assert_same(*pair, work)


def test_a_vocabulary_of_the_class_is_pickled():
    vectorizer = slugline.sklearn.CountVectorizer().fit(TEXTS)
    before = dense(vectorizer.transform(MANY))
    vectorizer.__class__ = OfTheClass
    vectorizer.fit(TEXTS)
    again = pickle.loads(pickle.dumps(vectorizer))
    np.testing.assert_array_equal(dense(again.transform(MANY)), before)
    assert again.vocabulary_ == vectorizer.vocabulary_


class OfTheClass(slugline.sklearn.CountVectorizer):
    vocabulary_ = None


def test_pseudo_counts_of_a_subclass_count():
    def begin(self, n_classes, n_features):
        self.class_count_ = np.zeros(n_classes)
        self.feature_count_ = np.arange(float(n_classes * n_features)).reshape(n_classes, -1)

    X = sp.csr_matrix(np.array([[3.0, 0, 1], [0, 2, 0], [1, 1, 5], [2, 0, 0]]))
    pair = [
        type(kind.__name__, (kind,), {"_init_counters": begin})().fit(X, TARGETS)
        for kind in homes("MultinomialNB")
    ]
    assert_same(*pair, lambda model: model.predict_proba(X))


DERIVED = [
    "alpha_",
    "class_count_",
    "class_log_prior_",
    "classes_",
    "feature_count_",
    "feature_log_prob_",
    "fixed_vocabulary_",
    "idf_",
    "other_below_",
    "temperature_",
    "vocabulary_",
]


@pytest.mark.parametrize("name", DERIVED)
def test_what_the_classifier_would_ignore_cannot_be_set(name):
    model = TextClassifier().fit(TEXTS, TARGETS)
    before = model.predict_proba(UNSEEN)
    with pytest.raises(AttributeError, match=f"{name} .*cannot be set.*fit again"):
        setattr(model, name, 1)
    np.testing.assert_array_equal(model.predict_proba(UNSEEN), before)


def test_what_the_classifier_would_ignore_cannot_be_changed_in_place():
    model = TextClassifier(alpha=np.full(10, 0.5)).fit(TEXTS, TARGETS)
    again = pickle.loads(pickle.dumps(model))
    for each in (model, again, copy.deepcopy(model)):
        for name in ("classes_", "class_count_", "idf_", "alpha_"):
            with pytest.raises(ValueError, match="read-only"):
                getattr(each, name)[0] = getattr(each, name)[1]
        for change in (
            lambda v: v.update(new=1),
            lambda v: v.pop("new"),
            lambda v: v.clear(),
            lambda v: v.popitem(),
            lambda v: v.setdefault("other", 1),
            lambda v: v.__setitem__("new", 1),
            lambda v: v.__delitem__("new"),
            lambda v: v.__ior__({"new": 1}),
        ):
            with pytest.raises(TypeError, match="vocabulary_ cannot be changed"):
                change(each.vocabulary_)
    for plain in (
        copy.copy(model.vocabulary_),
        copy.deepcopy(model.vocabulary_),
        pickle.loads(pickle.dumps(model.vocabulary_)),
        model.vocabulary_.copy(),
        dict(model.vocabulary_),
        model.vocabulary_ | {},
    ):
        assert type(plain) is dict
        assert plain == model.vocabulary_
    assert not hasattr(TextClassifier(), "classes_")


def test_a_pipeline_made_of_a_classifier_can_be_changed():
    model = TextClassifier("multinomial").fit(TEXTS, TARGETS)
    vectorizer, bayes = (step for _, step in model.to_sklearn().steps)
    vectorizer.vocabulary_["other"] = vectorizer.vocabulary_.pop("new")
    vectorizer.idf_[0] = 2
    bayes.partial_fit(vectorizer.transform(TEXTS), TARGETS)
    bayes.classes_[0] = "other"
    assert model.classes_[0] == "markets"


@pytest.mark.parametrize("hook", ["_count_vocab", "transform", "_white_spaces", "build_tokenizer"])
def test_a_pipeline_with_a_replaced_hook_is_not_taken_over(hook):
    for kind in homes("TfidfVectorizer"):
        made = type("Own", (kind,), {hook: getattr(kind, hook)})().fit(TEXTS)
        bayes = slugline.sklearn.MultinomialNB().fit(made.transform(TEXTS), TARGETS)
        assert from_sklearn(made, bayes).predict(UNSEEN).shape == (4,)
        if hook == "_white_spaces":
            made._white_spaces = None
        else:
            setattr(made, hook, counting(getattr(made, hook), []))
        with pytest.raises(ValueError, match=f"{hook} of Own: Python code"):
            from_sklearn(made, bayes)
