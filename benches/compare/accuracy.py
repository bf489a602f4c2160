"""Accuracy on the usual test parts: the figures in the README that are not of speed.

    python benches/compare/accuracy.py DATA

In a Python environment with slugline and scikit-learn; DATA is the folder of the corpora. For each
corpus the models are fitted on the train part and scored on the test part. No setting is tuned:
``LinearSVC`` has scikit-learn's defaults, on the same TF-IDF rows as ``ComplementNB``
(``sublinear_tf=True``) and on those of ``TfidfVectorizer()``.
"""

from __future__ import annotations

import argparse
import platform
from collections.abc import Callable
from pathlib import Path

import numpy
import scipy
import sklearn
import slugline
from corpora import FILES, records
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.naive_bayes import ComplementNB
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

CORPORA = {
    "AG News": FILES["ag_news"],
    "20 Newsgroups": FILES["20newsgroups"],
    "Reuters R8": ("reuters21578/r8_train.jsonl.gz", "reuters21578/r8_test.jsonl.gz"),
}

MODELS: dict[str, Callable] = {
    "slugline.TextClassifier()": slugline.TextClassifier,
    "TfidfVectorizer(sublinear_tf=True), ComplementNB(alpha=0.3)": lambda: make_pipeline(
        TfidfVectorizer(sublinear_tf=True), ComplementNB(alpha=0.3)
    ),
    "TfidfVectorizer(sublinear_tf=True), LinearSVC()": lambda: make_pipeline(
        TfidfVectorizer(sublinear_tf=True), LinearSVC()
    ),
    "TfidfVectorizer(), LinearSVC()": lambda: make_pipeline(TfidfVectorizer(), LinearSVC()),
}


def part(path: Path) -> tuple[list[str], list[str]]:
    """Return texts and labels of a file."""
    found = list(records(path))
    return [record["text"] for record in found], [record["label"] for record in found]


def main() -> None:
    """Print the versions and a table of accuracies."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("data", type=Path, metavar="DATA", help="the folder of the corpora")
    data = parser.parse_args().data
    versions = {module.__name__: module.__version__ for module in (slugline, sklearn, numpy, scipy)}
    print("Python", platform.python_version(), *(f"{n} {v}" for n, v in versions.items()), sep=", ")
    print("\n| | " + " | ".join(CORPORA) + " |\n|---|" + "---|" * len(CORPORA))
    parts = [[part(data / name) for name in names] for names in CORPORA.values()]
    for name, make in MODELS.items():
        accuracy = []
        for (texts, labels), test in parts:
            accuracy.append(f"{make().fit(texts, labels).score(*test):.4f}")
        print(f"| `{name}` | " + " | ".join(accuracy) + " |", flush=True)


if __name__ == "__main__":
    main()
