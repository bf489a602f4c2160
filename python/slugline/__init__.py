"""Text classification with TF-IDF and naive Bayes: scikit-learn's numbers, many times faster.

- `slugline.sklearn`: scikit-learn's text estimators, by changing the import;
- `TextClassifier`: the whole path from text to class in one estimator;
- `classify` and `topics`: the bundled model of technology, policy and markets;
- `from_sklearn`: a fitted scikit-learn pipeline as a `TextClassifier`.
"""

from slugline._audit import Audit, Doubt
from slugline._bundled import classify, topics
from slugline._classifier import TextClassifier
from slugline._conversion import from_sklearn
from slugline._core import __VERSION__ as __version__
from slugline._explanation import Explanation, Reason, Verdict

__all__ = [
    "Audit",
    "Doubt",
    "Explanation",
    "Reason",
    "TextClassifier",
    "Verdict",
    "__version__",
    "classify",
    "from_sklearn",
    "topics",
]
