"""How good the bundled topics are on text that they have not seen, and what each part adds.

    python benches/compare/topics.py DATA [--ablation]

DATA is the folder of the real corpora (AG News, Reuters, bills, arXiv, free_tpm). Prints a table of
the bundled model and of scikit-learn's on what is freely available; with ``--ablation`` one of
variants of the recipe, all of them trained on ``datasets/`` alone. How the recipe was chosen, with
these figures in view, stands in ``datasets/MODEL_CARD.md``.

| column | what it is |
|---|---|
| own | accuracy on the main topic, held-out articles of ``datasets/topics`` |
| both | held-out articles about several topics whose first two have a share of 0.2 or more |
| AG 3 | accuracy on AG News' test part: World, Business, Sci/Tech as policy, markets, technology |
| ECE | expected calibration error of the same (ten bins) |
| AG 2 | Business and Sci/Tech alone, told apart |
| other | AUROC of the evidence: Sports against the other three |
| R8, bills, arXiv | part of Reuters R8 called markets, of bills policy, of abstracts technology |
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
from collections import Counter
from pathlib import Path

import numpy as np
import slugline
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import roc_auc_score
from sklearn.naive_bayes import ComplementNB
from sklearn.pipeline import make_pipeline

ROOT = Path(__file__).resolve().parents[2]
TOPICS = ("markets", "policy", "technology")
OF_AG = {"World": "policy", "Business": "markets", "Sci/Tech": "technology", "Sports": "other"}
#: The first abstracts are part of the public counts.
ABSTRACTS_SEEN = 7000
#: As in crates/slugline/examples/bundle.rs.
TERMS, PUBLIC, BORDER = 0.5, 10.0, 4.0


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


def prior_of(file: str, strength: float, even: bool) -> dict[str, dict[str, float]]:
    prior: dict[str, dict[str, float]] = {}
    with open(ROOT / "datasets" / "priors" / file, encoding="utf-8") as lines:
        rows = csv.DictReader((row for row in lines if row[0] != "#"), delimiter="\t")
        for row in rows:
            prior.setdefault(row["label"], {})[row["term"]] = float(row["weight"])
    sums = {
        label: sum(weight for term, weight in terms.items() if not even or " " not in term)
        for label, terms in prior.items()
    }
    mean = sum(sums.values()) / len(sums)
    return {
        label: {
            term: weight * strength * (mean / sums[label] if even else 1.0)
            for term, weight in terms.items()
        }
        for label, terms in prior.items()
    }


def joined(*priors: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    total: dict[str, Counter] = {}
    for prior in priors:
        for label, terms in prior.items():
            total.setdefault(label, Counter()).update(terms)
    return {label: dict(terms) for label, terms in total.items()}


def trained(prior=None, border=BORDER, **settings) -> slugline.TextClassifier:
    """Return a model of the recipe with other settings."""
    train = articles("train")
    labels = [each["labels"][0] for each in train]
    weights = [border if len(each["labels"]) > 1 else 1.0 for each in train]
    sums: Counter[str] = Counter()
    for label, weight in zip(labels, weights, strict=True):
        sums[label] += weight
    del sums["other"]
    share = sum(sums.values()) / len(sums)
    weights = [
        weight * share / sums[label] if label in sums else weight
        for label, weight in zip(labels, weights, strict=True)
    ]
    model = slugline.TextClassifier(
        **{
            "naive_bayes": "multinomial",
            "alpha": 0.3,
            "fit_prior": False,
            "ngram_range": (1, 2),
            "min_df": 3,
            "background": "other",
            "calibrate": True,
            **settings,
        }
    )
    return model.fit([text_of(each) for each in train], labels, weights, prior)


def calibration_error(probabilities, truth) -> float:
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == truth
    bins = np.minimum((confidence * 10).astype(int), 9)
    off = [abs(confidence[bins == b].sum() - right[bins == b].sum()) for b in range(10)]
    return sum(off) / len(truth)


class Corpora:
    """What is measured on."""

    def __init__(self, data: Path):
        own = [each for each in articles("test") if each["labels"][0] != "other"]
        self.own = [text_of(each) for each in own], [each["labels"][0] for each in own]
        border = [each for each in own if len(each["labels"]) > 1]
        self.border = [text_of(each) for each in border], [each["labels"][:2] for each in border]
        ag = read(data / "ag_news" / "test.jsonl.gz")
        self.ag = [text_of(each) for each in ag], np.array([OF_AG[each["label"]] for each in ag])
        self.alone = {
            "R8": ("markets", read(data / "reuters21578" / "r8_test.jsonl.gz")),
            "bills": ("policy", read(data / "us_congress_bills" / "all.jsonl.gz")),
            "arXiv": (
                "technology",
                read(data / "arxiv" / "cs_multilabel.jsonl.gz")[ABSTRACTS_SEEN:],
            ),
        }

    def figures(self, model) -> dict[str, str]:
        """Return the columns of a row."""
        shown = lambda figure: f"{figure:.3f}"  # noqa: E731
        row = {"own": shown(np.mean(model.predict(self.own[0]) == np.array(self.own[1])))}
        ours = isinstance(model, slugline.TextClassifier)
        row["both"] = "–"
        if ours:
            shares = model.predict_shares(self.border[0])
            found = [
                min(of_text[TOPICS.index(label)] for label in labels) >= 0.2
                for of_text, labels in zip(shares, self.border[1], strict=True)
            ]
            row["both"] = shown(np.mean(found))
        texts, labels = self.ag
        topical = labels != "other"
        probabilities = model.predict_proba(texts)
        truth = np.array([TOPICS.index(label) for label in labels[topical]])
        of_topics = probabilities[topical]
        row["AG 3"] = shown(np.mean(of_topics.argmax(axis=1) == truth))
        row["ECE"] = shown(calibration_error(of_topics, truth))
        two = truth != TOPICS.index("policy")
        told = np.where(of_topics[two, 0] >= of_topics[two, 2], 0, 2)
        row["AG 2"] = shown(np.mean(told == truth[two]))
        row["other"] = shown(roc_auc_score(topical, model.evidence(texts))) if ours else "–"
        for name, (label, records) in self.alone.items():
            row[name] = shown(np.mean(model.predict([text_of(each) for each in records]) == label))
        return row


def scikit_learn(texts: list[str], labels: list[str]):
    vectorizer = TfidfVectorizer(sublinear_tf=True, stop_words="english", min_df=2)
    return make_pipeline(vectorizer, ComplementNB(alpha=0.3)).fit(texts, labels)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--ablation", action="store_true", help="variants of the recipe")
    options = parser.parse_args()
    corpora = Corpora(options.data)
    if options.ablation:
        terms = prior_of("terms.tsv", TERMS, even=True)
        public = prior_of("public_counts.tsv", PUBLIC, even=False)
        everything = joined(terms, public)
        rows = {
            "articles alone": lambda: trained(),
            "+ compiled terms": lambda: trained(terms),
            "+ public counts": lambda: trained(public),
            "+ both (the bundled model)": lambda: trained(everything),
            "both, English stems": lambda: trained(everything, stemmer="english"),
            "both, single words only": lambda: trained(everything, ngram_range=(1, 1)),
            "both, stems, single words only": lambda: trained(
                everything, ngram_range=(1, 1), stemmer="english"
            ),
            "both, border articles count once": lambda: trained(everything, border=1.0),
            "both, border once, single words": lambda: trained(
                everything, border=1.0, ngram_range=(1, 1)
            ),
            "both, complement": lambda: trained(everything, naive_bayes="complement"),
            "both, English stop words left out": lambda: trained(everything, stop_words="english"),
            "compiled terms at twice the weight": lambda: trained(joined(terms, terms, public)),
            "lists of uneven weight": lambda: trained(
                joined(prior_of("terms.tsv", TERMS, even=False), public)
            ),
        }
    else:
        free = read(options.data / "free_tpm" / "train.jsonl.gz")
        own = [each for each in articles("train") if each["labels"][0] != "other"]
        rows = {
            "slugline, bundled": slugline.topics,
            "scikit-learn on free_tpm": lambda: scikit_learn(
                [text_of(each) for each in free], [each["label"] for each in free]
            ),
            "scikit-learn on datasets/topics": lambda: scikit_learn(
                [text_of(each) for each in own], [each["labels"][0] for each in own]
            ),
        }
    for at, (name, make) in enumerate(rows.items()):
        row = corpora.figures(make())
        if at == 0:
            print("| |", " | ".join(row), "|")
            print("|---" * (len(row) + 1) + "|")
        print(f"| {name} |", " | ".join(row.values()), "|", flush=True)


if __name__ == "__main__":
    main()
