"""Accuracy, and what a fit costs, beside ``ComplementNB`` and ``LinearSVC``.

    python benches/compare/accuracy.py DATA [--sets r8 ag_news …] [--seeds 0 1 2] [--rounds 3]
                                            [--ngrams 1 2] [--calibration]

In a Python environment with slugline and scikit-learn; DATA is the folder of the corpora. Where a
corpus has a test part, models are scored on it; else a fifth of the documents is held out, drawn by
each of the seeds, and the mean counts. No setting is tuned on a test part, and ``LinearSVC`` has
scikit-learn's defaults. A fit takes one thread; its processor time is the median of the rounds, in
which all models are fitted one after the other. ``arxiv`` is not among the eight sets of the mean.
"""

from __future__ import annotations

import argparse
import platform
import random
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy
import scipy
import sklearn
import slugline
from corpora import records
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.naive_bayes import ComplementNB
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC
from slugline.sklearn import RefinedNB

#: A train and a test part, or one file that is parted.
SETS = {
    "r8": ("reuters21578/r8_train", "reuters21578/r8_test"),
    "sms_spam": ("sms_spam/all",),
    "ag_news": ("ag_news/train_subset", "ag_news/test"),
    "20newsgroups": ("20newsgroups/train_bydate60", "20newsgroups/test_bydate40"),
    "dbpedia": ("dbpedia14_small/all",),
    "movie_reviews": ("movie_reviews/all",),
    "congress_bills": ("us_congress_bills/all",),
    "sentence_polarity": ("sentence_polarity/all",),
    "arxiv": ("arxiv/throughput_100mb",),
}
EIGHT = [name for name in SETS if name != "arxiv"]

Part = tuple[list[str], list[str]]


def read(path: Path) -> Part:
    """Return texts and labels of a file."""
    found = list(records(path))
    return [record["text"] for record in found], [record["label"] for record in found]


def pick(part: Part, which: list[int]) -> Part:
    texts, labels = part
    return [texts[at] for at in which], [labels[at] for at in which]


def parts(data: Path, name: str, seed: int) -> tuple[Part, Part]:
    """Return the train and the test part of a set."""
    files = [read(data / f"{file}.jsonl.gz") for file in SETS[name]]
    if len(files) == 2:
        return files[0], files[1]
    everything = range(len(files[0][0]))
    if name == "arxiv":  # As in `corpora.py`.
        return pick(files[0], [at for at in everything if at % 5 != 4]), pick(
            files[0], list(everything[4::5])
        )
    order = list(everything)
    random.Random(seed).shuffle(order)
    held_out = len(order) // 5
    return pick(files[0], order[held_out:]), pick(files[0], order[:held_out])


def models(ngram_range: tuple[int, int]) -> dict[str, Callable[[], Any]]:
    """Return a way to make each model, by its name."""
    ours: dict[str, Any] = {"n_jobs": 1}
    theirs: dict[str, Any] = {}
    if ngram_range != (1, 1):
        ours["ngram_range"] = theirs["ngram_range"] = ngram_range
    # For pairs of words, and for many classes.
    thorough, cautious = {"C": 1, "max_iter": 10}, {"C": 0.2}
    return {
        "TextClassifier()": lambda: slugline.TextClassifier(**ours),
        "TextClassifier(refine=True)": lambda: slugline.TextClassifier(refine=True, **ours),
        f"TextClassifier(refine={thorough})": lambda: slugline.TextClassifier(
            refine=thorough, **ours
        ),
        f"TextClassifier(alpha=0.6, refine={cautious})": lambda: slugline.TextClassifier(
            alpha=0.6, refine=cautious, **ours
        ),
        "sublinear_tf=True, ComplementNB(alpha=0.3)": lambda: make_pipeline(
            TfidfVectorizer(sublinear_tf=True, **theirs), ComplementNB(alpha=0.3)
        ),
        "sublinear_tf=True, RefinedNB()": lambda: make_pipeline(
            TfidfVectorizer(sublinear_tf=True, **theirs), RefinedNB(n_jobs=1)
        ),
        "sublinear_tf=True, LinearSVC()": lambda: make_pipeline(
            TfidfVectorizer(sublinear_tf=True, **theirs), LinearSVC(random_state=0)
        ),
        "LinearSVC()": lambda: make_pipeline(TfidfVectorizer(**theirs), LinearSVC(random_state=0)),
    }


def fit_and_score(
    makers: dict[str, Callable[[], Any]], train: Part, test: Part, rounds: int
) -> tuple[dict[str, float], dict[str, float]]:
    """Return accuracy, and seconds of processor time of a fit, of each model."""
    accuracy: dict[str, float] = {}
    seconds: dict[str, list[float]] = {name: [] for name in makers}
    for _ in range(rounds):
        for name, make in makers.items():
            model = make()
            began = time.process_time()
            model.fit(*train)
            seconds[name].append(time.process_time() - began)
            if name not in accuracy:
                accuracy[name] = model.score(*test)
    return accuracy, {name: statistics.median(found) for name, found in seconds.items()}


