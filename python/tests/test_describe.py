"""Priors from descriptions: encoders of every kind, and what is told about wrong ones."""

import subprocess
import sys

import numpy as np
import pytest
from slugline import TextClassifier, describe
from slugline.sklearn import CountVectorizer, TfidfVectorizer

TOPICS = {
    "markets": "News about banks.",
    "policy": ["News about ministers.", "News about a parliament."],
    "technology": "News about chips.",
}
WORDS = {
    "markets": ["bank", "banks", "shares", "rates"],
    "policy": ["minister", "ministers", "parliament", "bill"],
    "technology": ["chip", "chips", "phone", "screen"],
}
ARCHIVE = [
    "The bank cut its dividend as rates rose",
    "Dividend and shares of the bank fell",
    "The minister spoke of a quorum",
    "A quorum of the parliament passed the bill",
    "A chip for the tablet and its screen",
    "The tablet has a new screen and phone",
]
TERMS = [word for words in WORDS.values() for word in words]


def vector(text):
    """One dimension a topic, and a little of the length."""
    text = text.lower()
    found = [0.2 + sum(word in text for word in words) for words in WORDS.values()]
    return [*found, len(text) / 100]


def encode(texts):
    assert type(texts) is list
    return np.array([vector(text) for text in texts])


class Counting:
    """An encoder that counts what it was given."""

    def __init__(self):
        self.batches = []

    def encode(self, texts):
        self.batches.append(list(texts))
        return encode(texts)


class Tensor:
    """In place of a tensor of PyTorch on a GPU, which NumPy cannot read."""

    def __init__(self, array, place="gpu"):
        self.array, self.place = array, place

    def detach(self):
        return Tensor(self.array, self.place)

    def cpu(self):
        return Tensor(self.array, "cpu")

    def numpy(self):
        assert self.place == "cpu"
        return self.array

    def __array__(self, *_, **__):
        raise TypeError("can't convert cuda tensor to numpy")


def by_hand(topics, terms, strength, sharpness):
    """The formula, with NumPy."""
    unit = lambda rows: rows / np.linalg.norm(rows, axis=-1, keepdims=True)  # noqa: E731
    sentences = [[about] if isinstance(about, str) else about for about in topics.values()]
    about = np.stack([unit(unit(encode(list(own))).mean(axis=0)) for own in sentences])
    cosines = unit(encode(terms)) @ about.T
    cosines -= cosines.mean(axis=0)
    cosines -= cosines.mean(axis=1, keepdims=True)
    powers = np.exp(sharpness * cosines)
    return strength * powers / powers.sum(axis=1, keepdims=True)


@pytest.mark.parametrize(("strength", "sharpness"), [(2.0, 15.0), (1, 3), (0.5, 0)])
def test_the_weights_are_those_of_the_formula(strength, sharpness):
    prior = describe(TOPICS, encode, terms=TERMS, strength=strength, sharpness=sharpness)
    expected = by_hand(TOPICS, TERMS, strength, sharpness)
    assert list(prior) == list(TOPICS)
    for column, terms in zip(expected.T, prior.values(), strict=True):
        assert list(terms) == TERMS
        np.testing.assert_allclose(list(terms.values()), column, rtol=1e-5)


def test_a_model_without_a_label():
    prior = describe(TOPICS, encode, texts=ARCHIVE)
    model = TextClassifier().fit([], [], prior=prior, unlabelled=ARCHIVE)
    found = model.predict(["dividend", "quorum", "tablet"]).tolist()
    assert found == ["markets", "policy", "technology"]
    again = TextClassifier(n_jobs=2).fit([], [], prior=prior, unlabelled=ARCHIVE)
    assert (again.predict_proba(ARCHIVE) == model.predict_proba(ARCHIVE)).all()


@pytest.mark.parametrize(
    "encoder",
    [
        Counting(),
        lambda texts: encode(texts).tolist(),
        lambda texts: list(encode(texts)),
        lambda texts: (row for row in encode(texts)),
        lambda texts: Tensor(encode(texts)),
        lambda texts: [Tensor(row) for row in encode(texts)],
        lambda texts: encode(texts).astype(np.float32),
        lambda texts: np.asfortranarray(encode(texts)),
    ],
    ids=["encode", "lists", "arrays", "generator", "tensor", "tensors", "float32", "fortran"],
)
def test_encoders_of_every_kind(encoder):
    assert describe(TOPICS, encoder, terms=TERMS) == describe(TOPICS, encode, terms=TERMS)


