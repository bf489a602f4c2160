"""Lengths that are not so: a hint at most, never memory that is asked for."""

import contextlib
import subprocess
import sys

import numpy as np
import pytest
from slugline import TextClassifier, _core, describe
from slugline._settings import for_rust
from slugline.sklearn import CountVectorizer, TfidfVectorizer

TEXTS = ["a phone of glass", "the law of the land", "a phone call", "laws and votes"]
LABELS = ["technology", "policy", "technology", "policy"]
LENGTHS = [10**12, 2**62, 2**63 - 1, 0, 1]


def lying(kind, length):
    class Liar(kind):
        def __len__(self):
            return length

    return Liar


class Sequence:
    """No list, and not as long as it says."""

    length = 0

    def __init__(self, values):
        self.values = list(values)

    def __len__(self):
        return self.length

    def __getitem__(self, at):
        return self.values[at]


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("kind", [list, tuple, Sequence])
def test_documents_are_those_that_come(kind, length):
    assert len(_core.Documents(lying(kind, length)(TEXTS))) == len(TEXTS)


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("kind", [list, tuple, Sequence])
def test_arguments_of_the_extension_are_those_that_come(kind, length):
    liar = lying(kind, length)
    words = liar(["the", "of"])
    analysis = _core.Analysis(True, None, "word", None, words, (1, 1))
    columns, _, _ = _core.learn(analysis, _core.Documents(TEXTS), lambda *_: liar([0, 1]))
    assert len(columns) == 2
    names = ["policy", "technology"]
    options = {"prior": liar([]), "auto": liar([]), "threads": 1}
    fitted = _core.Classifier.fit(
        for_rust(TextClassifier()._parameters(), [], None),
        _core.Documents(TEXTS),
        (liar(names), "text"),
        np.array([1, 0, 1, 0], dtype=np.uintp),
        None,
        options,
    )
    assert fitted.labels == names
    kept, _ = _core.describe(
        (liar(["a", "b", "one", "two"]), np.eye(4, dtype=np.float32)),
        liar([("x", "one"), ("y", "two")]),
        liar(["a", "b"]),
        2.0,
        15.0,
        200,
    )
    assert len(kept) == 2
    for other in ("text", 3, {1}, iter([])):
        with pytest.raises(TypeError):
            _core.Analysis(True, None, "word", None, other, (1, 1))


@pytest.mark.parametrize("length", LENGTHS)
def test_parameters_that_lie_are_read_or_refused(length):
    """In words of Python: a result, or an error that is none of Rust's."""
    liar = lying(list, length)
    calls = [
        lambda: TextClassifier().fit(liar(TEXTS), LABELS),
        lambda: TextClassifier().fit(TEXTS, liar(LABELS)),
        lambda: TextClassifier(stop_words=liar(["the"])).fit(TEXTS, LABELS),
        lambda: TextClassifier(vocabulary=liar(["law", "phone"])).fit(TEXTS, LABELS),
        lambda: TextClassifier(class_prior=liar([0.5, 0.5])).fit(TEXTS, LABELS),
        lambda: TextClassifier(without_terms=liar(["the"])).fit(TEXTS, LABELS),
        lambda: TextClassifier().fit(TEXTS, LABELS, sample_weight=liar([1.0] * 4)),
        lambda: TextClassifier().fit(TEXTS, LABELS).predict(liar(TEXTS)),
        lambda: TextClassifier().fit(TEXTS, LABELS).predict_proba(liar(TEXTS)),
        lambda: TextClassifier().partial_fit(liar(TEXTS), liar(LABELS)),
        lambda: TfidfVectorizer(stop_words=liar(["the"])).fit_transform(liar(TEXTS)),
        lambda: CountVectorizer(vocabulary=liar(["law"])).fit_transform(TEXTS),
        lambda: describe(
            {"a": liar(["one"]), "b": "two"},
            lambda texts: np.ones((len(texts), 2)) * len(texts),
            terms=liar(["law", "phone"]),
        ),
    ]
    for call in calls:
        # Whatever else is raised, a panic among it, is passed on.
        with contextlib.suppress(ValueError, TypeError, MemoryError, OverflowError):
            call()


def test_a_lie_does_not_end_the_interpreter():
    """As above, in a process of its own: memory that cannot be had would abort it."""
    code = (
        "from slugline import _core\n"
        "class Liar(list):\n"
        "    def __len__(self): return 10**12\n"
        "assert len(_core.Documents(Liar(['a', 'b']))) == 2\n"
        "_core.Analysis(True, None, 'word', None, Liar(['a']), (1, 1))\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-2000:]
