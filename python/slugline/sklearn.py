"""Drop-in replacements of scikit-learn's text estimators, computed in Rust.

Each class is a subclass of the scikit-learn class of the same name and has its parameters,
attributes, errors and warnings; results are equal. Fitted estimators can be used wherever
scikit-learn's are expected, and pickled. `RefinedNB` is slugline's own: naive Bayes that is refined
on the rows it was fitted on.

Settings with Python code (a callable ``tokenizer``, ``preprocessor`` or ``analyzer``, a
``token_pattern`` other than whole words) run scikit-learn's own code, at its speed.

Known differences:

- characters that were added to Unicode after the release of the Python in use (2022 and later for
  Python 3.11) are letters here, and no part of a word for Python's ``re``;
- the items of a learned ``vocabulary_`` are in the order of their columns here, in scikit-learn in
  the order of first occurrence; the columns are the same;
- a table (a DataFrame) in place of texts is an error here, while scikit-learn reads the names of
  its columns as texts; and an Arrow column or a Series of other values than text is a ``TypeError``
  that names the first value, in scikit-learn an ``AttributeError``.

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
from slugline._refined_nb import RefinedNB
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
    "RefinedNB",
    "TfidfTransformer",
    "TfidfVectorizer",
]
