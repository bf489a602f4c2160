"""Text classification with TF-IDF and naive Bayes: scikit-learn's numbers, many times faster.

- `slugline.sklearn`: drop-in replacements of scikit-learn's text estimators;
- `TextClassifier`: text classification in one estimator;
- `describe`: a prior from a sentence about each class, for classifiers without labelled texts;
- `classify` and `topics`: the bundled model of technology, policy and markets;
- `from_sklearn`: converts a fitted scikit-learn pipeline to a `TextClassifier`.

Estimators, and scikit-learn with them, are imported on first use, so that a program that only calls
`classify` starts sooner.
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
    from slugline._describe import describe
else:
    #: The modules of names that are imported on first use.
    _LATER = {
        "Audit": "_audit",
        "Doubt": "_audit",
        "TextClassifier": "_classifier",
        "describe": "_describe",
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
    "describe",
    "from_sklearn",
    "topics",
]
