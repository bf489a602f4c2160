"""Probabilities of classes in place of classes."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from slugline import TextClassifier

TEXTS = ["new phones and chips", "ministers vote on a bill", "chips for ministers", "a bill"]
LABELS = ["technology", "policy", "technology", "policy"]
CERTAIN = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.0, 1.0]])
COLUMNS = ["technology", "policy"]
TABLE = {name: CERTAIN[:, at] for at, name in enumerate(COLUMNS)}


def as_bytes(model: TextClassifier) -> bytes:
    return pickle.dumps(model)


@pytest.mark.parametrize(
    "y",
    [
        pd.DataFrame(TABLE),
        pd.DataFrame(TABLE).astype(int),
        pl.DataFrame(TABLE),
        pa.table(TABLE),
        [{label: 1.0} for label in LABELS],
        tuple({label: 1, "policy" if label != "policy" else "technology": 0} for label in LABELS),
    ],
    ids=["pandas", "integers", "polars", "pyarrow", "mappings", "zeros"],
)
@pytest.mark.parametrize("idf_order", ["before_norm", "after_norm"])
def test_certain_probabilities_are_labels(y, idf_order):
    params = {"idf_order": idf_order}
    assert as_bytes(TextClassifier(**params).fit(TEXTS, y)) == as_bytes(
        TextClassifier(**params).fit(TEXTS, LABELS)
    )


def test_an_array_with_the_classes_of_its_columns():
    expected = as_bytes(TextClassifier().fit(TEXTS, LABELS))
    for columns in (COLUMNS, np.array(COLUMNS, dtype=object), tuple(COLUMNS)):
        model = TextClassifier().fit(TEXTS, CERTAIN, classes=columns)
        assert as_bytes(model) == expected
    swapped = TextClassifier().fit(TEXTS, CERTAIN[:, ::-1], classes=COLUMNS[::-1])
    assert as_bytes(swapped) == expected


def test_numbers_as_classes_keep_their_columns():
    # As names "10" comes before "9".
    y = [{10: 0.5, 9: 0.5}, {9: 1.0}, {10: 0.25, 9: 0.75}, {10: 1.0}]
    model = TextClassifier().fit(TEXTS, y)
    assert model.classes_.tolist() == [9, 10]
    assert model.class_count_.tolist() == [2.25, 1.75]
    assert model.classes_.dtype == np.int64


def test_a_text_counts_by_its_weight_and_its_probability():
    model = TextClassifier().fit(TEXTS, [{"a": 0.25, "b": 0.75}] * 4, sample_weight=2.0)
    assert model.class_count_.tolist() == [2.0, 6.0]
    assert model.n_documents_ == 4


def test_a_prior_and_unlabelled_texts_join_them():
    y = [{"technology": 1.0}, {"policy": 1.0}, {"technology": 1.0}, {"policy": 1.0}]
    prior = {"markets": {"shares": 2.0}}
    for more in ({}, {"unlabelled": ["shares and bills", "phones"]}):
        soft = TextClassifier("multinomial").fit(TEXTS, y, prior=prior, **more)
        hard = TextClassifier("multinomial").fit(TEXTS, LABELS, prior=prior, **more)
        assert soft.classes_.tolist() == ["markets", "policy", "technology"]
        assert as_bytes(soft) == as_bytes(hard)


def test_adding_and_forgetting():
    y = [
        {"technology": 0.75, "policy": 0.25},
        {"policy": 1.0},
        {"technology": 1.0},
        {"policy": 1.0},
    ]
    params = {"idf_order": "after_norm"}
    whole = TextClassifier(**params).fit(TEXTS, y)
    parts = TextClassifier(**params).partial_fit(TEXTS[:2], y[:2]).partial_fit(TEXTS[2:], y[2:])
    assert as_bytes(parts) == as_bytes(whole)
    array = np.array([[row.get(label, 0.0) for label in ("policy", "technology")] for row in y])
    parts = TextClassifier(**params).fit(TEXTS[:2], y[:2]).partial_fit(TEXTS[2:], array[2:])
    assert as_bytes(parts) == as_bytes(whole)
    parts = TextClassifier(**params)
    parts.partial_fit(TEXTS[:2], array[:2, ::-1], classes=COLUMNS)
    assert parts.class_count_.tolist() == [1.25, 0.75]
    whole.forget(TEXTS[2:], array[2:])
    assert as_bytes(whole) == as_bytes(TextClassifier(**params).fit(TEXTS[:2], y[:2]))
    with pytest.raises(ValueError, match="4 texts, but 2 labels"):
        whole.partial_fit(TEXTS, y[:2])
    with pytest.raises(ValueError, match="do not exist in the initial classes"):
        parts.partial_fit(TEXTS, [{"markets": 1.0}] * 4)


def test_a_background_in_part():
    soft = TextClassifier(background="technology")
    soft.fit(TEXTS, pd.DataFrame({"a": [0, 0.5, 0, 1], "technology": [1, 0.5, 1, 0.0]}))
    assert soft.classes_.tolist() == ["a"]
    assert soft.class_count_.tolist() == [1.5]


NAN = float("nan")


@pytest.mark.parametrize(
    ("y", "classes", "says"),
    [
        ([{"a": 1.0}, "b"], None, "row 1 is a str, expected {class: probability}"),
        ([{"a": "x"}] * 4, None, "row 0: the probability of 'a' is 'x', expected a number"),
        ([{"a": "0.5", "b": 0.5}] * 4, None, "is '0.5', expected a number"),
        ([{"a": None}] * 4, None, "is None, expected a number"),
        ([{"a": 0.5}] * 4, None, "for text 0: expected numbers from 0 to 1 whose sum is 1"),
        ([{"a": 1.5, "b": -0.5}] * 4, None, "for text 0: expected numbers from 0 to 1"),
        ([{"a": NAN, "b": 1.0}] * 4, None, "for text 0: expected numbers from 0 to 1"),
        ([{"a": 1.0}] * 3, None, "4 texts, but 3 labels"),
        (CERTAIN, None, r"name them with classes=\[...\]"),
        (CERTAIN, ["a"], "y has 2 columns: expected one for each of 1 class in `classes`"),
        (CERTAIN, ["a", "a"], "'a' is there twice"),
        # In the order of hashes.
        (CERTAIN, {"a", "b"}, "expected a list of the classes, in the order of the columns"),
        (CERTAIN, frozenset("ab"), "expected a list of the classes"),
        (CERTAIN, "ab", "expected a list of the classes"),
        (CERTAIN, 2, "expected a list of the classes"),
        (CERTAIN, [["a"], ["b"]], r"\['a'\] is no class"),
        (CERTAIN, ["a", 1], "'a', a str, and 1, an integer, are of two types"),
        (CERTAIN, ["a", None], r"a class is missing \(None\)"),
        (CERTAIN, [NAN, 1.0], r"a class is missing \(nan\)"),
        (CERTAIN, [float("inf"), 1.0], "inf is no class"),
        (CERTAIN, [-1, 2**63], "integers that NumPy has no type for"),
        (np.ma.masked_array(CERTAIN, mask=[[1, 0]] * 4), COLUMNS, "masked values"),
        (LABELS, COLUMNS, "y is none: leave `classes` out"),
        (pd.DataFrame(TABLE), COLUMNS, "leave `classes` out"),
        ([{"a": 1.0}] * 4, ["a"], "leave `classes` out"),
        ([{NAN: 0.5, "b": 0.5}] * 4, None, "a class is missing"),
        ([{1: 0.5, "b": 0.5}] * 4, None, "are of two types"),
        ([{1: 1.0}, {True: 1.0}] * 2, None, "1, an integer, and True, a boolean, are of two types"),
        ([{"a": 0.5, "": 0.5}] * 4, None, "is an empty string"),
        (pd.DataFrame({"id": [1.0] * 4, "label": LABELS}), None, "expected one column of labels"),
        (pd.DataFrame([[1.0, 0.0]] * 4, columns=["a", "a"]), None, "the column 'a' twice"),
    ],
)
def test_what_is_wrong_is_said(y, classes, says):
    model = TextClassifier()
    with pytest.raises((TypeError, ValueError), match=says):
        model.fit(TEXTS, y, classes=classes)
    assert not hasattr(model, "classes_")


@pytest.mark.parametrize(
    "y",
    [
        CERTAIN.tolist(),
        CERTAIN.astype(int),
        CERTAIN.astype(bool),
        list(CERTAIN),
        np.asfortranarray(CERTAIN, dtype=np.float32),
    ],
)
def test_whatever_an_array_can_be_made_of(y):
    expected = as_bytes(TextClassifier().fit(TEXTS, LABELS))
    assert as_bytes(TextClassifier().fit(TEXTS, y, classes=COLUMNS)) == expected


def test_one_column():
    model = TextClassifier()
    with pytest.warns(UserWarning, match="only one"):
        model.fit(TEXTS, np.ones((4, 1)), classes=["technology"])
    assert model.classes_.tolist() == ["technology"]


def test_dummies_and_zeros_of_either_sign():
    assert as_bytes(TextClassifier().fit(TEXTS, pd.get_dummies(LABELS))) == as_bytes(
        TextClassifier().fit(TEXTS, LABELS)
    )
    model = TextClassifier().fit(TEXTS, pd.DataFrame({-0.0: [1, 0, 1, 0], 1.0: [0, 1, 0, 1]}))
    assert str(model.classes_.tolist()) == "[0.0, 1.0]"


@pytest.mark.parametrize("y", [[{"policy": 1.0}] * 4, pd.DataFrame(TABLE)])
def test_what_takes_labels_alone_says_so(y):
    model = TextClassifier().fit(TEXTS, LABELS)
    for call in (
        lambda: model.audit(TEXTS, y),
        lambda: model.calibrated(TEXTS, y),
        lambda: TextClassifier().fit_stream([(TEXTS, y)]),
    ):
        with pytest.raises((TypeError, ValueError), match="got probabilities of classes: `fit`"):
            call()


@pytest.mark.parametrize("params", [{"refine": True}, {"calibrate": True}, {"alpha": "auto"}])
def test_what_needs_labels_says_so(params):
    with pytest.raises(ValueError, match="expected one label for each text"):
        TextClassifier(**params).fit(TEXTS, CERTAIN, classes=COLUMNS)


def test_after_a_fit_the_classes_name_the_columns_of_an_array():
    texts = ["chips and code", "votes on bills", "rates and banks", "code for phones"]
    y = ["technology", "policy", "markets", "technology"]
    added = np.array([[0.3, 0.7], [1.0, 0.0]])
    models = []
    for columns in (["technology", "policy"], ["policy", "technology"]):
        model = TextClassifier(idf_order="after_norm").fit(texts, y)
        part = added if columns[0] == "technology" else added[:, ::-1]
        models.append(model.partial_fit(["votes on code", "new phones"], part, classes=columns))
    assert models[0].to_bytes() == models[1].to_bytes()
    np.testing.assert_allclose(models[0].class_count_, [1, 1.7, 3.3])
