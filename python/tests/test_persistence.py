"""Every way out of the process gives an equal object back, or refuses before it writes."""

import copy
import io
import json
import multiprocessing
import os
import pathlib
import pickle
import stat
import warnings
import zipfile
from concurrent.futures import ThreadPoolExecutor

import cloudpickle
import joblib
import numpy as np
import pandas as pd
import pytest
import sklearn
import skops.io
import slugline
from sklearn.base import clone
from sklearn.exceptions import InconsistentVersionWarning
from sklearn.utils.validation import column_or_1d
from slugline import TextClassifier
from slugline.sklearn import (
    BernoulliNB,
    ComplementNB,
    CountVectorizer,
    HashingVectorizer,
    MultinomialNB,
    TfidfTransformer,
    TfidfVectorizer,
)

TEXTS = [
    "The new phone has a faster chip.",
    "Engineers patched the browser.",
    "The minister told parliament that the bill will pass.",
    "Voters chose a new council.",
    "Shares fell as the bank cut its forecast.",
    "The bank raised rates; the euro rose.",
] * 2
NUMBERS = [0, 0, 1, 1, 2, 2] * 2
NAMES = ["technology", "technology", "policy", "policy", "markets", "markets"] * 2


def through_skops(model):
    content = skops.io.dumps(model)
    return skops.io.loads(content, trusted=skops.io.get_untrusted_types(data=content))


def through_joblib(model, compress=0, mmap_mode=None):
    def go(folder):
        joblib.dump(model, folder / "model.joblib", compress=compress)
        return joblib.load(folder / "model.joblib", mmap_mode=mmap_mode)

    return go


def through_file(model):
    file = io.BytesIO()
    model.save(file)
    file.seek(0)
    return type(model).load(file)


def through_path(model, kind):
    def go(folder):
        model.save(kind(folder / "model.safetensors"))
        return type(model).load(kind(folder / "model.safetensors"))

    return go


class Path:
    """A path of nobody's class."""

    def __init__(self, path):
        self.path = path

    def __fspath__(self):
        return str(self.path)


#: What gives a fitted estimator back: each takes it and a folder.
PICKLES = {
    **{
        f"pickle {protocol}": lambda model, _, p=protocol: pickle.loads(pickle.dumps(model, p))
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
    },
    "cloudpickle": lambda model, _: cloudpickle.loads(cloudpickle.dumps(model)),
    "joblib": lambda model, folder: through_joblib(model)(folder),
    "joblib, compressed": lambda model, folder: through_joblib(model, 3)(folder),
    "joblib, mapped": lambda model, folder: through_joblib(model, mmap_mode="r")(folder),
    "skops": lambda model, _: through_skops(model),
    "copy": lambda model, _: copy.copy(model),
    "deepcopy": lambda model, _: copy.deepcopy(model),
}
FILES = {
    "bytes": lambda model, _: type(model).from_bytes(model.to_bytes()),
    "file": lambda model, _: through_file(model),
    "str": lambda model, folder: through_path(model, str)(folder),
    "pathlib": lambda model, folder: through_path(model, pathlib.Path)(folder),
    "bytes path": lambda model, folder: through_path(model, lambda path: bytes(path))(folder),
    "path-like": lambda model, folder: through_path(model, Path)(folder),
}
WAYS = {**PICKLES, **FILES}


def same(one, other):
    """Whether two values are of the same type and equal."""
    if isinstance(one, np.ndarray):
        return (
            isinstance(other, np.ndarray)
            and one.dtype == other.dtype
            and one.shape == other.shape
            and one.tolist() == other.tolist()
        )
    if isinstance(one, (list, tuple)):
        return type(one) is type(other) and len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and bool(one == other)


def assert_equal(found, model):
    assert type(found) is type(model)
    assert same(found.classes_, model.classes_), (found.classes_, model.classes_)
    params, expected = found.get_params(), model.get_params()
    assert params.keys() == expected.keys()
    for name, value in expected.items():
        assert same(params[name], value), (name, params[name], value)
    for method in ("predict", "predict_proba", "predict_shares", "evidence"):
        np.testing.assert_array_equal(getattr(found, method)(TEXTS), getattr(model, method)(TEXTS))
    assert found.predict(TEXTS).dtype == model.predict(TEXTS).dtype
    for name in ("temperature_", "other_below_", "n_documents_", "vocabulary_"):
        assert getattr(found, name) == getattr(model, name), name
    hidden = ("_model", "classes_")
    attributes = {name: value for name, value in vars(model).items() if name not in hidden}
    others = {name: value for name, value in vars(found).items() if name not in hidden}
    assert attributes.keys() == others.keys()
    for name, value in attributes.items():
        assert same(others[name], value), (name, others[name], value)
    verdict, expected = found.classify(TEXTS[0]), model.classify(TEXTS[0])
    assert verdict == expected
    assert type(verdict.label) is type(expected.label)
    # And it can be written again.
    assert found.to_bytes() == model.to_bytes()


