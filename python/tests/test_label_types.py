"""Labels of every type: of the background, of a prior, and of NumPy's strings of any length."""

import enum
import json
import pickle
import re

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from slugline import TextClassifier

TEXTS = [
    "chips phones code",
    "vote bill law",
    "rates shares bonds",
    "dogs cats birds",
] * 3
NUMBERS = [1, 2, 3, 4] * 3
#: Labels of each type, and the background among them.
TYPES = {
    "integers": (NUMBERS, 2),
    "integers of 8 bits": (np.array(NUMBERS, dtype="i1"), np.int8(2)),
    "integers, not in the order of their names": ([9, 10, 11, 100] * 3, 10),
    "floats": ([1.0, 2.0, 3.0, 4.0] * 3, 2.0),
    "floats of 32 bits": (np.array(NUMBERS, dtype="f4"), 2.0),
    "booleans": ([False, True] * 6, True),
    "str": (list("abcd") * 3, "b"),
    "numbers as str": (["1", "2", "3", "4"] * 3, "2"),
    "objects": (np.array(list("abcd") * 3, dtype=object), np.str_("b")),
    "StringDType": (np.array(list("abcd") * 3, dtype=np.dtypes.StringDType()), "b"),
}
#: What is no label of these types, though some of it has the same name.
OTHERS = {
    "integers": ["2", 2.0, np.float64(2), True, "x"],
    "floats": ["2.0", 2, np.int64(2), True],
    "booleans": ["True", 1, 1.0],
    "numbers as str": [2, 2.0, True],
}
EXACT = {"idf_order": "after_norm"}


def answers(model):
    return {
        "classes": model.classes_.tolist(),
        "labels": model.predict(TEXTS).tolist(),
        "probabilities": model.predict_proba(TEXTS).tolist(),
        "verdict": model.classify(TEXTS[2]).label,
    }


def entries(y, background, **more):
    """Everything that takes labels."""
    model = TextClassifier("multinomial", background=background, **EXACT, **more)
    return {
        "fit": lambda: model.fit(TEXTS, y),
        "fit_stream": lambda: model.fit_stream([(TEXTS[:4], y[:4]), (TEXTS[4:], y[4:])]),
        "partial_fit": lambda: model.partial_fit(TEXTS, y),
        "unlabelled": lambda: model.fit(TEXTS, y, unlabelled=TEXTS),
        "calibrate": lambda: model.set_params(calibrate=True).fit(TEXTS, y),
        "auto": lambda: model.set_params(alpha="auto").fit(TEXTS, y),
        "audit": lambda: model.audit(TEXTS, y),
    }


def score(model, texts, y):
    """scikit-learn's own `score` does not take strings of any length."""
    return float(np.mean(model.predict(texts) == np.asarray(y)))


ENTRIES = list(entries(NUMBERS, 2))


@pytest.mark.parametrize("entry", ENTRIES)
@pytest.mark.parametrize("labels", TYPES)
def test_the_background_is_no_class(labels, entry):
    y, background = TYPES[labels]
    if (labels, entry) == ("booleans", "auto"):
        pytest.skip("nothing can be chosen for a single class")
    found = entries(y, background)[entry]()
    classes = [label for label in np.unique(y).tolist() if label != np.asarray(y)[1]]
    if entry == "audit":
        assert found.classes.tolist() == classes
        assert len(found.doubts) == sum(label in classes for label in np.asarray(y).tolist())
        return
    assert found.classes_.tolist() == classes
    assert found.predict_proba(TEXTS).shape == (12, len(classes))
    topics = [at for at, label in enumerate(np.asarray(y).tolist()) if label in classes]
    assert score(found, [TEXTS[at] for at in topics], np.asarray(y)[topics]) == 1
    for again in (
        TextClassifier.from_bytes(found.to_bytes()),
        pickle.loads(pickle.dumps(found)),
    ):
        assert answers(again) == answers(found)
        assert again.classes_.dtype == found.classes_.dtype


@pytest.mark.parametrize("entry", ENTRIES)
@pytest.mark.parametrize(
    ("labels", "background"), [(labels, other) for labels in OTHERS for other in OTHERS[labels]]
)
def test_a_background_of_another_type_is_told(labels, background, entry):
    y = TYPES[labels][0]
    with pytest.raises(ValueError, match=r"background is .*but the labels in y are .*expected a"):
        entries(y, background)[entry]()


def test_a_background_that_is_set_later_is_told():
    model = TextClassifier(background=2, **EXACT).fit(TEXTS, NUMBERS)
    model.set_params(background="2")
    with pytest.raises(ValueError, match=r"background is '2', a str, but .* integers"):
        model.partial_fit(TEXTS, NUMBERS)


