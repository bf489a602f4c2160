"""`from_sklearn` answers as the pipeline does, whatever was changed in it since it was fitted."""

import warnings

import numpy as np
import pytest
import sklearn.feature_extraction.text as their_text
import sklearn.naive_bayes as their_bayes
import slugline.sklearn as ours
from sklearn.pipeline import make_pipeline
from slugline import from_sklearn

TEXTS = [
    "Chips phones code the",
    "vote Bill law law the",
    "rates shares bonds",
    "dogs cats birds the the",
] * 3
LABELS = [1, 2, 3, 4] * 3
ASKED = ["Chips Chips Bill rates law the", "the the dogs vote", "", "zz", "law law Law law bonds"]


def weights(pipeline):
    """What weighs in a pipeline: a step, or what a TfidfVectorizer has made of its parameters."""
    return pipeline[1] if len(pipeline) == 3 else pipeline[0]._tfidf


def scaled(pipeline):
    weights(pipeline).idf_ = np.arange(len(pipeline[0].vocabulary_)) + 1.0


def in_place(pipeline):
    weights(pipeline).idf_ *= 3
    weights(pipeline).idf_[0] = 7


EDITS = {
    "nothing": lambda p: None,
    "norm l1": lambda p: p[0].set_params(norm="l1"),
    "norm None": lambda p: p[0].set_params(norm=None),
    "use_idf": lambda p: p[0].set_params(use_idf=False),
    "smooth_idf": lambda p: p[0].set_params(smooth_idf=False),
    "sublinear_tf": lambda p: p[0].set_params(sublinear_tf=True),
    "norm l1 of the weights": lambda p: weights(p).set_params(norm="l1"),
    "norm None of the weights": lambda p: weights(p).set_params(norm=None),
    "sublinear_tf of the weights": lambda p: weights(p).set_params(sublinear_tf=True),
    "use_idf of the weights": lambda p: weights(p).set_params(use_idf=False),
    "no idf": lambda p: delattr(weights(p), "idf_"),
    "no idf, no norm": lambda p: (delattr(weights(p), "idf_"), weights(p).set_params(norm=None)),
    "another idf": scaled,
    "idf in place": in_place,
    "an idf of whole numbers": lambda p: setattr(
        weights(p), "idf_", np.arange(len(p[0].vocabulary_)) + 1
    ),
    "lowercase": lambda p: p[0].set_params(lowercase=False),
    "binary": lambda p: p[0].set_params(binary=True),
    "stop_words": lambda p: p[0].set_params(stop_words=["law"]),
    "ngram_range": lambda p: p[0].set_params(ngram_range=(1, 2)),
}
#: What cannot be taken over, with what is said of it.
REFUSED = {
    "norm max": (lambda p: weights(p).set_params(norm="max"), "norm='max'"),
    "a transform": (lambda p: setattr(weights(p), "transform", lambda X, copy: X), "Python code"),
    "an infinite idf": (lambda p: weights(p).idf_.__setitem__(0, np.inf), "idf_: .* finite"),
    "an idf of another length": (lambda p: setattr(weights(p), "idf_", np.ones(3)), "idf_"),
}
PARTS = {"scikit-learn": (their_text, their_bayes), "slugline": (ours, ours)}


def fitted(parts, vectorizer, model):
    text, bayes = PARTS[parts]
    steps = [getattr(text, vectorizer)()]
    if vectorizer == "CountVectorizer":
        steps.append(text.TfidfTransformer())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return make_pipeline(*steps, getattr(bayes, model)(alpha=0.3)).fit(TEXTS, LABELS)


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("model", ["MultinomialNB", "ComplementNB", "BernoulliNB"])
@pytest.mark.parametrize("vectorizer", ["TfidfVectorizer", "CountVectorizer"])
@pytest.mark.parametrize("parts", PARTS)
def test_an_edited_pipeline_keeps_its_answers(parts, vectorizer, model, edit):
    pipeline = fitted(parts, vectorizer, model)
    if vectorizer == "CountVectorizer" and edit in (
        *("norm l1", "norm None", "use_idf", "smooth_idf", "sublinear_tf"),
    ):
        pytest.skip("not a parameter of CountVectorizer")
    EDITS[edit](pipeline)
    expected = pipeline.predict_proba(ASKED)
    taken = from_sklearn(pipeline)
    np.testing.assert_allclose(taken.predict_proba(ASKED), expected, rtol=0, atol=1e-9)
    back = taken.to_sklearn().predict_proba(ASKED)
    np.testing.assert_allclose(back, expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("edit", REFUSED)
@pytest.mark.parametrize("vectorizer", ["TfidfVectorizer", "CountVectorizer"])
@pytest.mark.parametrize("parts", PARTS)
def test_what_has_no_equal_is_refused(parts, vectorizer, edit):
    pipeline = fitted(parts, vectorizer, "MultinomialNB")
    change, says = REFUSED[edit]
    change(pipeline)
    with pytest.raises(ValueError, match=f"cannot be taken over: .*{says}"):
        from_sklearn(pipeline)


def test_a_vectorizer_without_its_weights_is_refused():
    pipeline = fitted("scikit-learn", "TfidfVectorizer", "MultinomialNB")
    pipeline[0]._tfidf = None
    with pytest.raises(ValueError, match="cannot be taken over: _tfidf is a NoneType"):
        from_sklearn(pipeline)
    del pipeline[0]._tfidf
    with pytest.raises(ValueError, match="cannot be taken over: _tfidf"):
        from_sklearn(pipeline)
