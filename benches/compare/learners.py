"""The peers that are called from Python. A method is a task and returns its seconds."""

from __future__ import annotations

import importlib
import importlib.metadata
import pickle
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from corpora import WORD, words_of

#: Documents that are classified one at a time.
SINGLE = 300


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """Return what was made and how long it took: it is dropped outside the timed part."""
    began = time.perf_counter()
    made = work()
    return made, time.perf_counter() - began


class Peer:
    """What is the same for all: texts, folder, and the tasks that come down to `_predict`."""

    tasks: tuple[str, ...] = ("fit", "predict", "one", "load")
    version = ""

    def __init__(self, texts, labels, unseen, folder: Path, threads: int):
        self.texts, self.labels, self.unseen = texts, labels, unseen
        self.folder, self.threads = folder, threads
        self.file = folder / "model"
        self.model: Any = None

    def _predict(self, model, texts) -> list[str]:
        return model.predict(texts)

    def predict(self) -> float:
        return timed(lambda: self._predict(self.model, self.unseen))[1]

    def one(self) -> float:
        return statistics.median(
            timed(lambda text=text: self._predict(self.model, [text]))[1]
            for text in self.unseen[:SINGLE]
        )

    def load(self) -> float:
        """Open a model file and answer one text: some do their work with the first one."""
        return timed(lambda: self._predict(self._loaded(), self.unseen[:1]))[1]

    def _write_labels(self, labels, name: str = "answers") -> None:
        (self.folder / name).write_text("\n".join(labels), encoding="utf-8")

    def answers(self) -> float:
        self._write_labels(self._predict(self.model, self.unseen))
        return 0.0


class ScikitLearn(Peer):
    """TfidfVectorizer and MultinomialNB; stems by PyStemmer, which is Snowball in C."""

    tasks = ("fit", "predict", "one", "vectorize", "fit_stems", "predict_stems", "load")

    def __init__(self, *arguments):
        super().__init__(*arguments)
        import sklearn
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.naive_bayes import MultinomialNB

        self.version = sklearn.__version__
        self.vectorizer, self.bayes = TfidfVectorizer, MultinomialNB
        self.stemmed = None

    def _stems(self) -> dict[str, Any]:
        import Stemmer

        stem_words = Stemmer.Stemmer("english").stemWords
        return {
            "tokenizer": lambda text: stem_words(WORD.findall(text)),
            "token_pattern": None,
        }

    def _pipeline(self, **settings):
        from sklearn.pipeline import make_pipeline

        return make_pipeline(self.vectorizer(**settings), self.bayes(alpha=0.1))

    def fit(self) -> float:
        self.model, seconds = timed(lambda: self._pipeline().fit(self.texts, self.labels))
        return seconds

    def fit_stems(self) -> float:
        pipeline = self._pipeline(**self._stems())
        self.stemmed, seconds = timed(lambda: pipeline.fit(self.texts, self.labels))
        return seconds

    def predict_stems(self) -> float:
        return timed(lambda: self._predict(self.stemmed, self.unseen))[1]

    def vectorize(self) -> float:
        return timed(lambda: self.vectorizer().fit_transform(self.texts))[1]

    def save(self) -> float:
        self.file.write_bytes(pickle.dumps(self.model))
        return 0.0

    def _loaded(self):
        return pickle.loads(self.file.read_bytes())

    def answers(self) -> float:
        for model, name in ((self.model, "answers"), (self.stemmed, "answers_stems")):
            if model is not None:
                self._write_labels(model.predict(self.unseen), name)
                probabilities = np.asarray(model.predict_proba(self.unseen), dtype="<f8")
                probabilities.tofile(self.folder / f"{name}.f64")
        return 0.0


class Pairs(ScikitLearn):
    """The same with single words and pairs of words."""

    tasks = ("fit", "predict", "one", "vectorize", "load")

    def _pipeline(self, **settings):
        return super()._pipeline(ngram_range=(1, 2), **settings)


class Discriminative(ScikitLearn):
    """TfidfVectorizer and a linear model of scikit-learn's, as it comes."""

    tasks = ("fit", "predict", "one", "load")
    #: A class of ``sklearn.linear_model`` or ``sklearn.svm``.
    estimator = ""

    def _pipeline(self, **settings):
        from sklearn import linear_model, svm
        from sklearn.pipeline import make_pipeline

        estimator = getattr(svm, self.estimator, None) or getattr(linear_model, self.estimator)
        return make_pipeline(self.vectorizer(sublinear_tf=True), estimator(random_state=0))

    def answers(self) -> float:
        self._write_labels(self.model.predict(self.unseen))
        return 0.0


class LinearSVC(Discriminative):
    """A linear support vector machine, one class against all others."""

    estimator = "LinearSVC"


class SGDClassifier(Discriminative):
    """The same by stochastic gradient descent."""

    estimator = "SGDClassifier"


class DropIn(ScikitLearn):
    """The same pipeline with `slugline.sklearn`; its threads are set by the environment."""

    tasks = ("fit", "predict", "one", "vectorize", "load")

    def __init__(self, *arguments):
        super().__init__(*arguments)
        import slugline
        from slugline.sklearn import MultinomialNB, TfidfVectorizer

        self.version = slugline.__version__
        self.vectorizer, self.bayes = TfidfVectorizer, MultinomialNB