def with_prior(y, prior, **more):
    """Every way to fit with a prior."""
    model = TextClassifier("multinomial", **more)
    return {
        "fit": lambda: model.fit(TEXTS, y, prior=prior),
        "fit_stream": lambda: model.fit_stream([(TEXTS[:4], y[:4]), (TEXTS, y)], prior=prior),
        "unlabelled": lambda: model.fit(TEXTS, y, prior=prior, unlabelled=TEXTS),
        "auto": lambda: model.set_params(alpha="auto").fit(TEXTS, y, prior=prior),
        "audit": lambda: model.audit(TEXTS, y, prior=prior),
    }


WITH_PRIOR = list(with_prior(NUMBERS, {}))
SPELT = [
    ("integers", "2", 2),
    ("integers", np.int64(2), 2),
    ("integers", 2.0, 2),
    ("integers, not in the order of their names", "10", 10),
    ("floats", "2.0", 2.0),
    ("floats", "2", 2.0),
    ("floats", 2, 2.0),
    ("floats of 32 bits", 2.0, np.float32(2)),
    ("booleans", "true", True),
    ("booleans", "True", True),
    ("numbers as str", 2, "2"),
    ("objects", np.str_("b"), "b"),
    ("StringDType", "b", "b"),
]


@pytest.mark.parametrize("entry", WITH_PRIOR)
@pytest.mark.parametrize(("labels", "key", "label"), SPELT)
def test_a_label_of_a_prior_is_that_of_y(labels, key, label, entry):
    y = TYPES[labels][0]
    found = with_prior(y, {key: {"tariff": 3.0}})[entry]()
    same = with_prior(y, {label: {"tariff": 3.0}})[entry]()
    if entry == "audit":
        assert found.doubts == same.doubts
        assert found.classes.dtype == np.unique(np.asarray(y)).dtype
        return
    assert found.classes_.tolist() == np.unique(y).tolist()
    assert found.classes_.dtype == np.asarray(y).dtype
    assert found.predict(["tariff"]).tolist() == np.asarray([label], np.asarray(y).dtype).tolist()
    assert answers(found) == answers(same)
    if labels != "booleans":  # Each of them stands for two kinds of texts.
        assert score(found, TEXTS, y) == 1


def test_a_prior_that_went_through_json():
    prior = {2: {"tariff": 3.0}, 3: {"loans": 1.0}}
    read = json.loads(json.dumps(prior))
    model, same = (TextClassifier().fit(TEXTS, NUMBERS, prior=each) for each in (read, prior))
    assert answers(model) == answers(same)


@pytest.mark.parametrize("entry", WITH_PRIOR)
@pytest.mark.parametrize(
    ("labels", "key", "says"),
    [
        ("integers", "5", "the label '5', a str, is none of y's, and the labels in y are integers"),
        ("integers", " 2", "' 2', a str"),
        ("integers", 2.5, "2.5, a float"),
        ("integers", True, "True, a boolean"),
        ("integers", float("nan"), "nan, a float"),
        ("integers", None, "None, a NoneType"),
        ("integers", (1, 2), "(1, 2), a tuple"),
        ("floats", "x", "'x', a str, is none of y's, and the labels in y are floats"),
        ("floats", float("nan"), "nan, a float"),
        ("floats", 7, "7, an integer"),
        ("booleans", 1, "1, an integer, is none of y's, and the labels in y are booleans"),
        ("booleans", 2, "2, an integer"),
        ("str", 2, "2, an integer, is none of y's, and the labels in y are str"),
        ("objects", 2, "2, an integer"),
        ("StringDType", 2, "2, an integer"),
        ("str", "", "empty string"),
    ],
)
def test_a_label_of_a_prior_of_another_type_is_told(labels, key, says, entry):
    with pytest.raises(ValueError, match="prior: .*" + re.escape(says)):
        with_prior(TYPES[labels][0], {key: {"tariff": 3.0}})[entry]()


def test_two_keys_for_one_label_are_told():
    with pytest.raises(ValueError, match="'2' and 2 are the same label"):
        TextClassifier().fit(TEXTS, NUMBERS, prior={"2": {"a": 1}, 2: {"vote": 1}})
    with pytest.raises(ValueError, match=r"two types, 2, an integer, and 'b', a str"):
        TextClassifier("multinomial").fit(
            [], [], prior={2: {"vote": 1}, "b": {"dogs": 1}}, unlabelled=TEXTS
        )


