"""scikit-learn's text estimators on slugline's engine: change the import, keep the rest.

Each class is a subclass of the scikit-learn class of the same name and has its parameters,
attributes, errors and warnings; what it computes is equal, only sooner. Models fitted here can be
used where scikit-learn's are expected, and pickled.

Settings that Python code is part of (a callable ``tokenizer``, ``preprocessor`` or ``analyzer``, a
``token_pattern`` other than whole words) run through scikit-learn's own code, with its speed.

These differences are known:

- characters that came into Unicode after the Python in use (in 2022 and later for Python 3.11) are
  letters here, and no part of a word to Python's ``re``;
- the items of a learned ``vocabulary_`` are in the order of their columns here, in scikit-learn in
  the order in which the terms first came; the columns are the same;
- a table (a DataFrame) in the place of texts is an error here, while scikit-learn reads the names
  of its columns as texts; and an Arrow column or a Series of something else than text is a
  ``TypeError`` that names the first value, where scikit-learn has an ``AttributeError``.

Examples
--------
>>> from slugline.sklearn import MultinomialNB, TfidfVectorizer
>>> from sklearn.pipeline import make_pipeline
>>> texts = ["new phones and chips", "ministers vote on a bill", "chips for phones"]
>>> pipeline = make_pipeline(TfidfVectorizer(), MultinomialNB())
>>> pipeline.fit(texts, ["technology", "policy", "technology"]).predict(["ministers vote"]).tolist()
['policy']
"""

from slugline._naive_bayes import BernoulliNB, ComplementNB, MultinomialNB
from slugline._vectorizers import (
    CountVectorizer,
    HashingVectorizer,
    TfidfTransformer,
    TfidfVectorizer,
)

__all__ = [
    "BernoulliNB",
    "ComplementNB",
    "CountVectorizer",
    "HashingVectorizer",
    "MultinomialNB",
    "TfidfTransformer",
    "TfidfVectorizer",
]
