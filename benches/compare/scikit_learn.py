"""slugline beside scikit-learn on one corpus, in one run: ratios of times, after equal answers.

    python benches/compare/scikit_learn.py TRAIN TEST [--rounds 5]

TRAIN and TEST are JSON Lines (``.gz`` or not) with ``text`` and ``label``. Both sides have the
same settings (TF-IDF as by default, ``MultinomialNB(alpha=0.1)``) and take turns, so that a
change of the machine's pace meets both; each figure is the median of the ratios of a turn.
"""

from __future__ import annotations

import argparse
import gzip
import json
import statistics
import time
from pathlib import Path

import numpy as np
import sklearn
import sklearn.naive_bayes as theirs
import slugline
import slugline.sklearn as ours
from sklearn.feature_extraction import text
from sklearn.pipeline import make_pipeline

#: Documents that are classified one at a time.
SINGLE = 300


def read(path: Path) -> tuple[list[str], list[str]]:
    """Return texts and labels of a JSON Lines file."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    return [record["text"] for record in records], [record["label"] for record in records]


def seconds(work) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def one_at_a_time(model, texts: list[str]) -> float:
    """Return the median latency of a document alone."""
    return statistics.median(seconds(lambda text=text: model.predict([text])) for text in texts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("train", type=Path)
    parser.add_argument("test", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    texts, labels = read(options.train)
    unseen, _ = read(options.test)

    sides = {
        "scikit-learn": lambda: make_pipeline(
            text.TfidfVectorizer(), theirs.MultinomialNB(alpha=0.1)
        ),
        "slugline.sklearn": lambda: make_pipeline(
            ours.TfidfVectorizer(), ours.MultinomialNB(alpha=0.1)
        ),
        **{
            f"TextClassifier, n_jobs={n_jobs}": lambda n_jobs=n_jobs: slugline.TextClassifier(
                "multinomial", alpha=0.1, sublinear_tf=False, n_jobs=n_jobs
            )
            for n_jobs in (1, 2)
        },
    }
    models = {name: make().fit(texts, labels) for name, make in sides.items()}
    expected = models["scikit-learn"].predict_proba(unseen)
    for name, model in models.items():
        np.testing.assert_array_equal(model.predict(unseen), models["scikit-learn"].predict(unseen))
        np.testing.assert_allclose(model.predict_proba(unseen), expected, atol=1e-9, err_msg=name)

    tasks = {
        "fit": lambda name: seconds(lambda: sides[name]().fit(texts, labels)),
        "predict": lambda name: seconds(lambda: models[name].predict(unseen)),
        "one document": lambda name: one_at_a_time(models[name], unseen[:SINGLE]),
    }
    print(f"scikit-learn {sklearn.__version__}, slugline {slugline.__version__}")
    print(f"{len(texts)} + {len(unseen)} documents, {options.rounds} rounds")
    print("equal labels and probabilities on every test document; times as fast as scikit-learn:\n")
    print("| |", " | ".join(tasks), "|")
    print("|---" * (len(tasks) + 1) + "|")
    rows: dict[str, list[str]] = {name: [] for name in list(sides)[1:]}
    for task in tasks.values():
        ratios: dict[str, list[float]] = {name: [] for name in rows}
        for _ in range(options.rounds):
            times = {name: task(name) for name in sides}
            for name in rows:
                ratios[name].append(times["scikit-learn"] / times[name])
        for name, found in ratios.items():
            rows[name].append(f"{statistics.median(found):.1f}")
    for name, figures in rows.items():
        print(f"| {name} |", " | ".join(figures), "|")


if __name__ == "__main__":
    main()
