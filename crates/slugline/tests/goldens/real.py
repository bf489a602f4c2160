"""sib200.json and corpora.json: digests, sums and scores of real corpora, no text of theirs."""

import gzip
import hashlib
import json
import math
import warnings

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.metrics import accuracy_score, f1_score, log_loss
from sklearn.naive_bayes import BernoulliNB, ComplementNB, MultinomialNB

# isort: split
from analysis import DEFAULTS, vectorizer

MODELS = {"multinomial": MultinomialNB, "complement": ComplementNB, "bernoulli": BernoulliNB}
SIB_SETTINGS = [
    {},
    {"strip_accents": "unicode"},
    {"strip_accents": "ascii"},
    {"analyzer": "char_wb", "ngram_range": [2, 4]},
    {"analyzer": "char", "ngram_range": [1, 3]},
    {"ngram_range": [1, 2]},
    {"lowercase": False},
    {"token_pattern": r"(?u)\b\w+\b"},
]
CORPORA = {
    "ag_news": ("ag_news/train_subset", "ag_news/test"),
    "20newsgroups": ("20newsgroups/train_bydate60", "20newsgroups/test_bydate40"),
    "r8": ("reuters21578/r8_train", "reuters21578/r8_test"),
}
VECTORIZERS = [
    {},
    {"sublinear_tf": True, "stop_words": "english", "min_df": 2},
    {"sublinear_tf": True},
]
ESTIMATORS = [
    ("multinomial", 0.1),
    ("multinomial", 1.0),
    ("complement", 0.3),
    ("complement", 1.0),
    ("bernoulli", 0.1),
]
# The most accurate of a search over ngram_range (1,1) and (1,2), stop words, sublinear_tf, min_df 1
# to 3, the three models and alpha 0.01 to 2; for AG News the best of single words too.
FOUND = [
    ("ag_news", {"stop_words": "english"}, ("complement", 0.5)),
    ("ag_news", {"stop_words": "english", "ngram_range": [1, 2]}, ("complement", 0.3)),
    (
        "20newsgroups",
        {"sublinear_tf": True, "stop_words": "english", "min_df": 2, "ngram_range": [1, 2]},
        ("complement", 0.5),
    ),
    (
        "r8",
        {"sublinear_tf": True, "stop_words": "english", "ngram_range": [1, 2]},
        ("complement", 0.03),
    ),
]


def records(data, name):
    with gzip.open(data / f"{name}.jsonl.gz", "rt", encoding="utf-8", newline="\n") as lines:
        return [json.loads(line) for line in lines]


def digest(text):
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def sib200(data):
    """Every language of the test part with every setting."""
    languages = {}
    for record in records(data, "sib200/test"):
        languages.setdefault(record["lang"], []).append(record)
    for language, chosen in languages.items():
        texts = [record["text"] for record in chosen]
        labels = [record["label"] for record in chosen]
        for setting in SIB_SETTINGS:
            yield {"language": language} | sib200_case(texts, labels, {**DEFAULTS, **setting})


def sib200_case(texts, labels, params):
    analyze = vectorizer(CountVectorizer, params).build_analyzer()
    terms = [analyze(text) for text in texts]
    case = {
        "params": params,
        "documents": len(texts),
        "terms": sum(map(len, terms)),
        "terms_sha256": digest("\n".join("\x1f".join(found) for found in terms)),
    }
    try:
        weigher = vectorizer(TfidfVectorizer, params)
        weights = weigher.fit_transform(texts).tocoo()
    except ValueError as error:
        return case | {"error": str(error)}
    names = sorted(weigher.vocabulary_)
    places = (weights.row + 1.0) * (weights.col + 1.0)
    case |= {
        "vocabulary": len(names),
        "vocabulary_sha256": digest("\n".join(names)),
        "counts_sum": vectorizer(CountVectorizer, params).fit_transform(texts).sum(),
        "idf_sum": math.fsum(weigher.idf_),
        "tfidf_sum": math.fsum(weights.data),
        "tfidf_weighted": math.fsum(weights.data * places),
    }
    if params == DEFAULTS:
        case["joint_log_likelihood"] = {}
        for name, model in MODELS.items():
            fitted = model().fit(weights.tocsr(), labels)
            jll = fitted.predict_joint_log_proba(weights.tocsr())
            case["joint_log_likelihood"][name] = {"first": jll[:3], "sum": math.fsum(jll.flat)}
    return case


def read_text(record):
    text = record.get("text") or ""
    return f"{record['title']}\n{text}" if record.get("title") else text


def margin(model, rows):
    """How near the closest call was: the least lead of a best score over the second best.

    Rows without a known term are left out.
    """
    scores = np.sort(model.predict_joint_log_proba(rows[np.diff(rows.indptr) > 0]), axis=1)
    return (scores[:, -1] - scores[:, -2]).min()


def corpora(data):
    for corpus, parts in CORPORA.items():
        loaded = [records(data, part) for part in parts]
        texts = [[read_text(record) for record in part] for part in loaded]
        labels = [[record["label"] for record in part] for part in loaded]
        tasks = [(settings, ESTIMATORS) for settings in VECTORIZERS]
        tasks += [(settings, [model]) for name, settings, model in FOUND if name == corpus]
        for settings, estimators in tasks:
            weigher = vectorizer(TfidfVectorizer, {"ngram_range": [1, 1], **settings})
            rows = weigher.fit_transform(texts[0]), weigher.transform(texts[1])
            for name, alpha in estimators:
                model = MODELS[name](alpha=alpha).fit(rows[0], labels[0])
                yield {
                    "corpus": corpus,
                    "vectorizer": settings,
                    "model": {"name": name, "alpha": alpha},
                    **measures(model, rows, labels),
                }


def measures(model, rows, labels):
    predicted = model.predict(rows[1])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a class that nothing was put in has an F1 of 0
        return {
            "n_train": rows[0].shape[0],
            "n_test": rows[1].shape[0],
            "n_features": rows[0].shape[1],
            "unknown": int((np.diff(rows[1].indptr) == 0).sum()),
            "accuracy": accuracy_score(labels[1], predicted),
            "macro_f1": f1_score(labels[1], predicted, average="macro"),
            "weighted_f1": f1_score(labels[1], predicted, average="weighted"),
            "log_loss": log_loss(labels[1], model.predict_proba(rows[1]), labels=model.classes_),
            "smallest_margin": margin(model, rows[1]),
            "predictions_sha256": digest("\n".join(predicted)),
        }