class TextClassifier(ScikitLearn):
    """`slugline.TextClassifier`, the whole path in one estimator."""

    tasks = ("fit", "predict", "one", "fit_stems", "predict_stems", "load")

    def __init__(self, *arguments):
        super().__init__(*arguments)
        import slugline

        self.version = slugline.__version__
        self.classifier = slugline.TextClassifier

    def _stems(self) -> dict[str, Any]:
        return {"stemmer": "english"}

    def _pipeline(self, **settings):
        return self.classifier(
            "multinomial", alpha=0.1, sublinear_tf=False, n_jobs=self.threads, **settings
        )

    def save(self) -> float:
        self.model.save(self.file)
        return 0.0

    def _loaded(self):
        return self.classifier.load(self.file)


class TextClassifierPairs(TextClassifier):
    """The same with single words and pairs of words."""

    tasks = ("fit", "predict", "one", "load")

    def _pipeline(self, **settings):
        return super()._pipeline(ngram_range=(1, 2), **settings)


class TextClassifierRefined(TextClassifier):
    """The default settings, refined."""

    tasks = ("fit", "predict", "one", "load")

    def _pipeline(self, **settings):
        return self.classifier(refine=True, n_jobs=self.threads)

    def answers(self) -> float:
        self._write_labels(self.model.predict(self.unseen))
        return 0.0


class OfWords(Peer):
    """Peers that read files of words: made before the clock starts, in scikit-learn's words."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.classes = sorted(set(self.labels))
        self.unseen = [words_of(text) for text in self.unseen]
        with open(self.folder / "words", "w", encoding="utf-8") as out:
            for text, label in zip(self.texts, self.labels, strict=True):
                out.write(f"{self._label(label)} {words_of(text)}\n")


class FastText(OfWords):
    """fastText, with the settings of its own script for classification, but for words alone."""

    tasks = ("fit", "predict", "predict_raw", "one", "load")
    #: The package to import, and what is installed for it.
    module, distribution = "fasttext", "fasttext-wheel"

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.raw = arguments[2]
        self.package = importlib.import_module(self.module)
        self.version = importlib.metadata.version(self.distribution)

    def predict_raw(self) -> float:
        """Find the words of the texts as well, which for all others is a part of `predict`."""
        return timed(lambda: self._predict(self.model, [words_of(text) for text in self.raw]))[1]

    def _label(self, label: str) -> str:
        return f"__label__{self.classes.index(label)}"

    def fit(self) -> float:
        self.model, seconds = timed(
            lambda: self.package.train_supervised(
                str(self.folder / "words"),
                dim=10,
                lr=0.5,
                epoch=5,
                thread=self.threads,
                verbose=0,
            )
        )
        return seconds

    def _predict(self, model, texts) -> list[str]:
        # A list goes another way than a string, which does not run with NumPy 2.
        labels, _ = model.predict(texts)
        return [self.classes[int(label[0].removeprefix("__label__"))] for label in labels]

    def save(self) -> float:
        self.model.save_model(str(self.file))
        return 0.0

    def _loaded(self):
        return self.package.load_model(str(self.file))


class FastTextNew(FastText):
    """fastText again, in Rust."""

    tasks = ("fit", "predict", "one", "load")
    module, distribution = "fasttext_new", "fasttext-new"


class FastTextRs(FastText):
    """Another fastText in Rust."""

    tasks = ("fit", "predict", "one", "load")
    module, distribution = "fasttext_rs", "fasttext-rs"

    def _predict(self, model, texts) -> list[str]:
        # A list gives labels and probabilities text by text.
        return [
            self.classes[int(labels[0].removeprefix("__label__"))]
            for labels, _ in model.predict(texts)
        ]


class VowpalWabbit(OfWords):
    """Vowpal Wabbit, one against all, one pass over a file of words."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        import vowpalwabbit

        self.version = vowpalwabbit.__version__
        # 2^18 weights a class, as by default for one, as far as memory is sensible.
        self.bits = min(24, 18 + len(self.classes).bit_length())
        self.unseen = [f"| {text}" for text in self.unseen]
        (self.folder / "unseen").write_text("\n".join(self.unseen) + "\n", encoding="utf-8")

    def _label(self, label: str) -> str:
        return f"{self.classes.index(label) + 1} |"

    def _run(self, *arguments) -> None:
        from vowpalwabbit import Workspace

        Workspace(arg_list=["--quiet", "--no_stdin", *map(str, arguments)]).finish()

    def fit(self) -> float:
        settings = ["--oaa", len(self.classes), "-b", self.bits]
        files = ["-d", self.folder / "words", "-f", self.file]
        _, seconds = timed(lambda: self._run(*settings, *files))
        self.model = self._loaded()
        return seconds

    def predict(self) -> float:
        files = ["-d", self.folder / "unseen", "-p", self.folder / "predicted"]
        return timed(lambda: self._run("-t", "-i", self.file, *files))[1]

    def _predict(self, model, texts) -> list[str]:
        return [self.classes[int(model.predict(text)) - 1] for text in texts]

    def save(self) -> float:
        return 0.0  # `fit` did.

    def _loaded(self):
        from vowpalwabbit import Workspace

        return Workspace(arg_list=["--quiet", "--no_stdin", "-t", "-i", str(self.file)])


PEERS = {
    "scikit-learn": ScikitLearn,
    "slugline.sklearn": DropIn,
    "slugline.TextClassifier": TextClassifier,
    "slugline.TextClassifier, refined": TextClassifierRefined,
    "scikit-learn, pairs": Pairs,
    "slugline.TextClassifier, pairs": TextClassifierPairs,
    "scikit-learn, LinearSVC": LinearSVC,
    "scikit-learn, SGDClassifier": SGDClassifier,
    "fastText": FastText,
    "fasttext-new": FastTextNew,
    "fasttext-rs": FastTextRs,
    "Vowpal Wabbit": VowpalWabbit,
}
