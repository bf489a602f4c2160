"""Makes `wikinews_sums.tsv`: sums of the terms of English Wikinews for each topic.

    python datasets/priors/wikinews_sums.py WIKINEWS > datasets/priors/wikinews_sums.tsv

WIKINEWS: JSON Lines (``.gz``) of Wikinews articles with `labels` of markets (the category "Economy
and business") or policy ("Politics and conflicts"), `title` and `text`. An article of both
categories is passed over. There is no category of technology: an article of the first category is
one about technology where the model without Wikinews (articles, term list, public counts) finds
that likelier than markets.

For each term the table has the number of articles that hold it, and for each topic the sum of its
values in rows of length 1: TF-IDF, sublinear tf, idf over these and the training articles together.
The articles of a topic weigh WEIGHT in all. Sums only: no sentence, and no order of more than two
words, can be read from them. Needs scikit-learn.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections import Counter

import numpy as np
from scipy.sparse import csr_matrix, diags
from sklearn.preprocessing import normalize
from vocabulary import MIN_DF, TOPICS, articles, listed, terms_of, text_of

#: The weight of each topic's articles of Wikinews, and of its training articles, in all.
WEIGHT, ARTICLES = 400.0, 720.0
#: Of the model without Wikinews: see `datasets/priors/README.md`.
TERMS, PUBLIC, ALPHA, POLICY_FROM = 1.0, 10.0, 0.3, 4


def known_terms(documents: list[list[str]]) -> list[str]:
    """Return the terms of the lists, and those that enough documents hold."""
    df = Counter(term for terms in documents for term in set(terms))
    on_lists = {term for name in ("terms.tsv", "public_counts.tsv") for _, term, _ in listed(name)}
    return sorted(on_lists.union(term for term, count in df.items() if count >= MIN_DF))


def counted(documents: list[list[str]], terms: list[str]) -> csr_matrix:
    """Return 1 + ln(count) of each term in each document."""
    column = {term: at for at, term in enumerate(terms)}
    counts = [Counter(column[t] for t in document if t in column) for document in documents]
    starts = np.cumsum([0, *map(len, counts)])
    columns = [c for document in counts for c in sorted(document)]
    values = [1 + np.log(document[c]) for document in counts for c in sorted(document)]
    return csr_matrix((values, columns, starts), shape=(len(documents), len(terms)))


def pseudo_counts(terms: list[str]) -> np.ndarray:
    """Return the pseudo-counts (terms × topics) of the term list and of the public counts."""
    column = {term: at for at, term in enumerate(terms)}
    plain, shaped, public = (np.zeros((len(terms), 4)) for _ in range(3))
    labels = (*TOPICS, "other")
    for label, term, weight in listed("terms.tsv"):
        at = column[term], labels.index(label)
        plain[at] += weight
        if label != "policy" or weight >= POLICY_FROM:
            shaped[at] += weight**2
    for label, term, weight in listed("public_counts.tsv"):
        public[column[term], labels.index(label)] += weight
    words = np.array([" " not in term for term in terms])
    level = plain[words].sum(axis=0).mean() / shaped[words].sum(axis=0)
    return (TERMS * shaped * level + PUBLIC * public)[:, : len(TOPICS)]


def sums(rows: csr_matrix, topics: np.ndarray, weight: float) -> np.ndarray:
    """Return the sums of the rows (terms × topics), each topic weighing the same."""
    each = weight / np.bincount(topics, minlength=len(TOPICS))
    of_topic = csr_matrix((each[topics], (topics, np.arange(len(topics)))))
    return (of_topic @ rows).toarray().T


def main(path: str) -> None:
    """Print the table."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        news = [record for record in map(json.loads, lines) if len(record["labels"]) == 1]
    desks = np.array([TOPICS.index(record["labels"][0]) for record in news])
    own = articles()
    documents = [terms_of(text_of(record)) for record in own + news]
    terms = known_terms(documents)
    tf = counted(documents, terms)
    df = np.bincount(tf.indices, minlength=len(terms))
    idf = np.log((1 + len(documents)) / (1 + df)) + 1
    rows = normalize(tf @ diags(idf))

    of_topics = [at for at, record in enumerate(own) if record["labels"][0] != "other"]
    main_topics = np.array([TOPICS.index(own[at]["labels"][0]) for at in of_topics])
    model = sums(rows[of_topics], main_topics, ARTICLES) + pseudo_counts(terms) + ALPHA
    news_rows = rows[len(own) :]
    scores = news_rows @ np.log(model)
    markets, technology = TOPICS.index("markets"), TOPICS.index("technology")
    topics = desks.copy()
    topics[(desks == markets) & (scores[:, technology] > scores[:, markets])] = technology

    found = sums(news_rows, topics, WEIGHT)
    held = np.bincount(news_rows.indices, minlength=len(terms))
    numbers = ", ".join(f"{(topics == at).sum()} of {name}" for at, name in enumerate(TOPICS))
    print(f"# Sums of terms over {len(news)} articles of English Wikinews ({numbers}).")
    print("# Made by wikinews_sums.py. Wikinews contributors, en.wikinews.org, CC BY 2.5.")
    print("term", "documents", *TOPICS, sep="\t")
    # Without a term: the number of all articles.
    print("", len(news), *[""] * len(TOPICS), sep="\t")
    for at in np.flatnonzero(held):
        print(terms[at], held[at], *(f"{each:.2f}" for each in found[at]), sep="\t")


if __name__ == "__main__":
    main(*sys.argv[1:])