@pytest.mark.parametrize(
    ("encoder", "why"),
    [
        (lambda texts: encode(texts)[0], r"the shape \(4,\): expected a vector"),
        (lambda texts: encode(texts)[:-1], r"the shape \(15, 4\): expected a vector"),
        (lambda texts: encode(texts)[:, :0], r"the shape \(16, 0\)"),
        (lambda texts: encode(texts)[None], r"the shape \(1, 16, 4\)"),
        (lambda texts: None, r"the shape \(\): expected a vector"),
        (lambda texts: "vectors", "returned a str"),
        (lambda texts: [{"a": 1}] * len(texts), "returned a list"),
        (lambda texts: [[1.0] * len(text) for text in texts], "returned a list"),
        (lambda texts: encode(texts) / [1, 1, 1, 0], "has a number that is not finite"),
        (lambda texts: encode(texts) * np.nan, "'News about banks.' has a number that is"),
        (lambda texts: encode(texts) * 1e300, "is not finite"),
        (lambda texts: encode(texts) * 0, "description is .*News about banks"),
        (lambda texts: encode(texts) * [["News" in text] for text in texts], "terms is without"),
    ],
)
@pytest.mark.filterwarnings("ignore:.*encountered in:RuntimeWarning")
def test_what_an_encoder_must_not_return(encoder, why):
    with pytest.raises(ValueError, match=why):
        describe(TOPICS, encoder, terms=TERMS)


def test_batches_of_other_widths():
    def uneven(texts):
        return np.ones((len(texts), 6 if "bank" in texts else 5))

    with pytest.raises(ValueError, match="vectors of 5 and of 6 dimensions"):
        describe(TOPICS, uneven, terms=["bank"], batch_size=4)


def test_terms_without_a_vector_are_left_out():
    prior = describe(
        TOPICS, lambda texts: encode(texts) * [["bill" not in text] for text in texts], terms=TERMS
    )
    assert "bill" not in prior["policy"]
    assert len(prior["policy"]) == len(TERMS) - 1


def test_terms_of_every_kind():
    fitted = TextClassifier(ngram_range=(1, 2)).fit(ARCHIVE, ["a", "b"] * 3)
    vectorizer = TfidfVectorizer(min_df=2).fit(ARCHIVE)
    for terms in (
        fitted,
        vectorizer,
        vectorizer.vocabulary_,
        vectorizer.get_feature_names_out(),
        set(vectorizer.vocabulary_),
        (term for term in vectorizer.get_feature_names_out()),
        ["bank", "bill", "bank"],
    ):
        prior = describe(TOPICS, encode, terms=terms)
        assert prior["markets"]["bank"] > 1.5
    assert "the bank" in describe(TOPICS, encode, terms=fitted)["markets"]
    default = CountVectorizer().fit(ARCHIVE).get_feature_names_out().tolist()
    for texts in (ARCHIVE, iter(ARCHIVE), np.array(ARCHIVE)):
        assert list(describe(TOPICS, encode, texts=texts)["policy"]) == default


def test_labels_of_other_types():
    for labels in ([0, 1, 2], [0.5, 1.5, 2.5], np.array([3, 4, 5])):
        topics = dict(zip(labels, TOPICS.values(), strict=True))
        prior = describe(topics, encode, texts=ARCHIVE)
        model = TextClassifier().fit([], [], prior=prior, unlabelled=ARCHIVE)
        assert model.predict(["quorum"])[0] == labels[1]


def test_progress_and_batches(capsys):
    seen = []
    encoder = Counting()
    prior = describe(
        TOPICS, encoder, terms=TERMS, batch_size=5, progress=lambda *now: seen.append(now)
    )
    assert [len(batch) for batch in encoder.batches] == [5, 5, 5, 1]
    assert seen == [(5, 16), (10, 16), (15, 16), (16, 16)]
    assert prior == describe(TOPICS, encode, terms=TERMS)
    assert capsys.readouterr() == ("", "")
    describe(TOPICS, encode, terms=TERMS, batch_size=10, progress=True)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.endswith("16 of 16 texts encoded\n")


