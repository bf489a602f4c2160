"""Fitting on batches that come one after the other."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterable
from typing import Any

import numpy as np
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import column_or_1d

from slugline import _core
from slugline._labels import by_name, classes_of, names_of
from slugline._settings import auto_of, for_rust, prior_terms
from slugline._types import Batch


def trained(
    estimator: Any, batches: Iterable[Batch], memory: int | str | None, prior: Any
) -> tuple[_core.Classifier, Any]:
    """Return a model of the documents of all batches, and its classes."""
    chosen = auto_of(estimator.get_params(deep=False))
    if chosen:
        raise ValueError(
            f"{', '.join(chosen)}: chosen by reading the texts several times, and fit_stream reads "
            "them once: use fit, or give values (calibrated(X, y) calibrates on other texts)"
        )
    params = estimator.get_params(deep=False)
    terms, of_prior = prior_terms(prior)
    trainer = _core.Trainer(
        # The order of the class prior is that of classes which are not known yet.
        for_rust({**params, "class_prior": None}, []),
        None if memory is None else str(memory),
        {"prior": terms, "auto": [], "threads": _core.threads(estimator.n_jobs)},
    )
    label_type = names_of(of_prior)[1] if len(of_prior) else None
    for number, batch in enumerate(batches):
        try:
            label_type = _add(trainer, batch, label_type)
        except (TypeError, ValueError) as error:
            if type(error) not in (TypeError, ValueError):
                raise
            raise type(error)(f"batch {number}: {error}") from error
    label_type = label_type or "text"
    class_prior = params["class_prior"]
    if class_prior is not None:
        names = {*trainer.labels(), *(label for label, _, _ in terms)}
        if estimator.background is not None:
            names.discard(str(estimator.background))
        classes = classes_of(sorted(names), label_type)
        # One of the wrong length is Rust's to complain about.
        if len(class_prior) == len(classes):
            class_prior = by_name(classes, class_prior)
        class_prior = [float(part) for part in class_prior]
    model, pruned = trainer.finish(label_type, class_prior)
    if pruned:
        kept = json.loads(model.settings)["features"]["pruning"]["max_features"]
        warnings.warn(
            f"{pruned} terms more would not fit into memory={memory!r}: only the most frequent "
            f"were kept, as with max_features={kept}",
            stacklevel=4,
        )
    return model, classes_of(model.labels, label_type)


def _add(trainer: _core.Trainer, batch: Any, label_type: str | None) -> str | None:
    """Add a batch; return the type of the labels so far."""
    if not isinstance(batch, (tuple, list)) or len(batch) not in (2, 3):
        raise TypeError(
            "expected (texts, labels) or (texts, labels, weights), got "
            + (f"{len(batch)} parts" if isinstance(batch, (tuple, list)) else type(batch).__name__)
        )
    texts, y, weights = (*batch, None)[:3]
    if isinstance(texts, (str, bytes)):
        raise ValueError("Iterable over raw text documents expected, string object received.")
    documents = _core.Documents(texts)
    targets = column_or_1d(y, warn=True)
    if len(documents) != len(targets):
        raise ValueError(f"{len(documents)} texts, but {len(targets)} labels")
    if not len(targets):
        return label_type
    check_classification_targets(targets)
    classes, targets = np.unique(targets, return_inverse=True)
    names, this_type = names_of(classes)
    if label_type not in (None, this_type):
        raise ValueError(f"the labels are of type {this_type}, those before of type {label_type}")
    if weights is not None:
        weights = np.ascontiguousarray(weights, dtype=np.float64)
    trainer.add(documents, names, np.ascontiguousarray(targets, dtype=np.uintp), weights)
    return this_type
