"""Text classification with TF-IDF and naive Bayes: scikit-learn's numbers, many times faster.

- `slugline.sklearn`: scikit-learn's text estimators, by changing the import;
- `TextClassifier`: the whole path from text to class in one estimator;
- `classify` and `topics`: the bundled model of technology, policy and markets;
- `from_sklearn`: a fitted scikit-learn pipeline as a `TextClassifier`.

Estimators, and scikit-learn with them, are imported when they are asked for: a program that only
calls `classify` starts without.
"""

from importlib import import_module as _import_module
from typing import TYPE_CHECKING

from slugline._bundled import classify, topics
from slugline._core import __VERSION__ as __version__
from slugline._explanation import Explanation, Reason, Verdict

if TYPE_CHECKING:
    from slugline import sklearn as sklearn
    from slugline._audit import Audit, Doubt
    from slugline._classifier import TextClassifier
    from slugline._conversion import from_sklearn
else:
    #: Where the names are that are imported when they are asked for.
    _LATER = {
        "Audit": "_audit",
        "Doubt": "_audit",
        "TextClassifier": "_classifier",
        "from_sklearn": "_conversion",
    }

    def __getattr__(name):
        if name == "sklearn":
            return _import_module("slugline.sklearn")
        if name not in _LATER:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(_import_module(f"slugline.{_LATER[name]}"), name)
        globals()[name] = value
        return value

    def __dir__():
        return sorted({*globals(), *_LATER, "sklearn"} - {"TYPE_CHECKING"})


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
