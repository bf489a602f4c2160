"""Texts from Python and from Arrow memory."""

from itertools import pairwise

import numpy as np
import pandas
import polars
import pyarrow
import pytest
from slugline import TextClassifier, _core

TEXTS = ["new phones", "", "ein Gesetz über Züge", "шина и рынок", "市場は上がる", "a" * 40]
ARROW = pyarrow.array(TEXTS)


def read(documents):
    """Return the texts as Rust reads them: the terms of a vocabulary of character n-grams."""
    analysis = _core.Analysis(False, None, "char", None, None, (1, 3))
    columns, _, (data, indices, indptr) = _core.learn(
        analysis, _core.Documents(documents, None, False), lambda *_: None
    )
    terms = list(columns)
    return [
        {terms[column]: data[at] for at, column in enumerate(indices[start:end], start)}
        for start, end in pairwise(indptr)
    ]


COLUMNS = {
    "tuple": tuple(TEXTS),
    "iterator": iter(TEXTS),
    "str array": np.array(TEXTS),
    "object array": np.array(TEXTS, dtype=object),
    "pandas": pandas.Series(TEXTS),
    "pandas, an index of its own": pandas.Series(TEXTS, index=[5, 3, 1, 0, 2, 9]),
    "pandas, objects": pandas.Series(TEXTS, dtype=object),
    "pandas, categories": pandas.Series(TEXTS, dtype="category"),
    "pandas, Arrow": pandas.Series(TEXTS, dtype=pandas.ArrowDtype(pyarrow.string())),
    "polars": polars.Series(TEXTS),
    "polars, categories": polars.Series(TEXTS, dtype=polars.Categorical),
    "polars, chunks": polars.concat([polars.Series(TEXTS[:2]), polars.Series(TEXTS[2:])]),
    "arrow": ARROW,
    "arrow, large": ARROW.cast(pyarrow.large_string()),
    "arrow, view": ARROW.cast(pyarrow.string_view()),
    "arrow, categories": ARROW.dictionary_encode(),
    "arrow, a slice": pyarrow.array(["x", *TEXTS, None]).slice(1, len(TEXTS)),
    "arrow, a slice of categories": pyarrow.array(["x", *TEXTS]).dictionary_encode().slice(1),
    "arrow, a slice of views": pyarrow.array(["x", *TEXTS]).cast(pyarrow.string_view()).slice(1),
    "arrow, chunks": pyarrow.chunked_array([ARROW[:2], ARROW[2:2], ARROW[2:]]),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_all_are_read_alike(name):
    assert read(COLUMNS[name]) == read(TEXTS)


class Stream:
    """An object that offers nothing but a stream."""

    def __init__(self, reader):
        self.reader = reader

    def __arrow_c_stream__(self, requested_schema=None):
        return self.reader.__arrow_c_stream__(requested_schema)


def test_arrow_memory_is_copied_and_released():
    before = pyarrow.total_allocated_bytes()
    column = pyarrow.array(["a text of some length"] * 50_000)
    documents = _core.Documents(Stream(pyarrow.chunked_array([column])))
    del column
    # The documents have what they need: the memory is free while they live.
    assert pyarrow.total_allocated_bytes() < before + 10_000
    assert len(documents) == 50_000


@pytest.mark.parametrize(
    ("column", "error", "message"),
    [
        (pyarrow.array(["a", None]), ValueError, "document 1 is null"),
        (pyarrow.chunked_array([["a", "b"], ["c", None]]), ValueError, "document 3 is null"),
        (pyarrow.array(["a", None]).dictionary_encode(), ValueError, "document 1 is null"),
        (
            pyarrow.DictionaryArray.from_arrays(pyarrow.array([0, 1]), pyarrow.array(["a", None])),
            ValueError,
            "a category is null",
        ),
        (pyarrow.array([1, 2]), TypeError, "expected one column of text, .* Int64"),
        (pyarrow.array([b"a"]), TypeError, "expected one column of text, .* Binary"),
        (pyarrow.array([1, 1]).dictionary_encode(), TypeError, "Dictionary"),
        (pyarrow.table({"text": TEXTS}), TypeError, "expected one column of text, .* Struct"),
        (pandas.DataFrame({"text": TEXTS}), TypeError, "expected one column of text"),
        (polars.Series([1.5]), TypeError, "Float64"),
        (pandas.Series(["a", 1]), TypeError, "document 1 is a int"),
        (pandas.Series(["a", None]), (TypeError, ValueError), "document 1 is"),
        ([1], TypeError, "document 0 is a int"),
        (["a", b"b"], TypeError, "document 1 is a bytes"),
        (["a", ["b"]], TypeError, "document 1 is a list"),
        (3, TypeError, "not iterable"),
    ],
)
def test_what_is_no_text_is_named(column, error, message):
    with pytest.raises(error, match=message):
        _core.Documents(column)


def test_bytes_that_are_no_utf8_are_not_taken_for_text():
    broken = pyarrow.array([b"fine", b"\xff\xfe"]).view(pyarrow.string())
    with pytest.raises(ValueError, match="cannot be read"):
        _core.Documents(broken)


def test_a_stream_that_breaks_off_is_an_error_and_can_be_read_but_once():
    schema = pyarrow.schema([("text", pyarrow.string())])

    def batches():
        yield pyarrow.record_batch([TEXTS], schema=schema)
        raise RuntimeError("the disk is gone")

    with pytest.raises(ValueError, match="the disk is gone"):
        _core.Documents(Stream(pyarrow.RecordBatchReader.from_batches(schema, batches())))

    class Once:
        capsule = pyarrow.chunked_array([TEXTS]).__arrow_c_stream__()

        def __arrow_c_stream__(self, requested_schema=None):
            return self.capsule

    assert len(_core.Documents(Once())) == len(TEXTS)
    with pytest.raises(ValueError, match="the stream was read before"):
        _core.Documents(Once())


def test_objects_that_only_pretend():
    class Wrong:
        def __arrow_c_stream__(self, requested_schema=None):
            return "no capsule"

    class Foreign:
        def __arrow_c_stream__(self, requested_schema=None):
            return ARROW.type.__arrow_c_schema__()

    class Refusing:
        def __arrow_c_stream__(self, requested_schema=None):
            raise ImportError("pyarrow is missing")

        def __iter__(self):
            return iter(TEXTS)

    for pretender in (Wrong(), Foreign()):
        with pytest.raises((TypeError, ValueError)):
            _core.Documents(pretender)
    assert read(Refusing()) == read(TEXTS)


def test_empty_columns():
    model = TextClassifier().fit(["a phone", "a law"], ["technology", "policy"])
    for empty in ([], ARROW[:0], ARROW[:0].dictionary_encode(), pandas.Series([], dtype="str")):
        assert model.predict(empty).shape == (0,)
        assert model.predict_proba(empty).shape == (0, 2)
        assert model.predict_log_proba(empty).shape == (0, 2)


def test_half_characters_are_no_part_of_a_word():
    model = TextClassifier().fit(["a phone", "a law"], ["technology", "policy"])
    assert model.predict(["law\ud800 and order", "\udfffphone"]).tolist() == [
        "policy",
        "technology",
    ]


def test_one_text_is_no_list_of_texts():
    with pytest.raises(ValueError, match="string object received"):
        TextClassifier().fit("a text", ["a"])
