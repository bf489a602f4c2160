"""With ``idf_order="after_norm"`` sums are exact, whatever the weights are."""

import copy
import random

import numpy as np
import pytest
from slugline import TextClassifier

WEIGHTS = {
    "zero": [0, 1],
    "halves": [0.5, 1, 2],
    "tenths": [0.1, 1],
    "thirds": [1 / 3, 1],
    "small and large": [1e-3, 1e3],
    "any": [0.1, 0.7, 1.3, np.pi, 17.25, 1e-5],
}


def examples(rng, choice):
    n = rng.randint(8, 30)
    texts = [" ".join(f"w{rng.randint(0, 29)}" for _ in range(rng.randint(1, 8))) for _ in range(n)]
    weights = [rng.choice(choice) for _ in range(n)]
    # Each part weighs something.
    for at in (0, 1, -1, -2):
        weights[at] = max(choice)
    return texts, ["ab"[at % 2] for at in range(n)], weights, rng.randint(2, n - 2)


@pytest.mark.parametrize("naive_bayes", ["multinomial", "complement", "bernoulli"])
@pytest.mark.parametrize("weights", WEIGHTS)
def test_parts_make_the_bytes_of_the_whole(weights, naive_bayes):
    rng = random.Random(f"{weights} {naive_bayes}")
    for _ in range(20):
        X, y, w, cut = examples(rng, WEIGHTS[weights])
        whole = TextClassifier(naive_bayes, idf_order="after_norm")
        first, last = copy.copy(whole), copy.copy(whole)
        whole.fit(X, y, w)
        first.fit(X[:cut], y[:cut], w[:cut])
        last.fit(X[cut:], y[cut:], w[cut:])
        updated = copy.copy(first).partial_fit(X[cut:], y[cut:], sample_weight=w[cut:])
        left = copy.copy(whole).forget(X[cut:], y[cut:], w[cut:])
        assert updated.to_bytes() == whole.to_bytes()
        assert first.merge(last).to_bytes() == whole.to_bytes()
        assert last.merge(first).to_bytes() == whole.to_bytes()
        assert left.to_bytes() == first.to_bytes()
        stream = [(X[:cut], y[:cut], w[:cut]), (X[cut:], y[cut:], w[cut:])]
        assert copy.copy(first).fit_stream(stream).to_bytes() == whole.to_bytes()


def test_weights_stay_what_they_are():
    X, y = ["aa bb", "bb cc", "cc dd"], ["x", "y", "x"]
    model = TextClassifier(idf_order="after_norm").fit(X, y, [0.1, 1 / 3, 2.0])
    np.testing.assert_allclose(model.class_count_, [2.1, 1 / 3], atol=1e-9)
    halves = TextClassifier(idf_order="after_norm").fit(X, y, [0.5, 1.5, 2.0])
    assert halves.class_count_.tolist() == [2.5, 1.5]
    # Elsewhere they are added as they are.
    assert TextClassifier().fit(X, y, [0.1, 1 / 3, 2.0]).class_count_.tolist() == [2.1, 1 / 3]


def test_what_cannot_be_exact_is_told():
    X, y = ["aa bb", "bb cc"], ["x", "y"]
    new = TextClassifier(idf_order="after_norm")
    with pytest.raises(ValueError, match="sample_weight is"):
        new.fit(X, y, [1e-12, 1])
    heavy = new.fit(X, y, [1e7, 0.3])
    with pytest.raises(ValueError, match="smaller sample weights"):
        heavy.partial_fit(X, y)


def test_the_file_says_what_the_model_is_and_not_how_it_came():
    X, y = ["aa bb", "bb cc", "cc dd", "dd"], ["x", "y", "x", "y"]
    whole = TextClassifier(idf_order="after_norm").fit(X, y)
    parts = TextClassifier(idf_order="after_norm").fit(X[:2], y[:2])
    before = parts.to_bytes()
    assert parts.partial_fit(X[2:], y[2:]).to_bytes() == whole.to_bytes()
    assert parts.forget(X[2:], y[2:]).to_bytes() == before
    assert TextClassifier(idf_order="after_norm").partial_fit(X, y).to_bytes() == whole.to_bytes()
    declared = TextClassifier(idf_order="after_norm").partial_fit(X, y, classes=["x", "y"])
    assert TextClassifier.from_bytes(declared.to_bytes())._declared.tolist() == ["x", "y"]