def numbers(dtype, *, of=(0, 1, 2)):
    return np.array([of[n] for n in NUMBERS], dtype=dtype)


LABELS = {
    "list of str": NAMES,
    "list of int": NUMBERS,
    "list of bool": [n > 0 for n in NUMBERS],
    "list of float": [float(n) for n in NUMBERS],
    "list of np.str_": list(np.array(NAMES)),
    "list of np.int8": list(numbers("int8")),
    "U, narrow": np.array(NAMES),
    "U, wide": np.array(NAMES, dtype="U40"),
    "U, big-endian": np.array(NAMES).astype(">U10"),
    "object": np.array(NAMES, dtype=object),
    "object, zeros at the end": np.array([f"{name}\0" for name in NAMES], dtype=object),
    "object, zeros within": np.array([f"a\0{name}" for name in NAMES], dtype=object),
    "object, some with zeros": np.array(
        ["a" if n == 0 else "a\0" if n == 1 else "a\0\0" for n in NUMBERS], dtype=object
    ),
    "str with spaces and signs": [f" {name}\n€'\"" for name in NAMES],
    "names of numbers": [str(n * 9) for n in NUMBERS],
    "pandas, str": pd.Series(NAMES),
    "pandas, object": pd.Series(NAMES, dtype=object),
    "pandas, category": pd.Series(NAMES, dtype="category"),
    "pandas, Int64": pd.Series(NUMBERS, dtype="Int64"),
    "pandas, boolean": pd.Series([n > 0 for n in NUMBERS], dtype="boolean"),
    "bool": numbers("bool"),
    **{
        dtype: numbers(dtype)
        for dtype in [
            "int8",
            "int16",
            "int32",
            "int64",
            "uint8",
            "uint16",
            "uint32",
            "uint64",
            "float16",
            "float32",
            "float64",
        ]
    },
    "int16, big-endian": numbers(">i2"),
    "float32, big-endian": numbers(">f4"),
    "negative and two figures": numbers("int64", of=(-3, 9, 10)),
    "int8, at its ends": numbers("int8", of=(-128, 0, 127)),
    "uint64, at its end": numbers("uint64", of=(0, 2**63, 2**64 - 1)),
    "int64, at its ends": numbers("int64", of=(-(2**63), 0, 2**63 - 1)),
    "float32, large": numbers("float32", of=(-16777216.0, 0.0, 2.0**30)),
    "float64, large": numbers("float64", of=(-(2.0**53), 0.0, 2.0**60)),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("labels", LABELS)
def test_labels_of_every_type_by_every_way(tmp_path, labels, way):
    model = TextClassifier("multinomial").fit(TEXTS, LABELS[labels])
    expected = np.unique(column_or_1d(LABELS[labels]))
    assert model.classes_.tolist() == expected.tolist()
    assert model.classes_.dtype.kind == expected.dtype.kind
    assert_equal(WAYS[way](model, tmp_path), model)


@pytest.mark.parametrize(
    "labels",
    [
        numbers("datetime64[D]"),
        np.array(NAMES, dtype="S10"),
        numbers("complex64"),
        numbers("longdouble"),
        numbers("timedelta64[D]"),
        np.array([[name] * 2 for name in NAMES]),
        [None, *NAMES[1:]],
        [float("nan"), *NUMBERS[1:]],
        pd.Series([pd.NA, *NUMBERS[1:]], dtype="Int64"),
        ["", *NAMES[1:]],
        np.array([0.5, *NUMBERS[1:]]),
        np.array([b"x", *NAMES[1:]], dtype=object),
    ],
)
def test_labels_that_no_file_could_hold_are_refused_at_once(labels):
    with pytest.raises((TypeError, ValueError)):
        TextClassifier().fit(TEXTS, labels)


#: Estimators with something beside the model of the default.
ESTIMATORS = {
    "auto": lambda: TextClassifier("auto", alpha="auto", sublinear_tf="auto", norm="auto"),
    "calibrated": lambda: TextClassifier(calibrate=True, n_jobs=2),
    "containers": lambda: TextClassifier(
        stop_words={"the", "a"},
        vocabulary={"phone": 0, "bank": 2, "minister": 1},
        ngram_range=[1, 1],
        class_prior=np.array([0.5, 0.25, 0.25]),
        naive_bayes="multinomial",
        alpha=[0.1, 0.2, 0.3],
    ),
    "sets": lambda: TextClassifier(
        stop_words=frozenset({"the"}), vocabulary={"phone", "bank"}, min_df=1.0
    ),
    "arrays": lambda: TextClassifier(
        vocabulary=np.array(["phone", "bank"]), alpha=np.array([0.5, 1.0], dtype="float32")
    ),
    "tuples": lambda: TextClassifier(vocabulary=("phone", "bank"), stop_words=("the", "a")),
    "NumPy's numbers": lambda: TextClassifier(
        alpha=np.float32(0.3), min_df=np.int64(1), max_features=np.int32(20)
    ),
    "whole numbers": lambda: TextClassifier(alpha=1, max_df=12, max_features=9),
    "all else": lambda: TextClassifier(
        "bernoulli",
        binarize=None,
        binary=True,
        use_idf=False,
        norm=None,
        sublinear_tf=False,
        lowercase=False,
        strip_accents="unicode",
        token_pattern=r"\b\w+\b",
        stemmer="english",
        force_alpha=False,
        fit_prior=False,
        smooth_idf=False,
    ),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ESTIMATORS)
def test_parameters_by_every_way(tmp_path, name, way):
    model = ESTIMATORS[name]().fit(TEXTS, NAMES)
    found = WAYS[way](model, tmp_path)
    assert_equal(found, model)
    unfitted = clone(found)
    assert not hasattr(unfitted, "classes_")
    np.testing.assert_array_equal(unfitted.fit(TEXTS, NAMES).predict(TEXTS), model.predict(TEXTS))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.filterwarnings("ignore:.*:UserWarning")
def test_attributes_by_every_way(tmp_path, way):
    number = {"technology": 100, "policy": 9, "markets": 10, "other": -1}
    y = [number[name] for name in NAMES]
    background = TextClassifier("multinomial", background=-1, calibrate=True)
    background.fit([*TEXTS, *["a striker scored a goal"] * 4], [*y, *[-1] * 4])
    assert_equal(WAYS[way](background, tmp_path), background)
    adapted = TextClassifier("multinomial").fit(TEXTS, y).adapt(["a tablet", "a senate", "oil"] * 3)
    found = WAYS[way](adapted, tmp_path)
    assert_equal(found, adapted)
    assert found.n_iter_ == adapted.n_iter_
    exact = TextClassifier(idf_order="after_norm")
    exact.partial_fit(TEXTS, y, classes=np.array([9, 10, 100, 1000]))
    found = WAYS[way](exact, tmp_path)
    assert_equal(found, exact)
    with pytest.raises(ValueError, match="initial classes"):
        found.partial_fit(TEXTS[:1], [7])
    model = TextClassifier().fit(TEXTS, NAMES)
    model.sources_ = ["desk", 3, {"a": (1.5, None)}]
    assert_equal(WAYS[way](model, tmp_path), model)
    prior = TextClassifier("multinomial").fit(TEXTS, NAMES, prior={"policy": {"senate": 2.0}})
    assert_equal(WAYS[way](prior, tmp_path), prior)
    model.set_params(alpha=7.0)  # not fitted with it
    assert_equal(WAYS[way](model, tmp_path), model)


@pytest.mark.parametrize("way", FILES)
def test_what_a_file_cannot_hold_is_refused_before_it_is_written(tmp_path, way):
    model = TextClassifier().fit(TEXTS, NAMES)
    path = tmp_path / "model.safetensors"
    model.save(path)
    before = path.read_bytes()
    model.lookup_ = lambda text: text
    with pytest.raises(TypeError, match=r"attribute lookup_ is a builtins\.function"):
        WAYS[way](model, tmp_path)
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["model.safetensors"]


def test_the_file_of_the_default_is_that_of_the_command():
    model = TextClassifier().fit(TEXTS, NAMES)
    assert model.to_bytes() == model._model.to_bytes()
    assert b"note" not in model.to_bytes()[: int.from_bytes(model.to_bytes()[:8], "little")]
    assert TextClassifier.load(io.BytesIO(model.to_bytes()))._model.to_bytes() == model.to_bytes()


def predictions_of(model):
    return model.predict(TEXTS), model.classes_


def test_a_process_of_its_own_gets_an_equal_model():
    models = [TextClassifier().fit(TEXTS, LABELS[name]) for name in ("uint64", "object", "U, wide")]
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        for model, (answers, classes) in zip(models, pool.map(predictions_of, models), strict=True):
            assert same(answers, model.predict(TEXTS))
            assert same(classes, model.classes_)


DROP_INS = {
    "CountVectorizer": lambda: CountVectorizer(ngram_range=(1, 2)).fit(TEXTS),
    "TfidfVectorizer": lambda: TfidfVectorizer(stop_words="english", dtype=np.float32).fit(TEXTS),
    "HashingVectorizer": lambda: HashingVectorizer(n_features=64).fit(TEXTS),
    "TfidfTransformer": lambda: TfidfTransformer().fit(CountVectorizer().fit_transform(TEXTS)),
    **{
        kind.__name__: lambda kind=kind: kind().fit(CountVectorizer().fit_transform(TEXTS), NAMES)
        for kind in (BernoulliNB, ComplementNB, MultinomialNB)
    },
}


@pytest.mark.parametrize("way", PICKLES)
@pytest.mark.parametrize("name", DROP_INS)
@pytest.mark.parametrize("used", [False, True])
def test_the_drop_ins_by_every_way(tmp_path, name, way, used):
    model = DROP_INS[name]()
    rows = TEXTS if "Vectorizer" in name else CountVectorizer().fit_transform(TEXTS)

    def answers(model):
        if hasattr(model, "predict_proba"):
            return model.predict_proba(rows)
        return model.transform(rows).toarray()

    if used:
        answers(model)
    found = PICKLES[way](model, tmp_path)
    assert same(answers(found), answers(model))
    assert found.get_params() == model.get_params()
    if hasattr(model, "vocabulary_"):
        assert found.vocabulary_ == model.vocabulary_
    if hasattr(model, "classes_"):
        assert same(np.asarray(found.classes_), np.asarray(model.classes_))


@pytest.mark.parametrize("name", DROP_INS)
def test_pickles_of_another_scikit_learn_are_told(name):
    model = DROP_INS[name]()
    state = model.__getstate__()
    assert state["_sklearn_version"] == sklearn.__version__
    assert not any(part.startswith("_native") for part in state)
    found = type(model).__new__(type(model))
    with pytest.warns(InconsistentVersionWarning, match=f"{name} from version 1.2.3"):
        found.__setstate__({**state, "_sklearn_version": "1.2.3"})
    assert not hasattr(found, "_sklearn_version")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pickle.loads(pickle.dumps(model))
        # Those of before did not say.
        del state["_sklearn_version"]
        found.__setstate__(state)


@pytest.mark.parametrize("way", PICKLES)
def test_results_by_every_way(tmp_path, way):
    topics = slugline.topics()
    model = TextClassifier("multinomial").fit(TEXTS, NUMBERS)
    for result in (
        slugline.classify(TEXTS[0]),
        model.classify(TEXTS[0]),
        topics.explain(TEXTS[4]),
        model.explain(TEXTS[4], label=2, versus=0),
        model.audit(TEXTS, NUMBERS),
    ):
        if way == "joblib, mapped" and isinstance(result, slugline.Audit):
            continue  # Its arrays come back as maps, by name.
        found = PICKLES[way](result, tmp_path)
        assert type(found) is type(result)
        assert str(found) == str(result)
        for name, value in vars(result).items():
            assert same(vars(found)[name], value), name
    found = PICKLES[way](topics, tmp_path)
    assert_equal(found, topics)


def test_pickles_of_before_are_read():
    """Those whose state holds the extension's own object."""
    model = TextClassifier().fit(TEXTS, NUMBERS)
    found = TextClassifier.__new__(TextClassifier)
    found.__setstate__(pickle.loads(pickle.dumps(dict(vars(model)))))
    assert_equal(found, model)


def test_files_of_other_kinds_are_told(tmp_path):
    model = TextClassifier().fit(TEXTS, NAMES)
    with zipfile.ZipFile(tmp_path / "zip", "w") as archive:
        archive.writestr("schema.json", "{}")
    contents = {
        "a pickle": pickle.dumps(model),
        "a zip archive": (tmp_path / "zip").read_bytes(),
        "text": b"text,label\nnew phones,technology\n",
        "gzip": b"\x1f\x8b\x08\x00" + b"\x01" * 40,
        "Parquet": b"PAR1" + b"\x15" * 40,
        "not a whole safetensors file": model.to_bytes()[:100],
        "not one of slugline's": (4).to_bytes(8, "little") + b"{}  ",
        "checksum": model.to_bytes()[:-1] + b"\xff",
    }
    for what, content in contents.items():
        (tmp_path / "file").write_bytes(content)
        for read in (
            lambda: TextClassifier.load(tmp_path / "file"),
            lambda content=content: TextClassifier.from_bytes(content),
            lambda content=content: TextClassifier.load(io.BytesIO(content)),
        ):
            with pytest.raises(ValueError, match=what):
                read()
    with pytest.raises(ValueError, match="not a whole safetensors"):
        TextClassifier.from_bytes(b"")


def with_header(content, change):
    """The bytes of a model file with another note; the checksum is made anew."""
    import zlib

    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + length])
    parts = json.loads(header["__metadata__"]["slugline"])
    change(parts)
    parts = {"checksum": "00000000", **{k: v for k, v in parts.items() if k != "checksum"}}
    header["__metadata__"]["slugline"] = json.dumps(parts, separators=(",", ":"))
    head = json.dumps(header).encode()
    head += b" " * (-len(head) % 8)
    file = len(head).to_bytes(8, "little") + head + content[8 + length :]
    return file.replace(b"00000000", f"{zlib.crc32(file):08x}".encode(), 1)


