"""The result of an audit: labels that the model of the other texts contradicts."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from slugline import _core
from slugline._labels import background_of, names_of, order_of, without
from slugline._learning import options_of, targets_of
from slugline._prior import prior_terms
from slugline._settings import for_rust
from slugline._table import Table, html_table
from slugline._texts import counted, documents_of

#: The number of doubts shown in a notebook.
_SHOWN = 20


class Doubt(NamedTuple):
    """A text, and how doubtful its class is.

    Attributes
    ----------
    document : int
        The position of the text.
    label : object
        The class of the text.
    suggested : object
        The class predicted by the model of the other texts.
    probability : float
        The calibrated probability of ``label``.
    margin : float
        The score of ``label`` minus the highest score of another class; negative if another class
        is more likely.
    """

    document: int
    label: Any
    suggested: Any
    probability: float
    margin: float


@dataclass(frozen=True, repr=False, eq=False)
class Audit(Table):
    """The result of ``TextClassifier.audit``. It shows its first doubts in a notebook.

    Attributes
    ----------
    doubts : list of Doubt
        All texts except those of the background, the most doubtful first.
        ``to_pandas`` and ``to_arrow`` make a table of them.
    classes : ndarray of shape (n_classes,)
        The classes, sorted.
    accuracy : float
        The fraction of texts whose class is the suggested one.
    confusion : ndarray of shape (n_classes, n_classes)
        The confusion matrix: classes of the texts (rows) and suggested classes (columns).
    """

    doubts: list[Doubt]
    classes: NDArray[Any]
    accuracy: float
    confusion: NDArray[np.int64]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Audit):
            return NotImplemented
        return (
            self.doubts == other.doubts
            and self.accuracy == other.accuracy
            and np.array_equal(self.classes, other.classes)
            and np.array_equal(self.confusion, other.confusion)
        )

    # It holds lists and arrays.
    __hash__ = None  # type: ignore[assignment]

    def to_dict(self) -> dict[str, list[Any]]:
        """Return a row for each text, the most doubtful first.

        Returns
        -------
        dict of list
            The columns document, label, suggested, probability and margin.
        """
        columns = zip(*self.doubts, strict=True) if self.doubts else [()] * len(Doubt._fields)
        return {name: list(column) for name, column in zip(Doubt._fields, columns, strict=True)}

    def __repr__(self) -> str:
        doubted = sum(doubt.label != doubt.suggested for doubt in self.doubts)
        return (
            f"Audit({counted(len(self.doubts), 'text')}, {doubted} with another class by "
            f"leave-one-out; accuracy {self.accuracy:.3f})"
        )

    def _repr_html_(self) -> str:
        """The first doubts, for notebooks."""
        table = html_table(Doubt._fields, self.doubts[:_SHOWN])
        left = len(self.doubts) - _SHOWN
        more = f"<p>… and {left} more: to_pandas() has all</p>" if left > 0 else ""
        return f"<div><p><b>{escape(repr(self))}</b></p>{table}{more}</div>"


def audited(estimator: Any, X: Any, y: Any, prior: Any) -> Audit:
    """See `TextClassifier.audit`."""
    documents = documents_of(X)
    targets = targets_of(documents, y)
    terms, classes = prior_terms(prior, np.unique(targets))
    background = background_of(estimator.background, classes)
    classes = without(background, classes)
    _, confusion, accuracy, doubts = _core.audit(
        for_rust(estimator._parameters(), classes, background),
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
