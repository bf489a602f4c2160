"""Input that no one means, and that is read all the same, or refused at once."""

import copy
import os
import subprocess
import sys
import time
import warnings
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
import slugline
import slugline.sklearn
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.naive_bayes import BernoulliNB
from sklearn.pipeline import make_pipeline
from slugline import TextClassifier

TEXTS = ["new phones and chips", "ministers vote on a bill", "chips for phones", "votes on bills"]
LABELS = ["technology", "policy", "technology", "policy"]
MODEL = TextClassifier().fit(TEXTS, LABELS)
NAN = float("nan")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("n_classes", [2, 3, 20])
def test_without_smoothing_the_label_is_scikit_learns(n_classes):
    rng = np.random.default_rng(n_classes)
    words = np.array([f"w{n}" for n in range(15)])
    for round_ in range(12):
        texts = [" ".join(rng.choice(words, rng.integers(1, 4))) for _ in range(2 * n_classes)]
        labels = [f"c{n % n_classes:02}" for n in range(2 * n_classes)]
        if round_ == 0:
            texts, labels = ["red", "blue", "green"][: n_classes or 1], list("abc")[:n_classes]
            texts, labels = texts[: len(labels)], labels[: len(texts)]
        ours = TextClassifier("bernoulli", alpha=0).fit(texts, labels)
        theirs = make_pipeline(TfidfVectorizer(sublinear_tf=True), BernoulliNB(alpha=0))
        theirs.fit(texts, labels)
        asked = [*texts, "", "zzz", *map(" ".join, pairwise(texts))]
        assert ours.predict(asked).tolist() == theirs.predict(asked).tolist()
        # A few texts go another way than many.
        many = asked * 50
        assert ours.predict(many).tolist() == theirs.predict(many).tolist()
        assert [ours.classify(text).label for text in asked] == theirs.predict(asked).tolist()
        expected = theirs.predict_proba(asked)
        np.testing.assert_allclose(ours.predict_proba(asked), expected, atol=1e-9)
        np.testing.assert_allclose(ours.predict_proba(many)[: len(asked)], expected, atol=1e-9)
        np.testing.assert_allclose(
            ours.predict_joint_log_proba(asked),
            theirs[-1].predict_joint_log_proba(theirs[0].transform(asked)),
            atol=1e-9,
        )


@pytest.mark.parametrize("length", [10**12, 2**63 - 1])
@pytest.mark.parametrize(
    "call",
    [
        MODEL.predict,
        MODEL.predict_proba,
        MODEL.adapt,
        lambda X: TextClassifier().fit(X, LABELS),
        lambda X: TextClassifier().audit(X, LABELS),
        lambda X: TextClassifier().fit_stream([(X, LABELS)]),
        lambda X: TextClassifier(idf_order="after_norm").partial_fit(X, LABELS),
        slugline.sklearn.TfidfVectorizer().fit,
        slugline.sklearn.CountVectorizer().fit_transform,
        slugline.sklearn.HashingVectorizer().transform,
    ],
)
def test_what_says_that_it_is_endless(call, length):
    began = time.monotonic()
    with pytest.raises((TypeError, AttributeError)):
        call(range(length))
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("make", [list, tuple])
@pytest.mark.parametrize(
    "labels",
    [["x", "y", NAN, "x"], ["x", "y", None, "x"], ["x", "y", np.nan, "x"], ["x", "y", pd.NA, "x"]],
)
def test_a_missing_label(labels, make):
    y = make(labels)
    for call in (
        lambda: TextClassifier().fit(TEXTS, y),
        lambda: TextClassifier().audit(TEXTS, y),
        lambda: TextClassifier(idf_order="after_norm").partial_fit(TEXTS, y),
        lambda: TextClassifier().fit_stream([(TEXTS, y)]),
        lambda: MODEL.calibrated(TEXTS, y),
    ):
        with pytest.raises(TypeError, match=r"row 2 is missing"):
            call()


@pytest.mark.parametrize("y", [[1.0, 2.0, NAN, 1.0], np.array([1.0, 2.0, NAN, 1.0])])
def test_a_missing_number_is_refused_as_in_scikit_learn(y):
    with pytest.raises(ValueError, match="NaN"):
        TextClassifier().fit(TEXTS, y)
    with pytest.raises(ValueError, match="NaN"):
        TextClassifier().audit(TEXTS, y)


@pytest.mark.parametrize("text", ["phones \ud800", "\udfffphones", "a \ud83d\ude00 vote", "\ud800"])
def test_half_a_character_in_a_text(text):
    label = MODEL.predict([text])[0]
    verdict, why = MODEL.classify(text), MODEL.explain(text)
    assert verdict.label == why.label == label
    assert list(verdict.probabilities.values()) == MODEL.predict_proba([text])[0].tolist()
    for reason in why.reasons:
        assert all(why.text[start:end] == reason.term for start, end in reason.spans)
    assert str(why).encode()
    assert why._repr_html_().encode()
    assert slugline.classify(text).label in {"other", *slugline.topics().classes_.tolist()}