@pytest.mark.parametrize(
    ("labels", "key", "dtype"),
    [
        ("integers", 300, "i8"),
        ("integers of 8 bits", 5, "i1"),
        ("integers of 8 bits", 300, "i2"),
        ("floats", 5.0, "f8"),
        ("str", "longer", "U6"),
        ("objects", "longer", "O"),
        ("StringDType", "longer", np.dtypes.StringDType()),
    ],
)
@pytest.mark.parametrize("entry", ["fit", "fit_stream", "auto"])
def test_a_new_class_of_a_prior(labels, key, dtype, entry):
    y = TYPES[labels][0]
    # A class without documents has the prior of the others.
    model = with_prior(y, {key: {"tariff": 3.0}}, fit_prior=False)[entry]()
    assert model.classes_.tolist() == sorted([*np.unique(y).tolist(), key])
    assert model.classes_.dtype.kind == np.dtype(dtype).kind
    assert model.predict(["tariff"]).tolist() == [key]
    assert score(model, TEXTS, y) == 1


COLUMNS = {
    "list": list,
    "tuple": tuple,
    "objects": lambda y: np.array(y, dtype=object),
    "StringDType": lambda y: np.array(y, dtype=np.dtypes.StringDType()),
    "pandas": pd.Series,
    "polars": pl.Series,
    "arrow": pa.array,
}


@pytest.mark.parametrize("few", [False, True], ids=["many names", "few names"])
@pytest.mark.parametrize("column", COLUMNS)
def test_a_zero_at_the_end_of_a_name_tells_labels_apart(column, few):
    y = COLUMNS[column](["a\0", "a", "c", "d"] * (3 if few else 1))
    texts = TEXTS[: len(y)]
    whole = TextClassifier(**EXACT).fit(texts, y)
    assert whole.classes_.tolist() == ["a", "a\0", "c", "d"]
    assert whole.predict(TEXTS[:2]).tolist() == ["a\0", "a"]
    stream = TextClassifier(**EXACT).fit_stream([(texts, y)])
    declared = TextClassifier(**EXACT).partial_fit(texts, y, classes=["a", "a\0", "c", "d", "e"])
    grown = TextClassifier(**EXACT).fit(TEXTS[1:3], ["a", "c"]).partial_fit(texts, y)
    for model in (stream, grown):
        assert model.classes_.tolist() == whole.classes_.tolist()
        assert model.predict(TEXTS).tolist() == whole.predict(TEXTS).tolist()
    assert declared.classes_.tolist() == ["a", "a\0", "c", "d", "e"]
    assert len(TextClassifier(**EXACT).audit(texts, y).classes) == 4
    prior = {"a\0": {"tariff": 1.0}, "b\0": {"loans": 1.0}}
    assert TextClassifier().fit(texts, y, prior=prior).classes_.tolist() == [
        *["a", "a\0", "b\0", "c", "d"]
    ]


def test_half_a_character_in_a_label_is_told():
    with pytest.raises(ValueError, match="half of one"):
        TextClassifier().fit(TEXTS[:2], ["\ud800", "a"])


def test_strings_of_any_length(tmp_path):
    dtype = np.dtypes.StringDType()
    y = np.array(list("abcd") * 3, dtype=dtype)
    model = TextClassifier(**EXACT).fit(TEXTS, y)
    assert model.classes_.dtype == dtype
    assert model.predict(TEXTS).tolist() == list("abcd") * 3
    model.partial_fit(["a zebra"], np.array(["a name that is long"], dtype=dtype))
    assert model.classes_.tolist() == ["a", "a name that is long", "b", "c", "d"]
    assert model.classes_.dtype == dtype
    model.forget(["a zebra"], np.array(["a name that is long"], dtype=dtype))
    declared = TextClassifier(**EXACT).partial_fit(TEXTS, y, classes=np.unique(y))
    assert score(declared.partial_fit(TEXTS, y), TEXTS, y) == 1
    with pytest.raises(ValueError, match="do not exist in the initial classes"):
        declared.partial_fit(["x"], np.array(["z"], dtype=dtype))
    audit = TextClassifier().audit(TEXTS, y)
    assert (audit.accuracy, audit.classes.dtype) == (1, dtype)
    assert model.merge(declared).classes_.dtype == dtype
    assert model.calibrated(TEXTS, y).classes_.dtype == dtype
    model.explain("vote", label="b", versus="a")

    vocabulary = np.array(["chips", "vote", "rates", "dogs"], dtype=dtype)
    known = TextClassifier(vocabulary=vocabulary).fit(TEXTS, y)
    known.note = np.array(["a", "b"], dtype=dtype)
    known.save(tmp_path / "model.safetensors")
    loaded = TextClassifier.load(tmp_path / "model.safetensors")
    for array, other in [
        (loaded.classes_, known.classes_),
        (loaded.vocabulary, vocabulary),
        (loaded.note, known.note),
    ]:
        assert array.dtype == dtype
        assert array.tolist() == other.tolist()
    assert answers(loaded) == answers(known)
    assert answers(pickle.loads(pickle.dumps(known))) == answers(known)


