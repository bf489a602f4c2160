"""The bundled classifier of news."""

from __future__ import annotations

from functools import cache

from slugline import _core
from slugline._classifier import TextClassifier
from slugline._explanation import Verdict


@cache
def _topics() -> TextClassifier:
    return TextClassifier._of(_core.Classifier.topics())


def topics() -> TextClassifier:
    """Return the bundled classifier of news: technology, policy or markets.

    Returns
    -------
    TextClassifier
        A fitted classifier of its own: what is done to it changes no other.

    Examples
    --------
    >>> import slugline
    >>> slugline.topics().predict(["The central bank raised interest rates."]).tolist()
    ['markets']
    """
    return TextClassifier._of(_topics()._model)


def classify(text: str) -> Verdict:
    """Name the topic of a news article: technology, policy or markets.

    Parameters
    ----------
    text : str
        The article.

    Returns
    -------
    Verdict
        Label, probabilities, and how many terms were recognised.

    Examples
    --------
    >>> import slugline
    >>> slugline.classify("The central bank raised interest rates again.").label
    'markets'
    """
    return _topics().classify(text)
