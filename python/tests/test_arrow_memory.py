"""Arrow memory that somebody else owns: it may change at any time, and say what is not so."""

import ctypes
import subprocess
import sys

import numpy as np
import pandas
import polars
import pyarrow
import pytest
from slugline import TextClassifier, _core
from slugline.sklearn import CountVectorizer

WORDS = ["a phone of glass", "the law of the land", "markets rise and fall again"]


def on_memory(texts, large=False):
    """An array of PyArrow over NumPy memory, and the memory: offsets and bytes."""
    encoded = [text.encode() for text in texts]
    lengths = [len(text) for text in encoded]
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype("i8" if large else "i4")
    content = np.frombuffer(b"".join(encoded), dtype="u1").copy()
    kind = pyarrow.large_string() if large else pyarrow.string()
    buffers = [None, pyarrow.py_buffer(offsets), pyarrow.py_buffer(content)]
    return pyarrow.Array.from_buffers(kind, len(texts), buffers), offsets, content


def wrapped(array):
    """The objects by which a user hands over an array, without a copy."""
    yield array
    yield pyarrow.chunked_array([array[:2], array[2:]])
    yield pyarrow.table({"text": array})["text"]
    yield pandas.Series(array, dtype=pandas.ArrowDtype(array.type))


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize(
    ("at", "value"), [(1, 2**30), (3, 2**31 - 1), (2, -1), (1, 40), (0, -5), (0, 2**30)]
)
def test_offsets_that_lead_outside_are_an_error(large, at, value):
    array, offsets, _ = on_memory(WORDS, large)
    wrappers = list(wrapped(array))  # PyArrow looks through some of them, once.
    offsets[at] = value
    for documents in wrappers:
        with pytest.raises(ValueError, match="the Arrow data cannot be read"):
            _core.Documents(documents)


