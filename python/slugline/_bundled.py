"""The bundled classifier of news."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from slugline import _core
from slugline._explanation import Verdict, verdict_of
from slugline._texts import one_text

if TYPE_CHECKING:
    from slugline._classifier import TextClassifier


@cache
def _topics() -> tuple[_core.Classifier, list[str]]:
    """The model and its labels, loaded once. Not an estimator, which would import scikit-learn."""
    model = _core.Classifier.topics()
    return model, model.labels


def topics() -> TextClassifier:
    """Return the bundled classifier of news: technology, policy or markets.

    Returns
    -------
    TextClassifier
        A fitted classifier, independent of those returned before.

    Examples
    --------
    >>> import slugline
    >>> slugline.topics().predict(["The central bank raised interest rates."]).tolist()
    ['markets']
    """
    from slugline._classifier import TextClassifier

    return TextClassifier._of(_topics()[0])


def classify(text: str) -> Verdict:
    """Classify a news article as technology, policy or markets.

    Parameters
    ----------
    text : str
        The article.

    Returns
    -------
    Verdict
        The label, probabilities, shares, and the number of recognised terms.

    Examples
    --------
    >>> import slugline
    >>> slugline.classify("The central bank raised interest rates again.").label
    'markets'
    """
    model, labels = _topics()
    return verdict_of(model.classify(one_text(text)), labels)
