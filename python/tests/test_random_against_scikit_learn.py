"""Random parameters on random text of all scripts: equal to scikit-learn.

`test_every_language` reads the 24 languages of SIB-200, where it is there.
"""

import numpy as np
import pytest
import scipy.sparse as sp
import sklearn.naive_bayes
import slugline.sklearn
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction import text
from slugline import TextClassifier, from_sklearn

MODELS = {"multinomial": "MultinomialNB", "complement": "ComplementNB", "bernoulli": "BernoulliNB"}
LABELS = ["a", "b", "c"]
PRUNING = ("min_df", "max_df", "max_features")
TALE = "the The cat sat CAT, the mat; cafe\u0301 café ÉTÉ naïve x y_z 12 3.5 don't ß ẞ İstanbul ﬁne"

# What tends to go wrong: letters whose lower case is longer, final sigma, combining marks, scripts
# without spaces, digits of other scripts, private use, joiners, what Unicode calls no character.
ODD = (
    "İıſẞßΣςσ\u0301\u0345\u0130\u200b\u200d\ufeff\u00a0\u2028\x00\x1c\x85कि१٣๓"
    "ก็漢字ｶﾞ가각🏳️‍🌈ǅǆﬁŉᾳ\U0001d400\ue000\uffff"
)


def analysis():
    """Return a strategy for parameters of a vectoriser."""
    ranges = st.sampled_from([(1, 1), (1, 2), (2, 2), (1, 3), (3, 3), (2, 5)])
    share = st.sampled_from([1.0, 0.9, 0.6, 0.3])
    return st.fixed_dictionaries(
        {},
        optional={
            "lowercase": st.booleans(),
            "strip_accents": st.sampled_from([None, "ascii", "unicode"]),
            "analyzer": st.sampled_from(["word", "word", "word", "char", "char_wb"]),
            "ngram_range": ranges,
            "token_pattern": st.sampled_from(
                [r"(?u)\b\w\w+\b", r"(?u)\b\w+\b", r"\b\w{3,}\b", r"\w+", r"[^\s]+", r"(\w)\w*"]
            ),
            "stop_words": st.sampled_from([None, "english", ["the", "and", "of"]]),
            "min_df": st.sampled_from([1, 2, 3, 0.0, 0.2]),
            "max_df": share | st.sampled_from([3, 5, 100]),
            "max_features": st.sampled_from([None, None, 1, 5, 30]),
            "binary": st.booleans(),
            "dtype": st.sampled_from([np.float64, np.float64, np.float32]),
        },
    )


def weighting():
    """Return a strategy for parameters of tf-idf."""
    return st.fixed_dictionaries(
        {},
        optional={
            "norm": st.sampled_from(["l1", "l2", None]),
            "use_idf": st.booleans(),
            "smooth_idf": st.booleans(),
            "sublinear_tf": st.booleans(),
        },
    )


def smoothing():
    """Return a strategy for a model and its parameters."""
    return st.tuples(
        st.sampled_from(list(MODELS)),
        st.fixed_dictionaries(
            {"alpha": st.sampled_from([0.0, 1e-12, 0.01, 0.3, 1.0, 10.0])},
            optional={"force_alpha": st.booleans(), "fit_prior": st.booleans()},
        ),
    )


def outcome(work):
    """Return what work returns, or how it fails."""
    try:
        return work(), None
    except ValueError as error:
        return None, str(error)


def assert_equal_matrices(ours, theirs):
    assert ours.shape == theirs.shape
    assert ours.dtype == theirs.dtype
    ours, theirs = sp.csr_matrix(ours), sp.csr_matrix(theirs)
    ours.sort_indices()
    theirs.sort_indices()
    np.testing.assert_array_equal(ours.indptr, theirs.indptr)
    np.testing.assert_array_equal(ours.indices, theirs.indices)
    tolerance = 1e-12 if ours.dtype == np.float64 else 1e-6
    np.testing.assert_allclose(ours.data, theirs.data, rtol=tolerance, atol=tolerance)


