"""TextClassifier: the whole path, equal to scikit-learn's pipeline."""

import pickle
import warnings

import numpy as np
import pytest
import slugline
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.feature_extraction import text
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.naive_bayes import BernoulliNB, ComplementNB, MultinomialNB
from sklearn.pipeline import make_pipeline
from slugline import TextClassifier

TEXTS = [
    "The new phone has a faster chip and a sharper screen.",
    "Engineers patched the browser after the worm spread.",
    "A naïve robot, one chip, two cameras: the café of the future.",
    "The minister told parliament that the bill will pass.",
    "Voters chose a new council; the minister resigned.",
    "The court struck down the law on ID cards.",
    "Shares fell as the bank cut its forecast for growth.",
    "The bank raised rates; the euro rose, shares fell again.",
] * 3
LABELS = ["technology"] * 3 + ["policy"] * 3 + ["markets"] * 2
LABELS = LABELS * 3
MODELS = {"multinomial": MultinomialNB, "complement": ComplementNB, "bernoulli": BernoulliNB}


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize(
    "labels", [LABELS, [{"technology": 10, "policy": 9}.get(y, -1) for y in LABELS]]
)
def test_equal_to_the_pipeline_there_and_back(name, labels):
    vectorizer = text.TfidfVectorizer(sublinear_tf=True)
    pipeline = make_pipeline(vectorizer, MODELS[name](alpha=0.3)).fit(TEXTS, labels)
    ours = TextClassifier(name).fit(TEXTS, labels)
    fast = slugline.from_sklearn(pipeline)
    for other in (ours, fast, fast.to_sklearn(), ours.to_sklearn()):
        np.testing.assert_array_equal(other.classes_, pipeline.classes_)
        np.testing.assert_array_equal(other.predict(TEXTS), pipeline.predict(TEXTS))
        np.testing.assert_allclose(
            other.predict_proba(TEXTS), pipeline.predict_proba(TEXTS), rtol=1e-9
        )
        np.testing.assert_allclose(
            other.predict_log_proba(TEXTS), pipeline.predict_log_proba(TEXTS), rtol=1e-9, atol=1e-12
        )


@pytest.mark.parametrize(
    "labels",
    [
        LABELS,
        tuple(LABELS),
        np.array(LABELS),
        np.array(LABELS, dtype=object),
        list(np.array(LABELS)),
        # As NumPy has it: a number among names is one.
        [*LABELS[:-1], 3],
        # Of an array of objects: its own strings lose zeros at the end.
        np.array([y + "\0" * (n % 2) for n, y in enumerate(LABELS)], dtype=object),
        [f"of {n}" for n in range(len(LABELS))],
    ],
)
def test_names_of_classes_are_numbered_as_numpy_does(labels):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # As many classes as documents.
        model = TextClassifier("multinomial").fit(TEXTS, labels)
    classes, numbers = np.unique(np.asarray(labels), return_inverse=True)
    np.testing.assert_array_equal(model.classes_, classes)
    np.testing.assert_array_equal(model.class_count_, np.bincount(numbers))


@pytest.mark.parametrize(
    ("labels", "error"),
    [
        ([*LABELS[:-1], None], TypeError),
        ([*LABELS[:-1], ["technology"]], ValueError),
        (LABELS[:-1], ValueError),
        ([], ValueError),
    ],
)
def test_what_are_no_names_of_classes(labels, error):
    with pytest.raises(error):
        TextClassifier("multinomial").fit(TEXTS, labels)


def test_what_cannot_be_taken_over_is_named():
    vectorizer = text.CountVectorizer(tokenizer=str.split, token_pattern=None)
    pipeline = make_pipeline(vectorizer, MultinomialNB()).fit(TEXTS, LABELS)
    with pytest.raises(ValueError, match="tokenizer: Python code"):
        slugline.from_sklearn(pipeline)
    with pytest.raises(ValueError, match="stemmer='english'"):
        TextClassifier(stemmer="english").fit(TEXTS, LABELS).to_sklearn()


@pytest.mark.parametrize(
    "labels", [LABELS, [len(y) for y in LABELS], [y == "policy" for y in LABELS]]
)
def test_saved_pickled_and_loaded_models_answer_alike(tmp_path, labels):
    model = TextClassifier(ngram_range=(1, 2)).fit(TEXTS, labels)
    model.save(tmp_path / "model.safetensors")
    loaded = TextClassifier.load(tmp_path / "model.safetensors")
    for other in (loaded, pickle.loads(pickle.dumps(model))):
        np.testing.assert_array_equal(other.classes_, model.classes_)
        np.testing.assert_array_equal(other.predict_proba(TEXTS), model.predict_proba(TEXTS))
        assert other.get_params()["ngram_range"] == (1, 2)


def test_partial_fit_and_merge_are_fit_on_all():
    whole = TextClassifier(idf_order="after_norm").fit(TEXTS, LABELS)
    parts = clone(whole).partial_fit(TEXTS[:7], LABELS[:7]).partial_fit(TEXTS[7:], LABELS[7:])
    halves = [clone(whole).fit(TEXTS[:9], LABELS[:9]), clone(whole).fit(TEXTS[9:], LABELS[9:])]
    for other in (parts, halves[0].merge(halves[1])):
        np.testing.assert_array_equal(other.predict_proba(TEXTS), whole.predict_proba(TEXTS))
    with pytest.raises(ValueError, match="after_norm"):
        TextClassifier().partial_fit(TEXTS, LABELS)


def test_texts_in_arrow_memory_are_classified():
    pyarrow = pytest.importorskip("pyarrow")
    model = TextClassifier().fit(pyarrow.array(TEXTS), LABELS)
    np.testing.assert_array_equal(model.predict(pyarrow.array(TEXTS)), model.predict(TEXTS))
    with pytest.raises(ValueError, match="document 1 is missing"):
        model.predict(pyarrow.array(["a", None]))


def test_in_scikit_learns_tools():
    assert len(cross_val_score(TextClassifier(), TEXTS, LABELS, cv=3)) == 3
    search = GridSearchCV(TextClassifier(), {"alpha": [0.1, 1.0]}, cv=3).fit(TEXTS, LABELS)
    assert search.best_params_["alpha"] in (0.1, 1.0)
    with pytest.raises(NotFittedError):
        TextClassifier().predict(TEXTS)


def test_an_explanation_adds_up_and_points_into_the_text():
    document = "Café: the bank <raised> rates; the chip fell."
    why = (
        TextClassifier().fit(TEXTS, LABELS).explain(document, label="markets", versus="technology")
    )
    total = why.bias + sum(reason.contribution for reason in why.reasons)
    assert why.score == pytest.approx(total)
    for reason in why.reasons:
        assert [document[a:b].lower() for a, b in reason.spans] == [reason.term] * reason.count
    assert "markets against technology" in str(why)
    assert "&lt;<span" in why._repr_html_()


def test_the_bundled_topics():
    verdict = slugline.classify("The central bank raised interest rates again.")
    assert verdict.label == "markets"
    assert sum(verdict.probabilities.values()) == pytest.approx(1.0)
    assert slugline.topics().classes_.tolist() == ["markets", "policy", "technology"]
