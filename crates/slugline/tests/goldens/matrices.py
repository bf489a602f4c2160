"""counts.json, tfidf.json and hashing.json: rows that the three vectorisers make."""

import warnings

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfVectorizer
from sklearn.utils import murmurhash3_32

# isort: split
from analysis import DEFAULTS, vectorizer
from writing import rows

COUNT_DEFAULTS = {
    **DEFAULTS,
    "min_df": 1,
    "max_df": 1.0,
    "max_features": None,
    "vocabulary": None,
    "binary": False,
}
TFIDF_DEFAULTS = {
    **COUNT_DEFAULTS,
    "norm": "l2",
    "use_idf": True,
    "smooth_idf": True,
    "sublinear_tf": False,
}
HASHING_DEFAULTS = {
    **DEFAULTS,
    "n_features": 2**20,
    "alternate_sign": True,
    "norm": "l2",
    "binary": False,
}
# MurmurHash3 gives this word -2**31, whose absolute value is no 32-bit integer.
LOWEST_HASH = "orrmoneb"


def in_order(vocabulary):
    return sorted(vocabulary, key=vocabulary.get)


def attempt(work):
    """What `work` returns, or scikit-learn's complaint."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return work()
        except ValueError as error:
            return {"error": str(error)}


def ties(params, fit, kept):
    """Which terms `max_features` had to choose from among equals.

    scikit-learn picks with an unstable sort that numpy does differently on different processors;
    `stable_vocabulary` is what a stable one takes: of equal totals the terms that sort first.
    """
    everything = vectorizer(CountVectorizer, {**params, "max_features": None})
    totals = np.asarray(everything.fit_transform(fit).sum(axis=0)).ravel()
    names = in_order(everything.vocabulary_)
    limit = params["max_features"]
    order = np.argsort(-totals, kind="stable")
    cutoff = totals[order[limit - 1]]
    stable = sorted(names[index] for index in order[:limit])
    return {
        "cutoff": cutoff,
        "tied": [name for name, total in zip(names, totals, strict=True) if total == cutoff],
        "stable": stable == kept,
        "stable_vocabulary": stable,
    }


def count_case(texts, params, fit, transform):
    params = {**COUNT_DEFAULTS, **params}
    case = {"params": params, "fit": fit, "transform": transform}
    fit_texts, new_texts = [texts[i]["text"] for i in fit], [texts[i]["text"] for i in transform]

    def work():
        counter = vectorizer(CountVectorizer, params)
        fitted = counter.fit_transform(fit_texts)
        result = {
            "vocabulary": in_order(counter.vocabulary_),
            "fit_rows": rows(fitted),
            "transform_rows": rows(counter.transform(new_texts)),
        }
        chosen = params["max_features"] is not None and params["vocabulary"] is None
        if chosen and params["max_features"] <= len(result["vocabulary"]):
            result["ties"] = ties(params, fit_texts, result["vocabulary"])
        return result

    return case | attempt(work)


def counts(texts):
    number = {text["name"]: index for index, text in enumerate(texts)}

    def named(*names):
        return [number[name] for name in names]

    english = named("en-1", "en-2", "en-3", "en-4", "en-9", "en-11")
    new = named("en-5", "en-6", "empty", "fr-1", "en-9")
    mixed = named("repeated", "el-1", "tr-1", "empty", "case-pairs", "apostrophes", "underscores")
    small = named("repeated", "capture", "two-letters", "spaces-around")
    nothing = named("empty", "spaces", "punctuation")
    known = ["market", "bank", "the", "policy", "absent", "Shares"]

    settings = [
        {},
        {"binary": True},
        {"ngram_range": [1, 2], "min_df": 2},
        {"stop_words": "english"},
        {"stop_words": ["the", "bank"]},
        {"lowercase": False, "min_df": 2},
        {"analyzer": "char_wb", "ngram_range": [3, 3], "min_df": 4},
        {"analyzer": "char", "ngram_range": [1, 2], "min_df": 6},
    ]
    # A whole number is a count of documents, a number with a point a share of them.
    settings += [{"min_df": low} for low in (2, 3, 6, 7, 0.0, 0.2, 0.33, 0.34, 0.5, 1.0)]
    settings += [{"max_df": high} for high in (1, 2, 5, 0.0, 0.2, 0.5, 0.99)]
    settings += [
        {"min_df": 2, "max_df": 3},
        {"min_df": 0.3, "max_df": 0.7},
        {"min_df": 2, "max_df": 0.5},
        {"min_df": 0.5, "max_df": 2},
        {"min_df": 3, "max_df": 2},
        {"min_df": 0.9, "max_df": 0.1},
        {"min_df": 5, "max_df": 0.5},
        {"min_df": 2, "max_df": 2, "binary": True},
        {"min_df": 0},
        {"min_df": 1.5},
        {"max_df": 0},
        {"min_df": -1},
        {"ngram_range": [2, 1]},
        {"token_pattern": r"(\w)(\w)"},
    ]
    settings += [{"max_features": limit} for limit in (1, 2, 3, 4, 6, 8, 12, 30, 1000)]
    settings += [
        {"max_features": 0},
        {"max_features": 5, "min_df": 2},
        {"max_features": 3, "min_df": 2, "max_df": 3},
        {"max_features": 5, "binary": True},
        {"max_features": 4, "stop_words": "english"},
        {"vocabulary": known},
        {"vocabulary": known, "binary": True},
        {"vocabulary": known, "min_df": 2, "max_df": 3, "max_features": 2},
        {"vocabulary": ["market", "the bank", "bank the"], "ngram_range": [1, 2]},
        {"vocabulary": ["market", "bank", "market"]},
        {"vocabulary": []},
    ]
    for setting in settings:
        yield count_case(texts, setting, english, new)
    for setting in ({}, {"strip_accents": "unicode"}, {"strip_accents": "ascii"}, {"min_df": 2}):
        yield count_case(texts, setting, mixed, small)
    for setting in ({}, {"max_features": 3}, {"analyzer": "char_wb", "ngram_range": [2, 3]}):
        yield count_case(texts, setting, small, mixed)
    for setting in ({}, {"analyzer": "char"}, {"analyzer": "char_wb"}, {"vocabulary": ["aa"]}):
        yield count_case(texts, setting, nothing, small)
    yield count_case(texts, {"stop_words": "english"}, named("stop-words"), small)
    yield count_case(texts, {}, [], small)
    yield count_case(texts, {}, small, [])


def tfidf_case(texts, params, fit, transform):
    params = {**TFIDF_DEFAULTS, **params}
    case = {"params": params, "fit": fit, "transform": transform}

    def work():
        weigher = vectorizer(TfidfVectorizer, params)
        fitted = weigher.fit_transform([texts[index]["text"] for index in fit])
        new = weigher.transform([texts[index]["text"] for index in transform])
        return {
            "idf": weigher.idf_ if params["use_idf"] else None,
            "vocabulary": in_order(weigher.vocabulary_),
            "fit_rows": rows(fitted),
            "transform_rows": rows(new),
        }

    return case | attempt(work)


def tfidf(texts):
    number = {text["name"]: index for index, text in enumerate(texts)}
    english = [number[n] for n in ("en-1", "en-3", "empty", "en-4", "en-9", "en-11", "spaces")]
    new = [number[name] for name in ("en-2", "empty", "en-9", "el-1")]
    mixed = [number[name] for name in ("repeated", "two-letters", "empty", "case-pairs")]
    newer = [number[name] for name in ("apostrophes", "repeated", "punctuation")]
    selections = [({"min_df": 2, "max_df": 4}, english, new), ({}, mixed, newer)]
    for base, fit, transform in selections:
        for norm in ("l1", "l2", None):
            for bits in range(16):
                names = ("use_idf", "smooth_idf", "sublinear_tf", "binary")
                flags = {name: bool(bits >> place & 1) for place, name in enumerate(names)}
                yield tfidf_case(texts, {**base, "norm": norm, **flags}, fit, transform)
    # A term that no fitted document has: without smoothing its idf is infinite.
    known = {"vocabulary": ["market", "bank", "reaction", "absent", "lawmakers"]}
    for smooth in (True, False):
        for norm in ("l2", None):
            for fit in (english, [number["empty"], number["spaces"]]):
                setting = {**known, "smooth_idf": smooth, "norm": norm}
                yield tfidf_case(texts, setting, fit, new)
    yield tfidf_case(texts, {"vocabulary": known["vocabulary"], "smooth_idf": False}, english, [2])
    yield tfidf_case(texts, {}, [number["empty"], number["spaces"]], new)
    yield tfidf_case(texts, {}, english[:1], [])
    char_wb = {"analyzer": "char_wb", "ngram_range": [2, 3], "sublinear_tf": True, "min_df": 2}
    yield tfidf_case(texts, char_wb, mixed, newer)


def hashing(texts):
    number = {text["name"]: index for index, text in enumerate(texts)}
    chosen = ("en-9", "repeated", "empty", "el-1", "th-1", "apostrophes", "emoji", "lowest-hash")
    selection = [number[name] for name in chosen]
    settings = [{"n_features": n} for n in (1, 2, 16, 1000, 2**20, 2**31 - 1)]
    for features in (16, 1000, 2**20):
        settings += [
            {"n_features": features, "alternate_sign": sign, "norm": norm, "binary": binary}
            for sign in (True, False)
            for norm in ("l1", "l2", None)
            for binary in (False, True)
        ]
    settings += [
        {"n_features": 16, "ngram_range": [1, 2], "norm": None},
        {"n_features": 2**20, "ngram_range": [1, 2]},
        {"n_features": 1000, "ngram_range": [1, 2], "stop_words": "english"},
        {"n_features": 1000, "strip_accents": "unicode"},
        {"n_features": 0},
    ]
    for setting in settings:
        yield hashing_case(texts, setting, selection)
    for features in (16, 1000, 2**20):
        setting = {"n_features": features, "analyzer": "char_wb", "ngram_range": [3, 4]}
        yield hashing_case(texts, setting, selection[1:3] + selection[-2:])


def hashing_case(texts, params, selection):
    params = {**HASHING_DEFAULTS, **params}
    case = {"params": params, "transform": selection}

    def work():
        hasher = vectorizer(HashingVectorizer, params)
        return {"rows": rows(hasher.fit_transform([texts[i]["text"] for i in selection]))}

    return case | attempt(work)


def murmur():
    """Signed 32-bit hashes of the UTF-8 of terms of 0 to 40 bytes, and of other scripts' terms."""
    line = "the quick brown fox jumps over a lazy dog"
    terms = [line[:length] for length in range(41)]
    terms += ["é", "ß", "İ", "ñandú", "Straße", "naïve", "œ", "ő", "ž", "ı"]
    terms += ["Ω", "όδος", "ΟΔΟΣ", "рынок", "ё", "ґанок", "שוק", "سوق", "بنك مركزي", "बाज़ार"]
    terms += ["বাজার", "சந்தை", "ตลาด", "市", "市场", "株式市場", "시장", "주식 시장", "እንግሊዝ"]
    terms += ["😀", "👍🏽", "𝐀𝟘", "\x00", "\x00\x00\x00\x00", "a\x00b", "\uffff", "\U0010ffff"]
    terms += [" a", "a ", " the ", "_", "a b", "\x7f\x80", "x" * 255, LOWEST_HASH]
    assert murmurhash3_32(LOWEST_HASH, seed=0) == -(2**31)
    return [{"term": term, "hash": murmurhash3_32(term, seed=0)} for term in terms]
