"""How good the bundled topics are on text that they have not seen, and what each part adds.

    python benches/compare/topics.py DATA [--ablation] [--encoder FOLDER]

DATA is the folder of the real corpora (AG News, arise, Reuters, bills, arXiv, free_tpm). Prints a
table of the bundled model and of scikit-learn's on what is freely available; with ``--encoder``
also of the sentence encoder in FOLDER (see ``datasets/priors/minilm.py``), on every tenth text of
each set; with ``--ablation`` one of models without parts of the recipe, all of them trained on
``datasets/`` alone (by ``cargo run --example bundle``). How the recipe was chosen, with these
figures in view, stands in ``datasets/MODEL_CARD.md``.

| column | what it is |
|---|---|
| AG 3 | accuracy on AG News' test part: World, Business, Sci/Tech as policy, markets, technology |
| answered | the same for the label as it is answered, where ``other`` counts as wrong |
| ECE | expected calibration error of AG 3 (ten bins) |
| arise | accuracy on arise (African news, three topics); answered and ECE as above |
| own | accuracy on the main topic, held-out articles of ``datasets/topics`` |
| both | held-out articles about several topics whose first two have a share of 0.2 or more |
| other | AUROC of the evidence: Sports against the other three of AG News |
| Sports | part of AG News' Sports answered with ``other`` |
| R8, bills, arXiv | part of Reuters R8 called markets, of bills policy, of abstracts technology |
| texts/s | texts answered in a second of one processor: AG News' test part; by the encoder, all |
"""

from __future__ import annotations

import argparse
import gzip
import json
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import numpy as np
import slugline
from scipy.special import softmax
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.naive_bayes import ComplementNB
from sklearn.pipeline import make_pipeline

ROOT = Path(__file__).resolve().parents[2]
TOPICS = ("markets", "policy", "technology")
OF_AG = {"World": "policy", "Business": "markets", "Sci/Tech": "technology", "Sports": "other"}
#: The first abstracts are part of the public counts.
ABSTRACTS_SEEN = 7000
#: One in so many texts is given to the encoder.
STEP = 10
#: Parts of the recipe that are left out, by the name of the row.
ABLATION = {
    "all (the bundled model)": [],
    "without compiled terms": ["terms"],
    "without public counts": ["public_counts"],
    "without Wikinews": ["wikinews_sums"],
    "without similarity": ["similarity"],
    "articles alone": ["terms", "public_counts", "wikinews_sums", "similarity"],
    "without the border articles": ["border"],
    "without the plain reports": ["plain"],
    "without both": ["border", "plain"],
    "articles count for their main topic alone": ["second_topics"],
    "stop words and numbers left in": ["without_terms"],
    "class sums as they are": ["level_class_sums"],
}


def read(path: Path) -> list[dict]:
    """Return the records of a JSON Lines file."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def text_of(record: dict) -> str:
    return "\n".join(filter(None, (record.get("title"), record["text"])))


def articles(split: str) -> list[dict]:
    files = sorted((ROOT / "datasets" / "topics").glob("*.jsonl"))
    return [record for file in files for record in read(file) if record["split"] == split]


def without(parts: list[str], folder: Path) -> slugline.TextClassifier:
    """Return the bundled model without parts of its recipe."""
    file = folder / f"{'-'.join(parts) or 'all'}.safetensors"
    command = [
        "cargo",
        "run",
        "--quiet",
        "--release",
        "-p",
        "slugline",
        "--example",
        "bundle",
        "--",
    ]
    subprocess.run([*command, file, *parts], cwd=ROOT, check=True)
    return slugline.TextClassifier.load(file)


class Embeddings:
    """What a sentence encoder makes of texts, each text once."""

    def __init__(self, folder: Path):
        sys.path.insert(0, str(ROOT / "datasets" / "priors"))
        from minilm import MiniLM

        self._encoder = MiniLM(folder)
        self._known: dict[str, np.ndarray] = {}
        self._seconds = 0.0

    def of(self, texts: list[str]) -> np.ndarray:
        """Return a row for each text."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            start = time.process_time()
            self._known.update(zip(new, self._encoder.encode(new), strict=True))
            self._seconds += time.process_time() - start
        return np.stack([self._known[text] for text in texts])

    @property
    def texts_per_second(self) -> float:
        return len(self._known) / self._seconds


class Encoder:
    """A sentence encoder as a classifier: zero-shot, or by logistic regression."""

    classes_ = np.array(TOPICS)

    def __init__(self, embeddings: Embeddings, train: tuple[list[str], list[str]] | None = None):
        from similarity import SENTENCES

        self.embeddings = embeddings
        self._sentences = [embeddings.of(SENTENCES[topic]) for topic in TOPICS]
        self._model = None
        if train is not None:
            rows = embeddings.of(train[0])
            self._model = LogisticRegression(C=10, max_iter=1000).fit(rows, train[1])

    def predict_proba(self, texts: list[str]) -> np.ndarray:
        rows = self.embeddings.of(texts)
        if self._model is not None:
            return self._model.predict_proba(rows)
        cosines = [(rows @ each.T).max(axis=1) for each in self._sentences]
        return softmax(15 * np.stack(cosines, axis=1), axis=1)

    def predict(self, texts: list[str]) -> np.ndarray:
        return self.classes_[self.predict_proba(texts).argmax(axis=1)]