@pytest.mark.parametrize(
    ("note", "why"),
    [
        ("{", "no JSON"),
        ("[]", "of another program"),
        ('{"later": 1}', "newer slugline"),
        ('{"params": {"gamma": 1}}', "parameter 'gamma'"),
        ('{"params": {"alpha": {"array": ["V9", [1], [1]]}}}', "cannot be"),
        ('{"params": {"alpha": {"lambda": 1}}}', "cannot be"),
        ('{"attributes": {"predict": 1}}', "which is a method"),
        ('{"classes": "<i8"}', "labels of type text"),
        ('{"classes": "nonsense"}', "NumPy's type"),
    ],
)
def test_a_note_that_was_made_by_hand_is_refused(note, why):
    content = TextClassifier().fit(TEXTS, NAMES).to_bytes()
    good = with_header(content, lambda parts: None)
    assert TextClassifier.from_bytes(good).predict(TEXTS[:1]).tolist() == ["technology"]
    with pytest.raises(ValueError, match=why):
        TextClassifier.from_bytes(with_header(content, lambda parts: parts.update(note=note)))


def test_a_newer_file_is_told():
    content = TextClassifier().fit(TEXTS, NAMES).to_bytes()
    with pytest.raises(ValueError, match=r"format 99.*use a newer one"):
        TextClassifier.from_bytes(with_header(content, lambda parts: parts.update(format=99)))


