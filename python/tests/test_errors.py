"""Errors say what was passed, where it stands, and what to do, in the user's words."""

import errno
import os
import re

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import slugline.sklearn
from sklearn.exceptions import DataConversionWarning
from slugline import TextClassifier

TEXTS = ["new phones and chips", "ministers vote on a bill", "chips for phones", "votes on bills"]
LABELS = ["technology", "policy", "technology", "policy"]
COLUMNS = {"id": [1, 2, 3, 4], "text": TEXTS, "label": LABELS}
MODEL = TextClassifier("multinomial").fit(TEXTS, LABELS)


def methods(X):
    """Everything that takes texts."""
    exact = TextClassifier(idf_order="after_norm").fit(TEXTS, LABELS)
    return {
        "fit": lambda: TextClassifier().fit(X, LABELS),
        "unlabelled": lambda: TextClassifier().fit(TEXTS, LABELS, unlabelled=X),
        "fit_stream": lambda: TextClassifier().fit_stream([(X, LABELS)]),
        "partial_fit": lambda: exact.partial_fit(X, LABELS),
        "forget": lambda: exact.forget(X, LABELS),
        "audit": lambda: TextClassifier().audit(X, LABELS),
        "adapt": lambda: MODEL.adapt(X),
        "calibrated": lambda: MODEL.calibrated(X, LABELS),
        "predict": lambda: MODEL.predict(X),
        "predict_proba": lambda: MODEL.predict_proba(X),
        "predict_log_proba": lambda: MODEL.predict_log_proba(X),
        "predict_joint_log_proba": lambda: MODEL.predict_joint_log_proba(X),
        "predict_shares": lambda: MODEL.predict_shares(X),
        "evidence": lambda: MODEL.evidence(X),
        "score": lambda: MODEL.score(X, LABELS),
    }


METHODS = list(methods(TEXTS))
TABLES = {
    "pandas": (pd.DataFrame(COLUMNS), "DataFrame", "columns", "df['text']"),
    "polars": (pl.DataFrame(COLUMNS), "DataFrame", "columns", "df['text']"),
    "arrow": (pa.table(COLUMNS), "Table", "columns", "table['text']"),
    "arrow, a batch": (
        pa.table(COLUMNS).to_batches()[0],
        "RecordBatch",
        "columns",
        "table['text']",
    ),
    "dict": (COLUMNS, "dict", "keys", "d['text']"),
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("table", TABLES)
def test_a_table_says_which_column_to_pass(table, method):
    X, kind, parts, advice = TABLES[table]
    says = f"got a {kind} with the {parts} 'id', 'text', 'label': pass {advice}"
    with pytest.raises(TypeError, match=re.escape(says)):
        methods(X)[method]()


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"id": [1], "Body": ["a"]}, "pass df['Body']"),
        ({"id": [1], "story": ["a"]}, "pass df['story']"),
        ({"text": ["a"]}, "with the column 'text': pass df['text']"),
        ({"id": [1], "n": [2]}, "none of which holds text"),
        ({f"c{n}": [n] for n in range(30)}, "'c9' and 20 more, none"),
        ({}, "without columns"),
    ],
)
def test_the_column_of_texts_is_found(columns, says):
    with pytest.raises(TypeError, match=re.escape(says)):
        MODEL.predict(pd.DataFrame(columns))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("X", "error", "says"),
    [
        (pd.Series([*TEXTS[:3], None], name="body"), ValueError, "document 3 is missing: row 3"),
        (pd.Series([*TEXTS[:3], 7], name="body"), TypeError, "(Series 'body')"),
        (pd.Series([*TEXTS[:3], 7], name="body"), TypeError, "document 3 is a int"),
        (pd.Series([1.5, *TEXTS[1:]], index=[9, 8, 7, 6]), TypeError, "row 0 (index 9) is 1.5"),
        (pd.Series([np.nan, *TEXTS[1:]], name="body"), ValueError, "df['body'].fillna"),
        (pl.Series("body", [*TEXTS[:3], None]), ValueError, "df['body'].fill_null"),
        (pa.array([*TEXTS[:3], None]), ValueError, "document 3 is missing"),
        ([*TEXTS[:3], None], ValueError, "document 3 is missing: row 3 is None"),
        ([*TEXTS[:3], float("nan")], ValueError, "row 3 is nan"),
        ([*TEXTS[:3], b"x"], TypeError, "document 3 is a bytes, expected a str: row 3 is b'x'"),
        (np.array([*TEXTS[:3], 4], dtype=object), TypeError, "row 3 is 4"),
        (np.array([TEXTS]), TypeError, "the shape (1, 4), expected one text a row"),
        (np.array([TEXTS]).T, TypeError, ": pass one column,"),
        ("one text", ValueError, "string object received. For one text pass a list"),
        (iter([*TEXTS[:3], 4]), TypeError, "document 3 is a int"),
    ],
)
def test_what_is_no_text_is_named(X, error, says, method):
    if not isinstance(X, (list, str, np.ndarray, pd.Series, pl.Series, pa.Array)):
        X = iter([*TEXTS[:3], 4])
    with pytest.raises(error, match=re.escape(says)):
        methods(X)[method]()