def calibration_error(probabilities, truth) -> float:
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == truth
    bins = np.minimum((confidence * 10).astype(int), 9)
    off = [abs(confidence[bins == b].sum() - right[bins == b].sum()) for b in range(10)]
    return sum(off) / len(truth)


class Corpora:
    """What is measured on: every `step`-th text."""

    def __init__(self, data: Path, step: int = 1):
        own = [each for each in articles("test") if each["labels"][0] != "other"]
        self.own = [text_of(each) for each in own], [each["labels"][0] for each in own]
        border = [each for each in own if len(each["labels"]) > 1]
        self.border = [text_of(each) for each in border], [each["labels"][:2] for each in border]
        ag = read(data / "ag_news" / "test.jsonl.gz")[::step]
        arise = read(data / "arise_news" / "all.jsonl.gz")[::step]
        self.news = {
            "AG 3": ([text_of(each) for each in ag], [OF_AG[each["label"]] for each in ag]),
            "arise": ([text_of(each) for each in arise], [each["label"] for each in arise]),
        }
        reuters = read(data / "reuters21578" / "r8_test.jsonl.gz")
        bills = read(data / "us_congress_bills" / "all.jsonl.gz")
        abstracts = read(data / "arxiv" / "cs_multilabel.jsonl.gz")[ABSTRACTS_SEEN:]
        self.alone = {
            "R8": ("markets", reuters[::step]),
            "bills": ("policy", bills[::step]),
            "arXiv": ("technology", abstracts[::step]),
        }

    def figures(self, model) -> dict[str, str]:
        """Return the columns of a row."""
        shown = lambda figure: f"{figure:.3f}"  # noqa: E731
        row = {}
        ours = isinstance(model, slugline.TextClassifier)
        for name, (texts, labels) in self.news.items():
            labels = np.array(labels)
            topical = labels != "other"
            truth = np.array([TOPICS.index(label) for label in labels[topical]])
            probabilities = model.predict_proba(texts)[topical]
            right = probabilities.argmax(axis=1) == truth
            row[name] = shown(np.mean(right))
            evidence = model.evidence(texts) if ours else None
            answered = evidence[topical] >= model.other_below_ if ours else None
            row[f"{name} answered"] = shown(np.mean(right & answered)) if ours else "–"
            row[f"{name} ECE"] = shown(calibration_error(probabilities, truth))
            if name == "AG 3":
                row["other"] = shown(roc_auc_score(topical, evidence)) if ours else "–"
                caught = np.mean(evidence[~topical] < model.other_below_) if ours else None
                row["Sports"] = shown(caught) if ours else "–"
        row["own"] = shown(np.mean(model.predict(self.own[0]) == np.array(self.own[1])))
        row["both"] = "–"
        if ours:
            shares = model.predict_shares(self.border[0])
            found = [
                min(of_text[TOPICS.index(label)] for label in labels) >= 0.2
                for of_text, labels in zip(shares, self.border[1], strict=True)
            ]
            row["both"] = shown(np.mean(found))
        for name, (label, records) in self.alone.items():
            row[name] = shown(np.mean(model.predict([text_of(each) for each in records]) == label))
        row["texts/s"] = f"{self._pace(model):,.0f}"
        return row

    def _pace(self, model) -> float:
        if isinstance(model, Encoder):
            return model.embeddings.texts_per_second
        texts = self.news["AG 3"][0]
        start = time.process_time()
        model.predict(texts)
        return len(texts) / (time.process_time() - start)


def scikit_learn(texts: list[str], labels: list[str]):
    vectorizer = TfidfVectorizer(sublinear_tf=True, stop_words="english", min_df=2)
    return make_pipeline(vectorizer, ComplementNB(alpha=0.3)).fit(texts, labels)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--ablation", action="store_true", help="variants of the recipe")
    parser.add_argument("--encoder", type=Path, help="folder of a sentence encoder")
    options = parser.parse_args()
    corpora = Corpora(options.data, STEP if options.encoder else 1)
    own = [each for each in articles("train") if each["labels"][0] != "other"]
    train = [text_of(each) for each in own], [each["labels"][0] for each in own]
    # Removed at the end.
    folder = tempfile.TemporaryDirectory()
    if options.encoder:
        embeddings = Embeddings(options.encoder)
        rows = {
            "slugline, bundled": slugline.topics,
            "encoder, zero-shot": lambda: Encoder(embeddings),
            "logistic regression on its embeddings": lambda: Encoder(embeddings, train),
        }
    elif options.ablation:
        in_folder = partial(without, folder=Path(folder.name))
        rows = {name: partial(in_folder, parts) for name, parts in ABLATION.items()}
    else:
        free = read(options.data / "free_tpm" / "train.jsonl.gz")
        rows = {
            "slugline, bundled": slugline.topics,
            "scikit-learn on free_tpm": lambda: scikit_learn(
                [text_of(each) for each in free], [each["label"] for each in free]
            ),
            "scikit-learn on datasets/topics": lambda: scikit_learn(*train),
        }
    for at, (name, make) in enumerate(rows.items()):
        row = corpora.figures(make())
        if at == 0:
            print("| |", " | ".join(row), "|")
            print("|---" * (len(row) + 1) + "|")
        print(f"| {name} |", " | ".join(row.values()), "|", flush=True)


if __name__ == "__main__":
    main()
