"""analysis.json: the terms, in order, that `build_analyzer()` finds in the small documents."""

import random
import warnings

from sklearn.feature_extraction.text import CountVectorizer

DEFAULT_PATTERN = r"(?u)\b\w\w+\b"
PATTERNS = [
    DEFAULT_PATTERN,
    r"(?u)\b\w+\b",
    r"[a-z]{3,}",
    r"(\w\w)\w*",  # one group: the group is the term
    r"\S+",
]
DEFAULTS = {
    "lowercase": True,
    "strip_accents": None,
    "analyzer": "word",
    "ngram_range": [1, 1],
    "stop_words": None,
    "token_pattern": DEFAULT_PATTERN,
}
# In every selection, however the dice fall.
ALWAYS = ["empty", "one-letter", "spaces-around", "information-separators", "el-1"]
WHITE_SPACE = [
    "empty",
    "spaces",
    "one-space",
    "two-letters",
    "no-break-spaces",
    "typographic-spaces",
    "line-separators",
    "information-separators",
    "next-line",
    "tabs",
    "line-ends",
    "spaces-around",
    "single-controls",
    "nul",
    "zero-width-space",
]
FOLDED = ["trade-marks", "turkish-i", "final-sigma", "marks-stacked", "iota-subscript", "hangul"]


def vectorizer(kind, params):
    """An estimator of scikit-learn from a case's `params`, JSON's lists made the types it wants."""
    params = dict(params, ngram_range=tuple(params["ngram_range"]))
    return kind(**params)


def terms(params, text):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "your stop_words may be inconsistent": meant so
        return vectorizer(CountVectorizer, params).build_analyzer()(text)


def plan(texts):
    """Settings that differ from the defaults, each with the numbers of the texts it is for."""
    dice = random.Random(20261124)
    number = {text["name"]: index for index, text in enumerate(texts)}
    everything = range(len(texts))
    natural = [index for index in everything if texts[index]["language"] != "und"]
    hostile = [number[text["name"]] for text in texts if text["language"] == "und"]
    hostile.remove(number["long-word"])
    short = [index for index in natural if len(texts[index]["text"]) <= 85]

    def some(natural_ones, hostile_ones, names=(), pool=natural):
        chosen = {number[name] for name in [*ALWAYS, *names]}
        chosen.update(dice.sample(pool, natural_ones))
        chosen.update(dice.sample(hostile, hostile_ones))
        return sorted(chosen)

    yield {}, everything
    for accents in ("ascii", "unicode"):
        yield {"strip_accents": accents}, everything
    for analyzer in ("char", "char_wb"):
        for ngrams in ([1, 1], [2, 4], [3, 3], [1, 5]):
            settings = {"analyzer": analyzer, "ngram_range": ngrams}
            yield settings, some(3, 6, WHITE_SPACE, short)
        # Longer than many a padded word, which char_wb then gives whole.
        yield {"analyzer": analyzer, "ngram_range": [4, 6]}, some(2, 2, ["single-letters"], short)
        trigrams = {"analyzer": analyzer, "ngram_range": [3, 3]}
        yield {**trigrams, "lowercase": False}, some(2, 4, pool=short)
        for accents in ("ascii", "unicode"):
            yield {**trigrams, "strip_accents": accents}, some(2, 4, FOLDED, short)
    for ngrams in ([1, 2], [2, 3], [1, 3]):
        yield {"ngram_range": ngrams}, some(8, 6)
        yield {"ngram_range": ngrams, "stop_words": "english"}, some(6, 3, ["en-1", "en-3"])
    yield {"lowercase": False}, some(14, 14, FOLDED)
    for accents in ("ascii", "unicode"):
        yield {"lowercase": False, "strip_accents": accents}, some(6, 6, FOLDED)
    english = [f"en-{index}" for index in range(1, 11)]
    yield {"stop_words": "english"}, some(2, 4, [*english, "stop-words", "contractions"])
    yield {"stop_words": "english", "lowercase": False}, some(2, 2, [*english[:6], "stop-words"])
    own = ["the", "The", "market", "et", "й", "marché"]
    for accents in (None, "unicode"):
        settings = {"stop_words": own, "strip_accents": accents}
        yield settings, some(6, 2, ["en-3", "fr-1", "stop-words"])
    yield {"stop_words": []}, some(2, 2)
    for pattern in PATTERNS[1:]:
        yield {"token_pattern": pattern}, some(12, 14, ["capture", "underscores", "glued"])
        settings = {"token_pattern": pattern, "ngram_range": [1, 2], "lowercase": False}
        yield settings, some(4, 4, ["capture"])


def cases(texts):
    for settings, selection in plan(texts):
        params = {**DEFAULTS, **settings}
        for index in selection:
            found = terms(params, texts[index]["text"])
            yield {"params": params, "text": index, "terms": found}