@pytest.mark.parametrize(
    ("y", "says"),
    [
        ([*LABELS[:3], ""], "y: row 3 is an empty string"),
        (["", "", *LABELS[2:]], "y: row 0 is an empty string"),
        (np.array([*LABELS[:3], ""]), "row 3 is an empty string"),
        (
            pd.Series([*LABELS[:3], ""], name="topic"),
            "y (Series 'topic'): row 3 is an empty string",
        ),
        (pd.Series([*LABELS[:3], None], name="topic"), "y (Series 'topic'): row 3 is missing"),
        (pd.Series([*LABELS[:3], None], index=list("abcd")), "row 3 (index 'd') is missing"),
        ([*LABELS[:3], None], "y: row 3 is missing (None)"),
        (np.array([*LABELS[:3], np.nan], dtype=object), "y: row 3 is missing (nan)"),
        (LABELS[:3], "4 texts, but 3 labels"),
        (LABELS[:1], "4 texts, but 1 label"),
    ],
)
@pytest.mark.parametrize("method", ["fit", "fit_stream", "audit", "partial_fit", "calibrated"])
def test_labels_that_are_none_are_named(y, says, method):
    call = {
        "fit": lambda: TextClassifier().fit(TEXTS, y),
        "fit_stream": lambda: TextClassifier().fit_stream([(TEXTS, y)]),
        "audit": lambda: TextClassifier().audit(TEXTS, y),
        "partial_fit": lambda: TextClassifier(idf_order="after_norm").partial_fit(TEXTS, y),
        "calibrated": lambda: MODEL.calibrated(TEXTS, y),
    }[method]
    with pytest.raises((TypeError, ValueError), match=re.escape(says)):
        call()


@pytest.mark.parametrize("method", ["fit", "fit_stream", "audit", "partial_fit", "calibrated"])
@pytest.mark.parametrize("table", TABLES)
def test_a_table_in_the_place_of_labels_says_which_column_to_pass(table, method):
    y, kind, parts, advice = TABLES[table]
    advice = advice.replace("text", "label")
    says = f"y: expected one column of labels, got a {kind} with the {parts}"
    with pytest.raises(TypeError, match=re.escape(says)) as seen:
        {
            "fit": lambda: TextClassifier().fit(TEXTS, y),
            "fit_stream": lambda: TextClassifier().fit_stream([(TEXTS, y)]),
            "audit": lambda: TextClassifier().audit(TEXTS, y),
            "partial_fit": lambda: TextClassifier(idf_order="after_norm").partial_fit(TEXTS, y),
            "calibrated": lambda: MODEL.calibrated(TEXTS, y),
        }[method]()
    assert f"pass {advice}" in str(seen.value)