def test_files_in_text_mode_are_told(tmp_path):
    model = TextClassifier().fit(TEXTS, NAMES)
    with open(tmp_path / "text", "w+") as file:
        with pytest.raises(TypeError, match="'wb'"):
            model.save(file)
        with pytest.raises(TypeError, match="'rb'"):
            TextClassifier.load(file)
    for nothing in (3, None, ["a"]):
        with pytest.raises(TypeError, match="a path or a binary file object"):
            model.save(nothing)
        with pytest.raises(TypeError, match="a path or a binary file object"):
            TextClassifier.load(nothing)


@pytest.mark.parametrize(
    "labels", ["int8", "uint64", "object", "U, wide", "float32", "list of str"]
)
def test_labels_keep_their_type_when_the_model_changes(labels):
    y = LABELS[labels]
    exact = TextClassifier(idf_order="after_norm").fit(TEXTS, y)
    dtype = exact.classes_.dtype
    assert exact.merge(exact).classes_.dtype == dtype
    assert exact.forget(TEXTS[:1], y[:1]).classes_.dtype == dtype
    assert exact.partial_fit(TEXTS[:1], y[:1]).classes_.dtype == dtype
    assert exact.adapt(TEXTS[:4]).classes_.dtype == dtype
    stream = TextClassifier().fit_stream([(TEXTS[:6], y[:6]), (TEXTS[6:], y[6:])])
    assert same(stream.classes_, exact.classes_)
    # A list of Python's own numbers or names is as good.
    plain = np.asarray(y).tolist()
    assert exact.partial_fit(TEXTS[:2], plain[:2]).classes_.dtype == dtype