def test_what_is_cached_is_not_encoded_again(tmp_path):
    path = tmp_path / "words.npz"
    first = Counting()
    prior = describe(TOPICS, first, terms=TERMS, cache=path)
    assert prior == describe(TOPICS, encode, terms=TERMS)
    with np.load(path) as saved:
        assert sorted(saved["words"]) == sorted(first.batches[0])
        assert saved["vectors"].dtype == np.float32
    # One text, by which another encoder would be found.
    again = Counting()
    assert describe(TOPICS, again, terms=TERMS, cache=path) == prior
    assert list(map(len, again.batches)) == [1]
    more = Counting()
    topics = {**TOPICS, "policy": "News about a quorum."}
    describe(topics, more, terms=[*TERMS, "quorum"], cache=str(path))
    assert more.batches[1:] == [["News about a quorum.", "quorum"]]
    # The file is an encoder of what it has.
    assert describe(TOPICS, path, terms=TERMS) == prior
    assert list(tmp_path.iterdir()) == [path]
    for other in (lambda texts: encode(texts)[:, ::-1], lambda texts: encode(texts)[:, :3]):
        with pytest.raises(ValueError, match=r"words\.npz was written with another encoder"):
            describe(TOPICS, other, terms=[*TERMS, "new"], cache=path)


def test_a_long_text_does_not_blow_up_the_file(tmp_path):
    path = tmp_path / "words.npz"
    terms = [*TERMS, "x" * 100_000]
    prior = describe(TOPICS, encode, terms=terms, cache=path)
    assert terms[-1] in prior["policy"]
    with np.load(path) as saved:
        assert saved["words"].itemsize <= 4 * 500
        assert terms[-1] not in saved["words"]
    assert describe(TOPICS, encode, terms=terms, cache=path) == prior