def test_one_column_of_labels_is_taken_as_scikit_learn_takes_it():
    with pytest.warns(DataConversionWarning):
        model = TextClassifier().fit(TEXTS, pd.DataFrame({"label": LABELS}))
    assert model.classes_.tolist() == ["policy", "technology"]


def test_merge_names_the_settings_that_differ():
    one = TextClassifier(idf_order="after_norm").fit(TEXTS, LABELS)
    for settings, says in (
        ({"alpha": 0.3}, "different settings: alpha is 1.0 and 0.3"),
        ({"ngram_range": (1, 2)}, "settings: ngram_range is (1, 1) and (1, 2)"),
        ({"naive_bayes": "multinomial"}, "settings: naive_bayes is 'complement' and 'multinomial'"),
        ({"stop_words": ["the"]}, "settings: stop_words is None and ['the']"),
        ({"min_df": 2, "lowercase": False}, "lowercase is True and False; min_df is 1 and 2"),
    ):
        other = TextClassifier(**{"idf_order": "after_norm", **settings}).fit(TEXTS * 2, LABELS * 2)
        with pytest.raises(ValueError, match=re.escape(says)):
            one.merge(other)
    with pytest.raises(ValueError, match=r"alpha is 2.0 and 1.0"):
        one.set_params(alpha=2.0).partial_fit(TEXTS, LABELS)
    with pytest.raises(ValueError, match='idf_order="after_norm"'):
        MODEL.merge(MODEL)
    with pytest.raises(TypeError, match="other is a str: expected a fitted TextClassifier"):
        one.merge("another")


def test_settings_are_named_as_python_spells_them():
    for call, says in (
        (lambda: MODEL.adapt(TEXTS, max_iter=0), "max_iter is 0"),
        (lambda: MODEL.adapt(TEXTS, weight=-1), "weight is -1"),
        (
            lambda: TextClassifier().fit(TEXTS, LABELS, unlabelled=TEXTS, unlabelled_weight=0),
            "unlabelled_weight is 0",
        ),
        (lambda: MODEL.explain(TEXTS[0], label="sport"), "label is 'sport': expected one of"),
        (lambda: MODEL.top_terms("sport"), "label is 'sport': expected one of 'policy', 'techno"),
        (lambda: MODEL.explain(TEXTS[0], label="policy", versus="policy"), "versus is policy"),
        (lambda: TextClassifier(background="x").fit(TEXTS, LABELS), "background is"),
        (lambda: TextClassifier(ngram_range=(2, 1)).fit(TEXTS, LABELS), "ngram_range is (2, 1)"),
        (lambda: TextClassifier(stop_words="klingon").fit(TEXTS, LABELS), "stop_words is klingon"),
        (lambda: TextClassifier(token_pattern="(").fit(TEXTS, LABELS), "token_pattern is ("),
        (lambda: TextClassifier().partial_fit(TEXTS, LABELS), 'idf_order="after_norm"'),
    ):
        with pytest.raises(ValueError, match=re.escape(says)) as seen:
            call()
        assert "--" not in str(seen.value)


def of_os(call, kind, number, path):
    with pytest.raises(kind) as seen:
        call()
    assert seen.value.errno == number
    assert seen.value.strerror == os.strerror(number)
    assert os.fspath(seen.value.filename) == os.fspath(path)
    assert str(path) in str(seen.value)
    assert ".tmp" not in str(seen.value)


def test_errors_of_the_system_are_those_of_python(tmp_path, monkeypatch):
    missing = tmp_path / "no" / "such" / "model.safetensors"
    of_os(lambda: MODEL.save(missing), FileNotFoundError, errno.ENOENT, missing)
    of_os(lambda: TextClassifier.load(missing), FileNotFoundError, errno.ENOENT, missing)
    of_os(lambda: TextClassifier.load(tmp_path), IsADirectoryError, errno.EISDIR, tmp_path)
    of_os(lambda: MODEL.save(tmp_path), IsADirectoryError, errno.EISDIR, tmp_path)
    file = tmp_path / "file"
    file.write_text("a text")
    within = file / "model.safetensors"
    of_os(lambda: MODEL.save(within), NotADirectoryError, errno.ENOTDIR, within)
    of_os(lambda: TextClassifier.load(within), NotADirectoryError, errno.ENOTDIR, within)
    monkeypatch.chdir(tmp_path)
    of_os(lambda: MODEL.save("no/m"), FileNotFoundError, errno.ENOENT, "no/m")
    assert sorted(os.listdir(tmp_path)) == ["file"]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may do anything")