def compare(documents, unseen, targets, analysis, weighting, smoothing):
    """Fit and read with both; compare all that comes out."""
    name, smoothing = smoothing
    settings = {**analysis, **weighting}
    ours, theirs = slugline.sklearn.TfidfVectorizer(**settings), text.TfidfVectorizer(**settings)
    fitted, complaint = outcome(lambda: theirs.fit_transform(documents))
    mine, own_complaint = outcome(lambda: ours.fit_transform(documents))
    assert own_complaint == complaint
    assume(fitted is not None)
    assert ours.vocabulary_ == theirs.vocabulary_
    np.testing.assert_array_equal(ours.get_feature_names_out(), theirs.get_feature_names_out())
    assert_equal_matrices(mine, fitted)
    read, own_read = theirs.transform(unseen), ours.transform(unseen)
    assert_equal_matrices(own_read, read)

    with np.errstate(all="ignore"):
        bayes = getattr(sklearn.naive_bayes, MODELS[name])(**smoothing).fit(fitted, targets)
        own_bayes = getattr(slugline.sklearn, MODELS[name])(**smoothing).fit(mine, targets)
        scores = bayes.predict_joint_log_proba(read)
        own_scores = own_bayes.predict_joint_log_proba(own_read)
    np.testing.assert_allclose(own_scores, scores, rtol=1e-9, atol=1e-9)
    # Equally likely classes may be told apart by the last bit of what is summed.
    ranked = np.sort(scores, axis=1)
    clear = np.ones(len(scores), dtype=bool)
    if scores.shape[1] > 1:
        with np.errstate(invalid="ignore"):
            clear = ranked[:, -1] - ranked[:, -2] > 1e-7 * np.maximum(1, np.abs(ranked[:, -1]))
    labels = bayes.predict(read)
    np.testing.assert_array_equal(own_bayes.predict(own_read)[clear], labels[clear])

    if settings.get("dtype") == np.float32 or not np.isfinite(scores).all():
        return
    fast, refusal = outcome(lambda: from_sklearn(theirs, bayes))
    if fast is None:
        assert "token_pattern" in refusal or "alpha is 0" in refusal
        return
    np.testing.assert_array_equal(fast.predict(unseen)[clear], labels[clear])
    # scikit-learn subtracts sums of all classes: of 1e-12 beside 1 four digits are left.
    if name != "complement" or smoothing.get("alpha") != 1e-12:
        np.testing.assert_allclose(
            fast.predict_proba(unseen), bayes.predict_proba(read), rtol=1e-7, atol=1e-9
        )
    # The whole path at once learns the same (ties of max_features aside, which NumPy decides).
    if settings.get("max_features") is None:
        settings.pop("dtype", None)
        if settings.get("analyzer", "word") != "word":
            settings.pop("token_pattern", None)
            settings.pop("stop_words", None)
        whole = TextClassifier(name, **{"sublinear_tf": False, **settings, **smoothing})
        whole.fit(documents, targets)
        assert whole.vocabulary_ == theirs.vocabulary_
        np.testing.assert_array_equal(whole.predict(unseen)[clear], labels[clear])


def quietly(max_examples):
    """Return settings for so many cases, the same ones in each run."""
    slow = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    return settings(
        max_examples=max_examples, deadline=None, derandomize=True, suppress_health_check=slow
    )


@pytest.fixture(scope="session")
def languages(corpus):
    """Return the texts of each language."""
    texts = {}
    for row in corpus("sib200/train.jsonl.gz"):
        texts.setdefault(row["lang"], []).append((row["text"], row["label"]))
    assert len(texts) == 24
    return texts


@pytest.mark.filterwarnings("ignore")
@quietly(2000)
@given(data=st.data(), parts=st.tuples(analysis(), weighting(), smoothing()))
def test_every_language(languages, data, parts):
    of_language = languages[data.draw(st.sampled_from(sorted(languages)), label="language")]
    start = data.draw(st.integers(0, len(of_language) - 60), label="first")
    length = data.draw(st.integers(2, 40), label="documents")
    documents, targets = zip(*of_language[start : start + length], strict=True)
    unseen = [document for document, _ in of_language[start + length : start + length + 20]]
    compare(list(documents), unseen, list(targets), *parts)


def documents():
    """Return a strategy for texts of all scripts."""
    # Not the characters that are younger than Python's Unicode (14.0 in Python 3.11): Rust knows
    # them, and finds words where Python sees none.
    known = st.characters(exclude_categories=["Cn", "Cs"])
    words = st.sampled_from(TALE.split()) | st.text(known, max_size=6) | st.text(ODD, max_size=6)
    words |= st.text(st.characters(categories=["L", "M", "N", "Pc", "Cf"]), max_size=4)
    return st.lists(st.lists(words, max_size=12).map(" ".join), min_size=1, max_size=8)


@pytest.mark.filterwarnings("ignore")
@quietly(1000)
@given(documents(), documents(), st.randoms(), st.tuples(analysis(), weighting(), smoothing()))
def test_every_script(texts, unseen, random, parts):
    compare(texts, unseen, [random.choice(LABELS) for _ in texts], *parts)


@pytest.mark.filterwarnings("ignore")
@quietly(300)
@given(
    documents(),
    analysis(),
    st.sampled_from(["l1", "l2", None]),
    st.booleans(),
    st.sampled_from([1, 2, 7, 1000, 2**20, 2**31 - 2, 2**31 - 1]),
)
def test_hashing(texts, settings, norm, alternate_sign, n_features):
    settings = {name: settings[name] for name in settings if name not in PRUNING}
    settings |= {"norm": norm, "alternate_sign": alternate_sign, "n_features": n_features}
    theirs = text.HashingVectorizer(**settings).transform(texts)
    assert_equal_matrices(slugline.sklearn.HashingVectorizer(**settings).transform(texts), theirs)
