"""Makes `similarity.tsv`: how near the words of the bundled model are to what its topics are about.

    python datasets/priors/similarity.py ENCODER > datasets/priors/similarity.tsv

ENCODER: a folder with the sentence encoder all-MiniLM-L6-v2 (see `minilm.py`). The words are the
single words of `wikinews_sums.tsv`, of the term list and of the public counts, and those that
enough of the training articles hold.

The cosine of a word to a topic is the largest of those to the topic's sentences, each centred over
the words; then it is centred over words and over topics. The table has softmax(SHARPNESS × cosine).
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import numpy as np
from minilm import MiniLM
from vocabulary import MIN_DF, articles, listed, rows, terms_of, text_of

SHARPNESS = 15.0
SENTENCES = {
    "markets": [
        "This is a news article about business, companies, the economy and financial markets.",
    ],
    "policy": [
        "This is a news article about politics, government and public policy.",
        "This is a news article about laws, bills, federal programs and public services.",
        "This is a news article about war, diplomacy, elections and protests.",
    ],
    "technology": [
        "This is a news article about technology, science, the internet and gadgets.",
    ],
    "other": [
        "This is a sports report about a game, a team, its coach and its players.",
        "This is a news article about films, music, television and celebrities.",
    ],
}


def known_words() -> list[str]:
    """Return the single words of the model."""
    df = Counter(term for article in articles() for term in set(terms_of(text_of(article))))
    terms = {term for term, count in df.items() if count >= MIN_DF}
    terms.update(row["term"] for row in rows("wikinews_sums.tsv"))
    for name in ("terms.tsv", "public_counts.tsv"):
        terms.update(term for _, term, _ in listed(name))
    return sorted(term for term in terms if " " not in term)


def shares(encoder: MiniLM, words: list[str]) -> np.ndarray:
    """Return the share of each topic in each word (words × topics)."""
    embeddings = encoder.encode(words)
    nearest = []
    for sentences in SENTENCES.values():
        cosines = embeddings @ encoder.encode(sentences).T
        nearest.append((cosines - cosines.mean(axis=0)).max(axis=1))
    cosines = np.stack(nearest, axis=1)
    cosines -= cosines.mean(axis=0)
    cosines -= cosines.mean(axis=1, keepdims=True)
    powers = np.exp(SHARPNESS * cosines)
    return powers / powers.sum(axis=1, keepdims=True)


def main(folder: str) -> None:
    """Print the table."""
    words = known_words()
    print("# Share of each topic in a word, by its similarity to sentences about the topics.")
    print("# Made by similarity.py with all-MiniLM-L6-v2 (Apache-2.0).")
    print("term", *SENTENCES, sep="\t")
    for word, of_topics in zip(words, shares(MiniLM(Path(folder)), words), strict=True):
        print(word, *(f"{share:.2f}" for share in of_topics), sep="\t")


if __name__ == "__main__":
    main(*sys.argv[1:])