def test_a_file_stays_whole(tmp_path, monkeypatch):
    path = tmp_path / "words.npz"
    describe(TOPICS, encode, terms=TERMS, cache=path)
    before = path.read_bytes()

    def fail(file, **arrays):
        file.write(b"half")
        raise OSError("no space left")

    monkeypatch.setattr(np, "savez_compressed", fail)
    with pytest.raises(OSError, match="no space left"):
        describe(TOPICS, encode, terms=[*TERMS, "quorum"], cache=path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_of_word_vectors(tmp_path):
    path = tmp_path / "glove.txt"
    lines = ["banks 1 0", "bank 0.9 0.1", "ministers 0 1", "bill 0.1 0.9", "the 0.5 0.5"]
    path.write_text("\n".join(lines) + "\n")
    topics = {"markets": "The banks, and nothing else", "policy": "MINISTERS"}
    prior = describe(topics, path, terms=["bank", "bill", "unknown"])
    assert list(prior["markets"]) == ["bank", "bill"]
    assert prior["markets"]["bank"] > 1.5
    assert prior["policy"]["bill"] > 1.5
    with pytest.raises(ValueError, match=r"description is .*nothing known"):
        describe({**topics, "x": "nothing known"}, path, terms=["bank"])
    with pytest.raises(ValueError, match="leave one out"):
        describe(topics, path, terms=["bank"], cache=tmp_path / "words.npz")
    with pytest.raises(FileNotFoundError, match="pass the model"):
        describe(topics, "all-MiniLM-L6-v2", terms=["bank"])
    path.write_text("bank 1 0\nbill 1\n")
    with pytest.raises(ValueError, match=r"glove\.txt:2: expected a word and 2 numbers"):
        describe(topics, str(path), terms=["bank"])


def test_the_command_makes_the_same_model(tmp_path):
    path = tmp_path / "words.npz"
    prior = describe(TOPICS, encode, texts=ARCHIVE, cache=path)
    model = TextClassifier().fit([], [], prior=prior, unlabelled=ARCHIVE)
    (tmp_path / "topics.tsv").write_text(
        "label\tdescription\n"
        + "".join(
            f"{label}\t{sentence}\n"
            for label, about in TOPICS.items()
            for sentence in ([about] if isinstance(about, str) else about)
        )
    )
    (tmp_path / "archive.txt").write_text("\n".join(ARCHIVE))
    command = (
        "train --describe topics.tsv --word-vectors words.npz --unlabelled archive.txt "
        "--input-format lines -o m.safetensors"
    )
    done = subprocess.run(
        [sys.executable, "-c", "from slugline._command import main; main()", *command.split()],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    same = TextClassifier.load(tmp_path / "m.safetensors")
    assert (same.predict_proba(ARCHIVE) == model.predict_proba(ARCHIVE)).all()


@pytest.mark.parametrize(
    ("change", "kind", "why"),
    [
        ({"topics": ["markets", "policy"]}, TypeError, "topics is .*: expected a mapping"),
        ({"topics": {"markets": "banks"}}, ValueError, "two classes or more"),
        ({"topics": {"a": "", "b": "x"}}, ValueError, r"topics\['a'\] is .*in words"),
        ({"topics": {"a": [], "b": "x"}}, ValueError, r"topics\['a'\] is \[\]"),
        ({"topics": {"a": 3, "b": "x"}}, TypeError, r"topics\['a'\] is 3: expected a str"),
        ({"topics": {"a": ["x", 3], "b": "x"}}, TypeError, r"topics\['a'\] is 3"),
        ({"topics": {1: "x", "1": "y"}}, ValueError, "classes of one type"),
        ({"topics": {"a": "\ud800", "b": "x"}}, ValueError, "lone surrogate"),
        ({"encoder": 3}, TypeError, "encoder is 3: expected an object with encode"),
        ({"terms": None}, TypeError, "`terms` or `texts`, one of them"),
        ({"texts": ARCHIVE}, TypeError, "`terms` or `texts`, one of them"),
        ({"terms": "bank"}, TypeError, "terms is 'bank'"),
        ({"terms": []}, ValueError, r"terms is \[\]"),
        ({"terms": ["bank", ""]}, ValueError, "none of them empty"),
        ({"terms": [1]}, TypeError, "terms: a term is 1"),
        ({"terms": CountVectorizer()}, TypeError, "a fitted vectoriser"),
        ({"terms": None, "texts": "a text"}, ValueError, "Iterable over raw text"),
        ({"terms": None, "texts": [""]}, ValueError, "empty vocabulary"),
        ({"strength": -1}, ValueError, "strength is -1"),
        ({"sharpness": np.inf}, ValueError, "sharpness is inf"),
        ({"sharpness": "high"}, TypeError, "sharpness is 'high'"),
        ({"batch_size": 0}, ValueError, "batch_size is 0"),
        ({"progress": "yes"}, TypeError, "progress is 'yes'"),
    ],
)
def test_wrong_values_are_named(change, kind, why):
    arguments = {"topics": TOPICS, "encoder": encode, "terms": TERMS, **change}
    with pytest.raises(kind, match=why):
        describe(arguments.pop("topics"), arguments.pop("encoder"), **arguments)


def test_an_error_of_the_encoder_comes_through():
    def fail(texts):
        raise ConnectionError("no network")

    with pytest.raises(ConnectionError, match="no network"):
        describe(TOPICS, fail, terms=TERMS)


def test_a_cache_keeps_what_was_encoded(tmp_path):
    cache = tmp_path / "words.npz"
    calls = []

    def stops(texts):
        calls.append(len(texts))
        if len(calls) == 3:
            raise KeyboardInterrupt
        return encode(texts)

    def counts(texts):
        calls.append(len(texts))
        return encode(texts)

    terms = [*TERMS, *(f"word{n}" for n in range(20))]
    with pytest.raises(KeyboardInterrupt):
        describe(TOPICS, stops, terms=terms, cache=cache, batch_size=4)
    with np.load(cache) as saved:
        assert len(saved["words"]) == 8
    calls.clear()
    prior = describe(TOPICS, counts, terms=terms, cache=cache, batch_size=100)
    # One text again, to know the encoder; and of four sentences and the terms what was missing.
    assert calls == [1, 4 + len(terms) - 8]
    assert prior == describe(TOPICS, encode, terms=terms)


def test_a_cache_that_cannot_be_written_is_told_at_once(tmp_path):
    def never(texts):
        raise AssertionError("nothing is encoded")

    for cache, error in (
        (tmp_path / "none" / "x.npz", FileNotFoundError),
        (tmp_path, IsADirectoryError),
    ):
        with pytest.raises(error, match="cache"):
            describe(TOPICS, never, terms=["a"], cache=cache)