def test_what_is_not_allowed_is_a_permission_error(tmp_path):
    (tmp_path / "closed").mkdir(mode=0o500)
    path = tmp_path / "closed" / "model.safetensors"
    of_os(lambda: MODEL.save(path), PermissionError, errno.EACCES, path)


@pytest.mark.parametrize("vectorizer", ["CountVectorizer", "TfidfVectorizer", "HashingVectorizer"])
@pytest.mark.parametrize("table", TABLES)
def test_a_table_in_a_drop_in_says_which_column_to_pass(table, vectorizer):
    X, kind, parts, advice = TABLES[table]
    if kind == "dict":
        return  # of which scikit-learn reads the keys, as it does here
    made = getattr(slugline.sklearn, vectorizer)().fit(TEXTS)
    says = f"got a {kind} with the {parts} 'id', 'text', 'label': pass {advice}"
    # HashingVectorizer.fit reads nothing.
    for method in (made.fit, made.fit_transform, made.transform)[vectorizer[0] == "H" :]:
        with pytest.raises(TypeError, match=re.escape(says)):
            method(X)


@pytest.mark.parametrize("vectorizer", ["CountVectorizer", "TfidfVectorizer", "HashingVectorizer"])
@pytest.mark.parametrize(
    ("X", "says"),
    [
        (pd.Series([1, 2], name="n"), "(Series 'n'): document 0 is a int, expected a str"),
        (pl.Series("n", [1, 2]), "(Series 'n'): document 0 is a int"),
        (pa.array([1.5, 2]), "document 0 is a float"),
        (pa.array([["a"], ["b"]]), "document 0 is a list"),
    ],
)
def test_a_column_of_something_else_in_a_drop_in(X, says, vectorizer):
    made = getattr(slugline.sklearn, vectorizer)().fit(TEXTS)
    error: type[Exception] = TypeError
    if not hasattr(X, "__arrow_c_stream__") and not hasattr(X, "__arrow_c_array__"):
        # A Series of an older pandas is read by scikit-learn's code.
        error, says = AttributeError, "has no attribute 'lower'"
    for method in (made.fit_transform, made.transform):
        with pytest.raises(error, match=re.escape(says)):
            method(X)


@pytest.mark.parametrize(
    ("fit", "says"),
    [
        (lambda: TextClassifier(alpha=1.0, norm_weights=True).fit(["aa"], [1]), "norm_weights"),
        (
            lambda: TextClassifier(norm_weights=True).fit(["aa", "aa"], [1, 2]),
            "norm_weights is on: expected off: all weights of a class are 0",
        ),
        (
            lambda: TextClassifier(norm_weights=True).audit(["aa", "aa"], [1, 2]),
            "norm_weights is on",
        ),
        (
            lambda: TextClassifier(norm_weights=True, max_features=1).fit(TEXTS, LABELS),
            "norm_weights",
        ),
        (
            lambda: TextClassifier("bernoulli", norm=None, binarize=None).fit(TEXTS, LABELS),
            "binarize is none: expected a number",
        ),
        (
            lambda: TextClassifier("multinomial").fit(TEXTS, LABELS, sample_weight=[1e308] * 4),
            "sample_weight is too large",
        ),
        (
            lambda: TextClassifier(alpha=0, norm_weights=True).fit(["aa"], [1]),
            "alpha is 0: expected above 0",
        ),
    ],
)
def test_weights_that_are_no_numbers_say_why(fit, says):
    with np.errstate(all="ignore"), pytest.raises(ValueError, match=re.escape(says)):
        fit()