def test_half_a_character_in_a_label():
    y = ["x", "\ud800", "x", "x"]
    for call in (
        lambda: TextClassifier().fit(TEXTS, y),
        lambda: TextClassifier().fit(TEXTS, np.array(y, dtype=object)),
        lambda: TextClassifier().audit(TEXTS, y),
        lambda: TextClassifier(idf_order="after_norm").partial_fit(TEXTS, y),
        lambda: TextClassifier().fit_stream([(TEXTS, y)]),
        lambda: MODEL.calibrated(TEXTS, y),
        lambda: TextClassifier().fit(TEXTS, LABELS, prior={"\ud800": {"a": 1.0}}),
        lambda: TextClassifier(background="\ud800").fit(TEXTS, LABELS),
    ):
        with pytest.raises(ValueError, match="half of one"):
            call()


def test_many_threads_are_started_no_sooner_than_they_help():
    model = TextClassifier(n_jobs=1024)
    began = time.monotonic()
    for _ in range(5):
        model.fit(TEXTS, LABELS)
        model.audit(TEXTS, LABELS)
        model.predict(TEXTS * 100)
    assert time.monotonic() - began < 2
    assert model.set_params(n_jobs=None).to_bytes() == MODEL.to_bytes()
    for n_jobs in (1025, 10**30):
        for call in (lambda m: m.fit(TEXTS, LABELS), lambda m: m.predict(TEXTS)):
            with pytest.raises(ValueError, match=f"n_jobs is {n_jobs}"):
                call(copy.copy(MODEL).set_params(n_jobs=n_jobs))
    assert TextClassifier(n_jobs=-(10**30)).fit(TEXTS, LABELS).predict(TEXTS).tolist() == LABELS


@pytest.mark.parametrize("value", ["abc", "0", "-2", "5000", "1.5"])
def test_a_variable_that_is_no_number_of_threads(value):
    program = (
        "from slugline import TextClassifier as T\n"
        "m = T().fit(['new phones', 'a vote'], ['x', 'y']); m.predict(['a'])"
    )
    environment = {**os.environ, "SLUGLINE_NUM_THREADS": value}
    run = [sys.executable, "-c", program]
    done = subprocess.run(run, env=environment, capture_output=True, text=True, check=True)
    assert done.stderr.count("SLUGLINE_NUM_THREADS is") == 1, done.stderr
    for good in ("2", ""):
        environment["SLUGLINE_NUM_THREADS"] = good
        done = subprocess.run(run, env=environment, capture_output=True, text=True, check=True)
        assert "SLUGLINE_NUM_THREADS" not in done.stderr


def test_results_are_equal_where_they_say_the_same():
    audit = TextClassifier().audit(TEXTS, LABELS)
    assert audit == copy.deepcopy(audit)
    assert audit != TextClassifier().audit(TEXTS[:3], LABELS[:3])
    assert audit != "an audit"
    verdict, why = MODEL.classify("phones"), MODEL.explain("phones")
    for result in (verdict, why, why.reasons[0]):
        assert result == copy.deepcopy(result)
    for result in (audit, verdict, why, why.reasons[0]):
        with pytest.raises(TypeError, match=f"unhashable type: '{type(result).__name__}'"):
            hash(result)


def test_one_class():
    with pytest.warns(UserWarning, match="y: there is only one, 'x'"):
        TextClassifier().audit(["aa", "bb"], ["x", "x"])
    with pytest.warns(UserWarning, match="y: there is only one"):
        model = TextClassifier().fit(["aa", "bb"], ["x", "x"])
    text = str(model.explain("aa"))
    assert text.startswith("x, the only class: ")
    assert "others" not in text


@pytest.mark.parametrize(
    "labels",
    [
        ["Policy", "policy", "a", "b"],
        ["policy ", "policy", "a", "b"],
        ["po  licy", "po licy", "a", "b"],
        ["\uff50olicy", "policy", "a", "b"],
    ],
)
def test_classes_that_look_alike(labels):
    for call in (
        lambda: TextClassifier().fit(TEXTS, labels),
        lambda: TextClassifier().audit(TEXTS, labels),
        lambda: TextClassifier(idf_order="after_norm").partial_fit(TEXTS, labels),
        lambda: TextClassifier().fit_stream([(TEXTS, labels)]),
    ):
        with pytest.warns(UserWarning, match="y: labels that look alike") as caught:
            call()
        assert caught[0].filename == __file__
        assert len(caught) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        TextClassifier().fit(TEXTS, ["policy", "policies", "polity", "c"])
        TextClassifier().fit(TEXTS, [1, 10, 100, 1])


def test_names_of_the_package():
    assert "TYPE_CHECKING" not in dir(slugline)
    assert {"TextClassifier", "sklearn", "classify"} <= set(dir(slugline))
