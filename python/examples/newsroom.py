"""A desk's classifier from labelled texts, from first fit to a safe file and its reasons.

    python python/examples/newsroom.py [TRAIN TEST]

TRAIN and TEST are JSON Lines (``.gz`` or not) with ``text`` and ``label`` (or ``labels``, of which
the first counts), such as 20 Newsgroups or your own archive. Without them the articles in
``datasets/topics`` of this repository are used.
"""

from __future__ import annotations

import gzip
import json
import sys
import tempfile
import time
from pathlib import Path

import sklearn.feature_extraction.text
import sklearn.naive_bayes
import slugline
from sklearn.metrics import classification_report
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from slugline.sklearn import ComplementNB, TfidfVectorizer


def read(path: Path) -> list[dict]:
    """Return the records of a JSON Lines file."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def texts_and_labels(records: list[dict]) -> tuple[list[str], list[str]]:
    """Return texts and main labels."""
    return (
        [record["text"] for record in records],
        [record["labels"][0] if "labels" in record else record["label"] for record in records],
    )


def seconds(work) -> tuple[float, object]:
    """Return how long work takes, and its result."""
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def main(files: list[str]) -> None:
    """Train, compare, explain, save."""
    if len(files) == 2:
        train, test = (read(Path(file)) for file in files)
    elif not files:
        folder = Path(__file__).resolve().parents[2] / "datasets" / "topics"
        articles = [record for file in sorted(folder.glob("*.jsonl")) for record in read(file)]
        train = [article for article in articles if article["split"] == "train"]
        test = [article for article in articles if article["split"] == "test"]
    else:
        sys.exit(__doc__)
    texts, labels = texts_and_labels(train)
    unseen, expected = texts_and_labels(test)
    print(f"{len(texts)} texts to learn from, {len(unseen)} to test on")

    # 1. The pipeline that you have, and the same one with two imports changed.
    before = make_pipeline(
        sklearn.feature_extraction.text.TfidfVectorizer(sublinear_tf=True),
        sklearn.naive_bayes.ComplementNB(alpha=0.3),
    )
    after = make_pipeline(TfidfVectorizer(sublinear_tf=True), ComplementNB(alpha=0.3))
    slow, _ = seconds(lambda: before.fit(texts, labels))
    quick, _ = seconds(lambda: after.fit(texts, labels))
    assert (before.predict(unseen) == after.predict(unseen)).all()
    print(f"the same label for every test document; fitting {slow / quick:.1f} times as fast")

    # 2. The whole path in one estimator, with the parameters searched for.
    search = GridSearchCV(
        slugline.TextClassifier(), {"alpha": [0.1, 0.3], "ngram_range": [(1, 1), (1, 2)]}, cv=3
    ).fit(texts, labels)
    best = search.best_estimator_
    print("best:", search.best_params_)
    print(classification_report(expected, best.predict(unseen)))

    # 3. Why?
    print(best.explain(unseen[0]))

    # 4. A file that is safe to open, for this program, the command and Rust.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "desk.safetensors"
        best.save(path)
        again = slugline.TextClassifier.load(path)
        assert (again.predict_proba(unseen) == best.predict_proba(unseen)).all()
        print(f"saved and loaded: {path.stat().st_size / 1e6:.1f} MB")

    # 5. A pipeline that scikit-learn fitted keeps its answers.
    fast = slugline.from_sklearn(before)
    assert (fast.predict(unseen) == before.predict(unseen)).all()


if __name__ == "__main__":
    main(sys.argv[1:])