def test_labels_that_do_not_fit_make_the_type_wider():
    exact = TextClassifier(idf_order="after_norm").fit(TEXTS, numbers("int8"))
    assert same(exact.partial_fit(["more"], [1000]).classes_, np.array([0, 1, 2, 1000]))
    names = TextClassifier(idf_order="after_norm").fit(TEXTS, NAMES)
    names.partial_fit(["an opera"], ["arts and letters"])
    assert names.classes_.tolist()[0] == "arts and letters"
    unsigned = TextClassifier(idf_order="after_norm").fit(TEXTS, LABELS["uint64, at its end"])
    before = unsigned.to_bytes()
    with pytest.raises(ValueError, match="no common type"):
        unsigned.partial_fit(["more"], [-1])
    assert unsigned.to_bytes() == before


@pytest.mark.skipif(os.name != "posix", reason="links and modes of Unix")
def test_saving_leaves_links_modes_and_pipes_as_they_were(tmp_path):
    model = slugline.TextClassifier().fit(["chips and code", "votes"], ["a", "b"])
    new, target, link = tmp_path / "new", tmp_path / "target", tmp_path / "link"
    old = os.umask(0o027)
    try:
        model.save(new)
    finally:
        os.umask(old)
    assert stat.S_IMODE(new.stat().st_mode) == 0o640
    target.write_text("old")
    target.chmod(0o604)
    link.symlink_to("target")
    model.save(link)
    assert link.is_symlink()
    assert target.read_bytes() == new.read_bytes()
    assert stat.S_IMODE(target.stat().st_mode) == 0o604
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as pool:
        read = pool.submit(pipe.read_bytes)
        model.save(pipe)
        assert read.result() == new.read_bytes()
    assert pipe.is_fifo()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "new", "pipe", "target"]