def log_loss_and_calibration_error(model: Any, test: Part, bins: int = 15) -> tuple[float, float]:
    """Return the log-loss, and the expected calibration error in equal bins (Guo et al. 2017)."""
    texts, labels = test
    probabilities = model.predict_proba(texts)
    columns = {label: at for at, label in enumerate(model.classes_)}
    own = probabilities[numpy.arange(len(labels)), [columns[label] for label in labels]]
    highest = probabilities.max(axis=1)
    right = model.classes_[probabilities.argmax(axis=1)] == numpy.array(labels)
    bin_of = numpy.minimum((highest * bins).astype(int), bins - 1)
    error = sum(
        abs(highest[bin_of == at].sum() - right[bin_of == at].sum()) for at in range(bins)
    ) / len(labels)
    return float(-numpy.log(numpy.maximum(own, 1e-15)).mean()), float(error)


def row(name: str, cells: list[str]) -> None:
    print(f"| {name} | {' | '.join(cells)} |", flush=True)


def accuracies(data: Path, sets: list[str], seeds: list[int], rounds: int, ngrams: tuple) -> None:
    """Print a table of accuracies, and one of what a fit costs."""
    makers = models(ngrams)
    accuracy: dict[str, list[float]] = {name: [] for name in makers}
    cost: dict[str, list[float]] = {name: [] for name in makers}
    for name in sets:
        # Sets with a test part are the same for every seed.
        of_set = seeds if len(SETS[name]) == 1 and name != "arxiv" else seeds[:1]
        found = [fit_and_score(makers, *parts(data, name, seed), rounds) for seed in of_set]
        for model in makers:
            accuracy[model].append(statistics.mean(right[model] for right, _ in found))
            cost[model].append(statistics.mean(cpu[model] for _, cpu in found))
        print(f"done: {name}", file=sys.stderr, flush=True)
    eight = [at for at, name in enumerate(sets) if name in EIGHT]
    print(f"\nAccuracy, ngram_range={ngrams}\n")
    row("", [*sets, "mean of the eight"])
    print("|---" * (len(sets) + 2) + "|")
    for model, found in accuracy.items():
        mean = statistics.mean(found[at] for at in eight) if len(eight) == len(EIGHT) else None
        cells = [f"{right:.4f}" for right in found]
        row(f"`{model}`", [*cells, "–" if mean is None else f"{mean:.4f}"])
    plain, svm = "TextClassifier()", "LinearSVC()"
    print("\nProcessor time of a fit: times that of `TextClassifier()`; beside `LinearSVC()`\n")
    row("", sets)
    print("|---" * (len(sets) + 1) + "|")
    for model, found in cost.items():
        ratios = [
            f"{own / base:.2f} ({slow / own:.1f} × as fast)"
            for own, base, slow in zip(found, cost[plain], cost[svm], strict=True)
        ]
        row(f"`{model}`", ratios)


def calibrations(data: Path, sets: list[str], seeds: list[int], ngrams: tuple) -> None:
    """Print log-loss and expected calibration error with and without refinement."""
    print(f"\nLog-loss / expected calibration error, ngram_range={ngrams}\n")
    row("", sets)
    print("|---" * (len(sets) + 1) + "|")
    for settings in ({}, {"refine": True}):
        for calibrate in (False, True):
            cells = []
            for name in sets:
                train, test = parts(data, name, seeds[0])
                model = slugline.TextClassifier(
                    ngram_range=ngrams, calibrate=calibrate, n_jobs=1, **settings
                ).fit(*train)
                loss, error = log_loss_and_calibration_error(model, test)
                cells.append(f"{loss:.4f} / {error:.4f}")
            row(f"`{settings | ({'calibrate': True} if calibrate else {})}`", cells)


def main() -> None:
    """Print the versions and the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("data", type=Path, metavar="DATA", help="the folder of the corpora")
    parser.add_argument("--sets", nargs="+", choices=SETS, default=EIGHT, metavar="SET")
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2], metavar="SEED")
    parser.add_argument("--rounds", type=int, default=1, help="how often each model is fitted")
    parser.add_argument("--ngrams", nargs=2, type=int, default=(1, 1), metavar=("MIN", "MAX"))
    parser.add_argument("--calibration", action="store_true", help="log-loss and calibration error")
    asked = parser.parse_args()
    versions = {module.__name__: module.__version__ for module in (slugline, sklearn, numpy, scipy)}
    print("Python", platform.python_version(), *(f"{n} {v}" for n, v in versions.items()), sep=", ")
    warnings.filterwarnings("ignore", category=sklearn.exceptions.ConvergenceWarning)
    if asked.calibration:
        calibrations(asked.data, asked.sets, asked.seeds, tuple(asked.ngrams))
    else:
        accuracies(asked.data, asked.sets, asked.seeds, asked.rounds, tuple(asked.ngrams))


if __name__ == "__main__":
    main()