@pytest.mark.parametrize("kind", ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8"])
def test_categories_that_are_not_there_are_an_error(kind):
    keys = np.array([0, 2, 1], dtype=kind)
    buffers = [None, pyarrow.py_buffer(keys)]
    array = pyarrow.DictionaryArray.from_buffers(
        pyarrow.dictionary(pyarrow.from_numpy_dtype(kind), pyarrow.string()),
        3,
        buffers,
        pyarrow.array(WORDS),
    )
    assert len(_core.Documents(array)) == 3
    for wrong in {3, np.iinfo(kind).max, np.iinfo(kind).min} - {0}:
        keys[1] = wrong
        with pytest.raises(ValueError, match="cannot be read"):
            _core.Documents(array)


def test_views_that_lead_outside_are_an_error():
    content = np.frombuffer("".join(WORDS).encode(), "u1").copy()
    views = np.zeros((3, 4), "i4")
    for at, (start, text) in enumerate(zip([0, 16, 35], WORDS, strict=True)):
        prefix = int.from_bytes(text[:4].encode(), "little")
        views[at] = [len(text), prefix, 0, start]
    buffers = [None, pyarrow.py_buffer(views), pyarrow.py_buffer(content)]
    array = pyarrow.Array.from_buffers(pyarrow.string_view(), 3, buffers)
    assert len(_core.Documents(array)) == 3
    for column, values in {0: [-1, 2**31 - 1, 1000], 2: [1, -1, 2**30], 3: [-1, 2**31 - 1]}.items():
        for value in values:
            good, views[1, column] = views[1, column], value
            with pytest.raises(ValueError, match="cannot be read"):
                _core.Documents(array)
            views[1, column] = good
    # A buffer of text is read as far as it goes, whatever lies between the texts.
    views[:, 0] = [13, 19, 13]
    content[13:16] = 0xFF
    assert len(_core.Documents(array)) == 3
    content[5] = 0xFF
    with pytest.raises(ValueError, match="document 0 is not UTF-8"):
        _core.Documents(array)


def test_texts_that_share_their_bytes_are_copied_once():
    long = pyarrow.py_buffer(("ä" * 500_000).encode())
    cut = np.zeros((20_000, 4), "i4")
    cut[:, 0] = 1_000_000  # 20 GB, if each were copied.
    buffers = [None, pyarrow.py_buffer(cut), long]
    shared = pyarrow.Array.from_buffers(pyarrow.string_view(), 20_000, buffers)
    assert len(_core.Documents(shared)) == 20_000
    cut[:, 0], cut[:, 3] = 1000, np.arange(20_000) * 2
    assert len(_core.Documents(shared)) == 20_000
    cut[7, 3] = 1  # In the middle of a character.
    with pytest.raises(ValueError, match="document 7 is not UTF-8"):
        _core.Documents(shared)


def test_memory_may_change_when_it_was_read():
    array, offsets, content = on_memory(WORDS)
    model = TextClassifier().fit(WORDS, ["technology", "policy", "markets"])
    documents = _core.Documents(array)
    offsets[:] = 2**30
    content[:] = 0xFF
    expected = model._fitted_model().predict(_core.Documents(WORDS), 1)
    assert model._fitted_model().predict(documents, 1).tolist() == expected.tolist()


CHANGING = """
import threading
import numpy as np
import pandas, polars, pyarrow
from slugline import TextClassifier

rng = np.random.default_rng(0)
words = np.array(["phone", "law", "market", "glass", "vote", "zürich", "price", "été"])
texts = [" ".join(rng.choice(words, 40)) for _ in range(3000)]
model = TextClassifier(n_jobs=2).fit(texts, rng.choice(["a", "b"], 3000))
encoded = [text.encode() for text in texts]
offsets = np.concatenate([[0], np.cumsum([len(text) for text in encoded])]).astype("i8")
content = np.frombuffer(b"".join(encoded), dtype="u1").copy()
good, clean = offsets.copy(), content.copy()
array = pyarrow.Array.from_buffers(
    pyarrow.large_string(), 3000, [None, pyarrow.py_buffer(offsets), pyarrow.py_buffer(content)]
)
keys = rng.integers(0, 3000, 3000).astype("i4")
right = keys.copy()
named = pyarrow.DictionaryArray.from_buffers(
    pyarrow.dictionary(pyarrow.int32(), pyarrow.large_string()), 3000,
    [None, pyarrow.py_buffer(keys)], pyarrow.array(texts, pyarrow.large_string()),
)
through = polars.from_arrow(array)  # With the same memory for the bytes, and offsets of its own.
done = threading.Event()

def write():
    noise = np.random.default_rng(1)
    while not done.is_set():
        content[noise.integers(0, len(content), 500)] = 0xFF
        offsets[noise.integers(0, 3001, 50)] = noise.integers(-(2**62), 2**62, 50)
        keys[noise.integers(0, 3000, 50)] = noise.integers(-(2**31), 2**31, 50)
        content[:] = clean
        offsets[:] = good
        keys[:] = right

threads = [threading.Thread(target=write) for _ in range(2)]
for thread in threads:
    thread.start()
answered = refused = 0
series = pandas.Series(array, dtype=pandas.ArrowDtype(array.type))
try:
    for turn in range(120):
        for documents in (array, series, named, through):
            try:
                model.predict(documents)
                answered += 1
            except ValueError as error:
                assert "cannot be read" in str(error), error
                refused += 1
finally:
    done.set()
    for thread in threads:
        thread.join()
print("answered", answered, "refused", refused)
assert answered + refused == 480
"""


def test_memory_that_another_thread_changes_is_an_error_or_an_answer():
    """In a process of its own, which a fault would end."""
    ran = subprocess.run(
        [sys.executable, "-c", CHANGING], capture_output=True, text=True, timeout=300, check=False
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    assert ran.stdout.startswith("answered")


class Schema(ctypes.Structure):
    _fields_ = [
        ("format", ctypes.c_char_p),
        ("name", ctypes.c_char_p),
        ("metadata", ctypes.c_char_p),
        ("flags", ctypes.c_int64),
        ("n_children", ctypes.c_int64),
        ("children", ctypes.c_void_p),
        ("dictionary", ctypes.c_void_p),
        ("release", ctypes.c_void_p),
        ("private_data", ctypes.c_void_p),
    ]


class Array(ctypes.Structure):
    _fields_ = [
        ("length", ctypes.c_int64),
        ("null_count", ctypes.c_int64),
        ("offset", ctypes.c_int64),
        ("n_buffers", ctypes.c_int64),
        ("n_children", ctypes.c_int64),
        ("buffers", ctypes.c_void_p),
        ("children", ctypes.c_void_p),
        ("dictionary", ctypes.c_void_p),
        ("release", ctypes.c_void_p),
        ("private_data", ctypes.c_void_p),
    ]


get_pointer = ctypes.pythonapi.PyCapsule_GetPointer
get_pointer.restype, get_pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]


class Edited:
    """The export of an array of PyArrow, with other values in its structs."""

    def __init__(self, array, schema=None, **values):
        self.array, self.schema, self.values = array, schema or {}, values

    def __arrow_c_array__(self, requested_schema=None):
        schema, array = self.array.__arrow_c_array__()
        for capsule, name, struct, values in [
            (schema, b"arrow_schema", Schema, self.schema),
            (array, b"arrow_array", Array, self.values),
        ]:
            found = struct.from_address(get_pointer(capsule, name))
            for field, value in values.items():
                setattr(found, field, value)
        return schema, array


TEXTS = pyarrow.array(WORDS)


@pytest.mark.parametrize(
    "values",
    [
        {"offset": 2**61},
        {"offset": 2**62},
        {"offset": 2**63 - 1},
        {"offset": -1},
        {"length": -1},
        {"length": -(2**63)},
        {"length": 2**63 - 1},
        {"length": 2**62, "offset": 2**62},
        {"n_buffers": 0},
        {"n_buffers": 1},
        {"n_buffers": 2},
        {"n_buffers": -3},
        {"buffers": None},
    ],
)
@pytest.mark.parametrize("kind", ["string", "large_string", "string_view", "dictionary"])
def test_a_producer_that_breaks_the_contract_is_an_error(kind, values):
    array = TEXTS.dictionary_encode() if kind == "dictionary" else TEXTS.cast(kind)
    if kind == "dictionary" and values == {"n_buffers": 2}:
        return  # It has two.
    with pytest.raises((ValueError, MemoryError)):
        _core.Documents(Edited(array, **values))


@pytest.mark.parametrize(
    "format",
    [b"", b"\xff\xfe", b"?", b"uu", b"vu:", b"w:", b"w:x", b"tsx:", b"+", b"+w:", b"+us:", b"d:",
     b"i", b"z", b"vz", b"+s", b"+r", b"x" * 3000],
)  # fmt: skip
def test_a_format_that_is_no_text_is_an_error(format):
    with pytest.raises(TypeError, match="expected one column of text"):
        _core.Documents(Edited(TEXTS, {"format": format}))


def test_a_schema_without_format_or_categories_is_an_error():
    with pytest.raises(ValueError, match="cannot be read"):
        _core.Documents(Edited(TEXTS, {"format": None}))
    with pytest.raises(ValueError, match="cannot be read"):
        _core.Documents(Edited(TEXTS.dictionary_encode(), dictionary=None))


def random_array(rng):
    """An array over more memory than it needs, with any numbers; what it says, what is in it."""
    kind = rng.choice(["string", "large_string", "string_view", "dictionary"])
    word = rng.choice(["i4", "i8"]) if kind == "dictionary" else {"string": "i4"}.get(kind, "i8")
    near = rng.integers(-1, 40, 200)
    numbers = np.where(rng.random(200) < 0.05, near, rng.integers(0, 3, 200).cumsum() % 400)
    main = numbers.astype(word)
    if kind == "dictionary":
        main = rng.integers(0, 4, 200).astype(word)
        main[rng.random(200) < 0.01] = rng.integers(-2, 6)
    elif kind == "string_view":
        main = np.zeros((100, 4), "i4")
        main[:, 0] = rng.integers(0, 30, 100)
        main[:, 1] = rng.integers(0x61616161, 0x7A7A7A7A, 100)
        main[:, 3] = rng.integers(0, 400, 100)
        main[rng.random(100) < 0.02, rng.choice([0, 2, 3])] = rng.integers(-2, 900)
    content = rng.choice(np.frombuffer(b"abc d" * 30 + "\u00e9".encode(), "u1"), 500)
    validity = rng.choice([0xFF, 0xFF, 0xFE, 0x7F], 40).astype("u1")
    # PyArrow looks at them once, when it makes the array.
    later, main = main, np.zeros_like(main)
    buffers = [validity if rng.random() < 0.3 else None, main]
    buffers += [] if kind == "dictionary" else [content]
    memory = [None if buffer is None else pyarrow.py_buffer(buffer) for buffer in buffers]
    if kind == "dictionary":
        of_type = pyarrow.dictionary(f"int{main.itemsize * 8}", pyarrow.string())
        categories = pyarrow.array(WORDS)
        made = pyarrow.DictionaryArray.from_buffers(of_type, 30, memory, categories)
    else:
        made = pyarrow.Array.from_buffers(getattr(pyarrow, kind)(), 30, memory)
    main[:] = later
    says = {"offset": int(rng.integers(-1, 30)), "length": int(rng.integers(-1, 30))}
    if rng.random() < 0.5:
        says["null_count"] = int(rng.integers(-2, 3))
    return kind, made, says, buffers


def is_valid(validity, at):
    return validity is None or bool(validity[at // 8] >> (at % 8) & 1)


def expected(kind, says, buffers):
    """The texts by Arrow's specification; None where there are none."""
    first, n = says["offset"], says["length"]
    if first < 0 or n < 0:
        return None
    places = range(first, first + n)
    nulls = says.get("null_count", -1) != 0
    if nulls and not all(is_valid(buffers[0], at) for at in places):
        return None
    texts = []
    for at in places:
        if kind == "dictionary":
            key = int(buffers[1][at])
            if not 0 <= key < len(WORDS):
                return None
            texts.append(WORDS[key].encode())
        elif kind == "string_view":
            length, _, buffer, start = map(int, buffers[1][at])
            if length < 0 or (length > 12 and (buffer != 0 or not 0 <= start <= 500 - length)):
                return None
            view = buffers[1][at].tobytes()
            content = buffers[2].tobytes()
            texts.append(view[4 : 4 + length] if length <= 12 else content[start : start + length])
        else:
            start, end = int(buffers[1][at]), int(buffers[1][at + 1])
            if not 0 <= start <= end <= 500:
                return None
            texts.append(buffers[2].tobytes()[start:end])
    try:
        return [text.decode() for text in texts]
    except UnicodeDecodeError:
        return None


def test_random_arrays_are_their_texts_or_an_error():
    """Every number that an array may say, in memory that reaches far enough for each."""
    letters = [*"abcdé ", *(a + b for a in "abcdé " for b in "abcdé ")]
    characters = CountVectorizer(analyzer="char", ngram_range=(1, 2), vocabulary=letters)
    rng = np.random.default_rng(7)
    read = refused = 0
    for _ in range(3000):
        kind, array, says, buffers = random_array(rng)
        texts = expected(kind, says, buffers)
        try:
            found = characters.transform(Edited(array, **says))
        except ValueError:
            assert texts is None, (kind, says, buffers, texts)
            refused += 1
            continue
        assert texts is not None, (kind, says, buffers)
        assert (found != characters.transform(texts)).nnz == 0
        read += 1
    assert min(read, refused) > 300, (read, refused)


def test_what_came_through_the_interface_is_released():
    before = pyarrow.total_allocated_bytes()
    for _ in range(3):
        column = pyarrow.array(["a text of some length"] * 50_000)
        documents = [
            _core.Documents(part)
            for part in (column, column.dictionary_encode(), Edited(column), *wrapped(column))
        ]
        wrong = pyarrow.array([1])
        with pytest.raises(TypeError):
            _core.Documents(wrong)
        del column, wrong
        # A copy: the array's own memory is free while the documents live.
        assert all(len(one) == 50_000 for one in documents)
        assert pyarrow.total_allocated_bytes() < before + 10_000


def test_polars_is_read_like_its_texts():
    series = polars.Series(WORDS * 3).gather([8, 0, 4, 4]).rechunk()[1:]
    model = TextClassifier().fit(WORDS, ["technology", "policy", "markets"])
    assert model.predict(series).tolist() == model.predict(series.to_list()).tolist()
