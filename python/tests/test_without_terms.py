"""Leaving terms out by the words that they hold."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS
from slugline import TextClassifier
from slugline.sklearn import TfidfVectorizer

TEXTS = [
    "the bank of England and Mr Bailey",
    "10 votes on the law",
    "shares of the bank",
    "Mrs May votes",
]
LABELS = ["markets", "policy", "markets", "policy"]
LEFT_OUT = [*ENGLISH_STOP_WORDS, "mr", "mrs"]


def without(**params):
    return TextClassifier(
        ngram_range=(1, 2), without_terms=LEFT_OUT, without_numbers=True, **params
    )


def test_terms_that_hold_a_word_are_left_out_and_none_are_made():
    model = without().fit(TEXTS, LABELS)
    # "may" is a stop word of scikit-learn, too.
    assert sorted(model.vocabulary_) == ["bailey", "bank", "england", "law", "shares", "votes"]
    stopped = TextClassifier(ngram_range=(1, 2), stop_words=LEFT_OUT).fit(TEXTS, LABELS)
    assert "bank england" in stopped.vocabulary_


def test_it_is_the_model_of_the_vocabulary_that_stays():
    model = without().fit(TEXTS, LABELS)
    stays = sorted(model.vocabulary_)
    given = TextClassifier(ngram_range=(1, 2), vocabulary=stays).fit(TEXTS, LABELS)
    np.testing.assert_array_equal(model.predict_proba(TEXTS), given.predict_proba(TEXTS))
    # How the vectorisers of slugline.sklearn get there.
    rows = TfidfVectorizer(ngram_range=(1, 2), vocabulary=stays).fit_transform(TEXTS)
    assert rows.shape == (4, len(stays))


def test_saved_loaded_and_taken_to_scikit_learn():
    model = without().fit(TEXTS, LABELS)
    read = TextClassifier.from_bytes(model.to_bytes())
    assert read.without_numbers is True
    assert sorted(read.without_terms) == sorted(LEFT_OUT)
    np.testing.assert_array_equal(read.predict_proba(TEXTS), model.predict_proba(TEXTS))
    pipeline = model.to_sklearn()
    np.testing.assert_allclose(pipeline.predict_proba(TEXTS), model.predict_proba(TEXTS))
    # A new fit of the pipeline keeps to the terms.
    again = clone(pipeline).fit(TEXTS, LABELS)
    np.testing.assert_allclose(again.predict_proba(TEXTS), model.predict_proba(TEXTS))


def test_sums_stay_exact():
    all_at_once = without(idf_order="after_norm").fit(TEXTS, LABELS)
    model = without(idf_order="after_norm").fit(TEXTS[:2], LABELS[:2])
    model.partial_fit(TEXTS[2:], LABELS[2:])
    np.testing.assert_array_equal(model.predict_proba(TEXTS), all_at_once.predict_proba(TEXTS))
    assert list(model.vocabulary_) == list(all_at_once.vocabulary_)
    streamed = without(idf_order="after_norm").fit_stream(
        [(TEXTS[:1], LABELS[:1]), (TEXTS[1:], LABELS[1:])]
    )
    np.testing.assert_array_equal(streamed.predict_proba(TEXTS), all_at_once.predict_proba(TEXTS))


def test_terms_of_a_prior_are_left_out_and_a_vocabulary_stays():
    model = without().fit(TEXTS, LABELS, prior={"policy": {"Mr Speaker": 1.0, "speaker": 2.0}})
    assert "speaker" in model.vocabulary_
    assert "mr speaker" not in model.vocabulary_
    with pytest.warns(UserWarning, match="without_terms: not used: the vocabulary is given"):
        given = without(vocabulary=["mr", "bank"]).fit(TEXTS, LABELS)
    assert list(given.vocabulary_) == ["mr", "bank"]
