"""Which labels the rest of the data doubts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from slugline import _core
from slugline._fitted import documents_of
from slugline._labels import names_of, order_of
from slugline._learning import options_of, targets_of
from slugline._settings import for_rust, prior_terms


class Doubt(NamedTuple):
    """A text and how well its class fits.

    Attributes
    ----------
    document : int
        The position of the text.
    label : object
        The class that it has.
    suggested : object
        The class that the other texts give it; the same one where they agree.
    probability : float
        The probability of the class that it has, calibrated.
    margin : float
        How far the score of its class lies above that of the best other one; below 0: another one
        is likelier.
    """

    document: int
    label: Any
    suggested: Any
    probability: float
    margin: float


@dataclass(frozen=True)
class Audit:
    """What the other texts say of each text's class.

    Attributes
    ----------
    doubts : list of Doubt
        Every text (but those of the background), the most doubtful class first.
        ``pandas.DataFrame(audit.doubts)`` makes a table of them.
    classes : ndarray of shape (n_classes,)
        The classes, sorted.
    accuracy : float
        The part of the texts whose class is the one that the others give them.
    confusion : ndarray of shape (n_classes, n_classes)
        How many texts of each class (rows) the others give each class (columns).
    """

    doubts: list[Doubt]
    classes: NDArray[Any]
    accuracy: float
    confusion: NDArray[np.int64]


def audited(estimator: Any, X: Any, y: Any, prior: Any) -> Audit:
    """See `TextClassifier.audit`."""
    documents = documents_of(X)
    targets = targets_of(documents, y)
    terms, of_prior = prior_terms(prior)
    classes = np.unique(targets)
    if len(of_prior):
        classes = np.union1d(classes, of_prior)
    if estimator.background is not None:
        classes = classes[classes != estimator.background]
    _, confusion, accuracy, doubts = _core.audit(
        for_rust(estimator.get_params(deep=False), classes),
        documents,
        names_of(targets)[0],
        options_of(estimator, terms),
    )
    by_name = dict(zip(names_of(classes)[0], classes.tolist(), strict=True))
    order = order_of(classes)
    table = np.array(confusion, dtype=np.int64)
    return Audit(
        [
            Doubt(document, by_name[label], by_name[suggested], probability, margin)
            for document, label, suggested, probability, margin in doubts
        ],
        classes,
        accuracy,
        table if order is None else table[np.ix_(order, order)],
    )