def test_saving_tells_what_a_killed_process_left(tmp_path):
    model = slugline.TextClassifier().fit(["chips and code", "votes"], ["a", "b"])
    stray = tmp_path / ".model.slugline-Ab3dEf9h.tmp"
    stray.write_text("half")
    with pytest.warns(UserWarning, match=r"slugline-Ab3dEf9h\.tmp' was left by a process") as told:
        model.save(tmp_path / "model")
    assert told[0].filename == __file__
    assert stray.exists()


def test_saving_into_a_folder_that_is_not_there(tmp_path):
    model = slugline.TextClassifier().fit(["chips and code", "votes"], ["a", "b"])
    with pytest.raises(FileNotFoundError, match="none/model"):
        model.save(tmp_path / "none" / "model")
    with pytest.raises(IsADirectoryError):
        model.save(tmp_path)


class Narrow(TextClassifier):
    """A subclass whose parameters are fewer, and others."""

    def __init__(self, alpha=0.1, extra=3):
        super().__init__("multinomial", alpha=alpha, idf_order="after_norm")
        self.extra = extra


def test_a_subclass_with_other_parameters():
    model = Narrow(extra=5).fit(TEXTS, NAMES)
    same = TextClassifier("multinomial", alpha=0.1, idf_order="after_norm").fit(TEXTS, NAMES)
    assert np.array_equal(model.predict_proba(TEXTS), same.predict_proba(TEXTS))
    for again in (
        clone(model).fit(TEXTS, NAMES),
        Narrow().fit_stream([(TEXTS, NAMES)]),
        Narrow().partial_fit(TEXTS, NAMES),
        Narrow.from_bytes(model.to_bytes()),
        pickle.loads(pickle.dumps(model)),
        model.calibrated(TEXTS, NAMES),
    ):
        assert again.predict(TEXTS).tolist() == same.predict(TEXTS).tolist()
        assert again.naive_bayes == "multinomial"
    assert Narrow.from_bytes(model.to_bytes()).extra == 5
    assert Narrow().audit(TEXTS, NAMES).accuracy == same.audit(TEXTS, NAMES).accuracy