def test_labels_of_another_type_do_not_calibrate():
    model = TextClassifier().fit(TEXTS, NUMBERS)
    with pytest.raises(ValueError, match="y are of type text, those of the model of type integer"):
        model.calibrated(TEXTS, [str(number) for number in NUMBERS])


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_zero_is_one_label_with_either_sign(dtype):
    y, minus = (np.array([sign * 0.0, 1.0, 2.0, 3.0] * 3, dtype=dtype) for sign in (1, -1))
    both = np.concatenate([y, minus])
    texts = TEXTS + TEXTS
    expected = TextClassifier(**EXACT).fit(texts, np.abs(both))
    one, other = (TextClassifier(**EXACT).fit(TEXTS, labels) for labels in (y, minus))
    ways = [
        TextClassifier(**EXACT).fit(texts, both),
        TextClassifier(**EXACT).fit_stream([(TEXTS, y), (TEXTS, minus)]),
        TextClassifier(**EXACT).partial_fit(TEXTS, minus).partial_fit(TEXTS, y),
        one.merge(other),
    ]
    for model in ways:
        assert model.classes_.tolist() == [0, 1, 2, 3]
        assert not np.signbit(model.classes_).any()
        assert model.class_count_.tolist() == [6] * 4
        assert model.to_bytes() == expected.to_bytes()
        assert model.predict(TEXTS).tolist() == expected.predict(TEXTS).tolist()
        assert model.classify(TEXTS[0]).label == model.predict(TEXTS[:1])[0]
    assert expected.forget(TEXTS, minus).to_bytes() == one.to_bytes()
    assert one.calibrated(TEXTS, minus).classes_.tolist() == [0, 1, 2, 3]
    assert TextClassifier().audit(texts, both).classes.tolist() == [0, 1, 2, 3]
    assert TextClassifier(background=-0.0).fit(TEXTS, y).classes_.tolist() == [1, 2, 3]
    prior = {-0.0: {"zebra": 1.0}}
    assert TextClassifier().fit(TEXTS, y, prior=prior).predict(["zebra"]) == [0]


class Topic(str, enum.Enum):
    A = "a"
    B = "b"


def test_members_of_an_enum_of_names_are_those_names():
    y = np.array([Topic.A, Topic.B] * 6, dtype=object)
    model = TextClassifier(**EXACT).fit(TEXTS, y)
    assert model.predict(TEXTS).tolist() == y.tolist()
    again = TextClassifier.from_bytes(model.to_bytes())
    assert again.predict(TEXTS).tolist() == ["a", "b"] * 6
    model.partial_fit(TEXTS, ["a", "b"] * 6)
    assert model.classes_.tolist() == ["a", "b"]
    prior = {Topic.B: {"zebra": 5.0}}
    assert TextClassifier().fit(TEXTS, ["a", "b"] * 6, prior=prior).predict(["zebra"]) == ["b"]
    with_background = TextClassifier(background=Topic.B).fit(TEXTS, ["a", "b", "c", "d"] * 3)
    assert with_background.classes_.tolist() == ["a", "c", "d"]


@pytest.mark.parametrize("y", [[9, 10, 11], [9.0, 10.0, 11.0], [-2, -1, 10], [True, False, True]])
@pytest.mark.parametrize("naive_bayes", ["complement", "multinomial", "bernoulli"])
def test_of_equals_the_first_label_is_the_answer_of_every_method(naive_bayes, y):
    texts = ["chips phones", "vote bill", "rates rise"]
    model = TextClassifier(naive_bayes).fit(texts, y)
    for text in ["zebra", "", "chips vote", "vote", *texts]:
        (label,) = model.predict([text])
        assert model.classify(text).label == label
        assert model.explain(text).label == label
        assert model.classify(text).probability == model.predict_proba([text]).max()


def test_labels_of_a_prior_that_y_cannot_have():
    for key, y in ((2**70, [0, 1]), (float("inf"), [0.0, 1.0])):
        with pytest.raises(ValueError, match="prior"):
            TextClassifier().fit(["a vote", "a chip"], y, prior={key: {"zebra": 1.0}})


def test_labels_that_are_no_classes():
    class Odd:
        def __eq__(self, other):
            return np.array([True, False])

    for call in (TextClassifier().fit, TextClassifier(**EXACT).partial_fit, TextClassifier().audit):
        with pytest.raises(TypeError, match="Odd, expected a class"):
            call(["a vote", "a chip"], [Odd(), Odd()])
