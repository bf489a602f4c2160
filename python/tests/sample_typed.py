"""A program whose types must hold: checked by `mypy --strict`, and run as a test."""

import gzip
import io
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import slugline
from numpy.typing import NDArray
from slugline import Audit, TextClassifier, Verdict, classify, describe, from_sklearn, topics
from slugline.sklearn import MultinomialNB, TfidfVectorizer


def every_kind_of_texts(model: TextClassifier, texts: Sequence[str]) -> int:
    """Give texts in every type that is taken."""
    stream: Iterator[str] = (text for text in texts)
    found = [
        model.predict(texts),
        model.predict(list(texts)),
        model.predict(tuple(texts)),
        model.predict(deque(texts)),
        model.predict(stream),
        model.predict(text.lower() for text in texts),
        model.predict(map(str.lower, texts)),
        model.predict({text: 1 for text in texts}.keys()),
        model.predict(np.array(texts)),
        model.predict(np.array(texts, dtype=object)),
    ]
    return len({answers.tolist()[0] for answers in found})


class Lengths:
    """An encoder of its own kind."""

    def encode(self, texts: list[str], batch_size: int = 32) -> NDArray[np.float64]:
        """Return how many letters and words each text has."""
        return np.array([[len(text), len(text.split())] for text in texts], dtype=np.float64)


def main(folder: Path) -> list[str]:
    """Use what the package offers; return what was found."""
    texts = ["new phones and chips", "ministers vote on a bill", "chips for phones"]
    labels = ["technology", "policy", "technology"]
    model: TextClassifier = TextClassifier(ngram_range=(1, 2), stemmer="english").fit(texts, labels)
    model.save(folder / "model.safetensors")
    model = TextClassifier.load(folder / "model.safetensors")
    probabilities: NDArray[np.float64] = model.predict_proba(texts)
    explanation = model.explain("a vote", versus="technology")
    verdict: Verdict = classify("The central bank raised interest rates.")
    exact = TextClassifier(alpha="auto", idf_order="after_norm").fit(texts * 2, labels * 2)
    left = exact.forget(texts[:1], labels[:1]).n_documents_
    audit: Audit = exact.audit(texts, labels)
    shares, evidence = model.predict_shares(texts, return_evidence=True)
    vectorizer = TfidfVectorizer(sublinear_tf=True, min_df=1)
    X = vectorizer.fit_transform(texts)
    bayes = MultinomialNB(alpha=0.3).fit(X, labels)
    fast = from_sklearn(vectorizer, bayes)
    file = io.BytesIO()
    model.save(file)
    with gzip.open(folder / "zipped", "wb") as zipped:
        model.save(zipped)
    with gzip.open(folder / "zipped") as zipped:
        model = TextClassifier.load(zipped)
    model = TextClassifier.from_bytes(bytearray(file.getvalue()))
    model = TextClassifier.from_bytes(memoryview(file.getvalue()))
    model = TextClassifier(min_df=np.int64(1), alpha=np.float32(0.3), n_jobs=np.int8(1))
    again: TextClassifier = TextClassifier.from_bytes(file.getvalue())
    chosen = slugline.TextClassifier(
        "multinomial", alpha=[0.5] * 4, norm=None, strip_accents="ascii"
    )
    topics_: dict[str, str | list[str]] = {"long": ["internationalisation"], "short": "a b c"}
    prior: dict[str, dict[str, float]] = describe(topics_, Lengths(), texts=texts)
    described = describe({1: "internationalisation", 2: "a b"}, Lengths().encode, terms=["a", "b"])
    model = TextClassifier().fit([], [], prior=prior, unlabelled=texts)
    columns: dict[str, list[object]] = {**audit.to_dict(), **verdict.to_dict()}
    return [
        f"{probabilities.sum():.0f}",
        f"{explanation.label} {explanation.reasons[0].term}",
        f"{verdict.label} {max(verdict.probabilities.values()) == verdict.probability}",
        str(topics().predict(["A court struck down the law."])[0]),
        f"{fast.predict(texts).tolist() == bayes.predict(X).tolist()}",
        f"{len(vectorizer.vocabulary_)} terms",
        f"{left} left, {len(audit.doubts)} judged, {shares.shape[0] == evidence.shape[0]}",
        f"{every_kind_of_texts(again, texts)} answer, {chosen.norm}, {explanation.is_other}",
        f"{len(described)} and {len(model.classes_)} classes",
        " ".join(columns),
        slugline.sklearn.TfidfVectorizer.__name__,
    ]
