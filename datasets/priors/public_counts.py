"""Makes `public_counts.tsv`: in which part of the documents of public-domain sets a word occurs.

    python datasets/priors/public_counts.py FREE_TPM ARXIV > datasets/priors/public_counts.tsv

FREE_TPM: JSON Lines (``.gz``) of public-domain texts of United States agencies with a ``label`` of
technology, policy or markets; ARXIV: abstracts of computer science (CC0), as technology.
Counts only: no sentence and no order of words can be read from them. Needs scikit-learn.

A word is a run of two or more word characters, in lower case, that is no English stop word of
scikit-learn's. Kept are the 3,000 words with the largest sum of their parts over the three topics.
"""

import gzip
import json
import sys

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer

WORDS = 3000
TOPICS = ("technology", "policy", "markets")
#: As many abstracts as there are other texts of technology: the first ones of the file. The model
#: is measured on those that come after them.
ABSTRACTS = 7000


def read(path: str) -> list[dict]:
    """Return the records of a compressed JSON Lines file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def text_of(record: dict) -> str:
    """Return title and text."""
    return "\n".join(filter(None, (record.get("title"), record["text"])))


def main(free_tpm: str, arxiv: str) -> None:
    """Print the table."""
    # Bill titles and computer science are what the model is measured on.
    records = [record for record in read(free_tpm) if "bill" not in record["src"]]
    texts, labels = [text_of(record) for record in records], [r["label"] for r in records]
    abstracts = read(arxiv)[:ABSTRACTS]
    texts += [text_of(record) for record in abstracts]
    labels += ["technology"] * len(abstracts)
    counter = CountVectorizer(stop_words="english", binary=True, min_df=20)
    rows, labels = counter.fit_transform(texts), np.array(labels)
    parts = np.stack([np.asarray(rows[labels == t].mean(axis=0)).ravel() for t in TOPICS])
    words = counter.get_feature_names_out()
    kept = np.sort(np.argsort(-parts.sum(axis=0), kind="stable")[:WORDS])
    counts = ", ".join(f"{(labels == topic).sum()} of {topic}" for topic in TOPICS)
    print(f"# Part of the documents that hold a word, made by public_counts.py from {counts}.")
    print("# Sources: United States government texts (public domain), arXiv abstracts (CC0).")
    print("label\tterm\tweight")
    for topic, of_topic in zip(TOPICS, parts, strict=True):
        for at in kept:
            if of_topic[at] >= 0.0005:
                print(f"{topic}\t{words[at]}\t{of_topic[at]:.4f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
