"""fit_stream: the model of fit, from batches."""

import pickle
import warnings

import numpy as np
import pytest
from slugline import TextClassifier

RANDOM = np.random.default_rng(7)
WORDS = [f"word{n}" for n in range(4000)]
TEXTS = [" ".join(RANDOM.choice(WORDS, 40)) for _ in range(3000)]
NAMES = RANDOM.choice(["technology", "policy", "markets"], 3000)
CODES = np.unique(NAMES, return_inverse=True)[1]
WEIGHTS = RANDOM.random(3000)


def batches(texts, labels, weights=None, size=500):
    for start in range(0, len(texts), size):
        some = slice(start, start + size)
        yield (
            (texts[some], labels[some])
            if weights is None
            else (texts[some], labels[some], weights[some])
        )


def model_of(classifier):
    return classifier._model.to_bytes()


@pytest.mark.parametrize("size", [1, 7, 1000])
@pytest.mark.parametrize("memory", [None, "4M", 4 << 20])
def test_the_model_of_fit(size, memory):
    expected = TextClassifier().fit(TEXTS, NAMES, WEIGHTS)
    found = TextClassifier(n_jobs=2).fit_stream(batches(TEXTS, NAMES, WEIGHTS, size), memory=memory)
    assert model_of(found) == model_of(expected)
    np.testing.assert_array_equal(found.classes_, expected.classes_)


@pytest.mark.parametrize(
    "labels",
    [
        np.array([9, 10, 100])[CODES],
        np.array([1.0, 20.0, 3.0])[CODES],
        NAMES == "policy",
        list(NAMES),
        NAMES.astype(object),
    ],
    ids=["int", "float", "bool", "list", "object"],
)
def test_any_labels(labels):
    expected = TextClassifier("multinomial", max_features=200).fit(TEXTS, labels)
    found = TextClassifier("multinomial", max_features=200).fit_stream(
        batches(TEXTS, labels), memory="1M"
    )
    assert model_of(found) == model_of(expected)
    np.testing.assert_array_equal(found.classes_, expected.classes_)
    np.testing.assert_array_equal(found.predict(TEXTS[:50]), expected.predict(TEXTS[:50]))
    again = pickle.loads(pickle.dumps(found))
    np.testing.assert_array_equal(again.predict_proba(TEXTS[:9]), expected.predict_proba(TEXTS[:9]))


def test_settings_that_depend_on_the_classes():
    labels = np.array([9, 10, 100])[CODES]
    prior = {10: {"word1": 2.0, "zebra": 1.0}}
    for settings, more in [
        ({"naive_bayes": "multinomial", "class_prior": [0.2, 0.3, 0.5]}, {}),
        ({"background": 10}, {}),
        ({"idf_order": "after_norm", "background": 100}, {"prior": prior}),
        ({"min_df": 20}, {"prior": prior}),
    ]:
        expected = TextClassifier(**settings).fit(TEXTS, labels, **more)
        found = TextClassifier(**settings).fit_stream(batches(TEXTS, labels), "8M", **more)
        assert model_of(found) == model_of(expected)
        np.testing.assert_array_equal(found.classes_, expected.classes_)
    # One that came from a stream can be added to.
    found = TextClassifier(idf_order="after_norm").fit_stream(batches(TEXTS, labels))
    found.partial_fit(["another text"], [9])
    assert found.n_documents_ == 3001


def test_arrow_record_batches():
    pyarrow = pytest.importorskip("pyarrow")
    table = pyarrow.table({"text": TEXTS, "label": NAMES.tolist()})
    expected = TextClassifier().fit(TEXTS, NAMES)
    records = table.to_batches(max_chunksize=700)
    found = TextClassifier().fit_stream((each["text"], each["label"]) for each in records)
    assert model_of(found) == model_of(expected)


def test_terms_that_do_not_fit():
    texts = [f"{text} a{n} b{n} c{n}" for n, text in enumerate(TEXTS)]
    with pytest.warns(UserWarning, match=r"would not fit into memory='1M'.*max_features=\d+"):
        found = TextClassifier().fit_stream(batches(texts, NAMES), memory="1M")
    kept = len(found.vocabulary_)
    assert kept < 13000
    assert found.max_features is None
    assert model_of(found) == model_of(TextClassifier(max_features=kept).fit(texts, NAMES))
    with pytest.raises(ValueError, match="memory is 1M: expected at least"):
        TextClassifier(idf_order="after_norm").fit_stream(batches(texts, NAMES), memory="1M")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        old = TextClassifier().fit(["a text", "words"], ["x", "y"])
        with pytest.raises(UserWarning):
            old.fit_stream(batches(texts, NAMES), memory="1M")
        assert old.predict(["text"]).tolist() == ["x"]


class Broken(Exception):
    pass


def test_whatever_is_raised_leaves_the_classifier_as_it_was():
    def broken():
        yield TEXTS[:10], NAMES[:10]
        raise Broken("the source has gone away")

    model = TextClassifier().fit(["a text", "words"], ["x", "y"])
    before = model_of(model)
    good = (TEXTS[:10], NAMES[:10])
    for source, error, says in [
        (broken(), Broken, "gone away"),
        ([good, (TEXTS[:10], NAMES[:9])], ValueError, "batch 1: 10 texts, but 9 labels"),
        ([good, (TEXTS[:10],)], TypeError, "batch 1: expected .texts, labels. or .*got 1 parts"),
        ([good, "text"], TypeError, "batch 1: .*got str"),
        ([("text", ["x"])], ValueError, "batch 0: .*string object received"),
        ([good, (TEXTS[:2], [1, 2])], ValueError, "batch 1: .*of type integer.*of type text"),
        ([good, ([1, 2], ["x", "y"])], TypeError, "batch 1: texts: document 0 is a int"),
        ([(["a b"], ["x"], [-1.0])], ValueError, "batch 0: sample_weight is -1"),
        ([(["a b", "c"], ["x", "y"], [1.0])], ValueError, "batch 0: sample_weight has 1 number"),
        ([(["a b"], [""])], ValueError, "batch 0: y: row 0 is an empty string"),
        ([], ValueError, "there are no documents"),
        (5, TypeError, "batches is 5"),
    ]:
        with pytest.raises(error, match=says):
            model.fit_stream(source)
        assert model_of(model) == before
    for arguments, says in [
        ({"memory": "much"}, 'memory is "much": expected a number of bytes'),
        ({"memory": 5}, "memory is 5: expected at least 1M"),
    ]:
        with pytest.raises(ValueError, match=says):
            model.fit_stream([good], **arguments)
    with pytest.raises(ValueError, match="calibrate"):
        TextClassifier(calibrate=True).fit_stream([good])
    assert model_of(model) == before
    # An empty batch says nothing.
    model.fit_stream([([], []), good, ([], [])])
    assert model_of(model) == model_of(TextClassifier().fit(*good))
