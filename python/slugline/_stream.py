"""Fitting on batches."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterable
from typing import Any

import numpy as np

from slugline import _core
from slugline._labels import background_of, by_name, classes_of, joined_dtype, names_of
from slugline._learning import check_labels, column_of, weights_of
from slugline._prior import checked_prior, prior_terms
from slugline._settings import auto_of, for_rust
from slugline._texts import counted, documents_of
from slugline._types import Batch
from slugline._values import refuse, text


def trained(
    estimator: Any, batches: Iterable[Batch], memory: int | str | None, prior: Any
) -> tuple[_core.Classifier, Any]:
    """Fit on the documents of all batches; return the model and its classes."""
    chosen = auto_of(estimator._parameters())
    if chosen:
        raise ValueError(
            f"{', '.join(chosen)}: chosen by reading the texts several times, and fit_stream reads "
            "them once: use fit, or give values (calibrated(X, y) calibrates on other texts)"
        )
    params = estimator._parameters()
    checked_prior(prior)
    trainer = _core.Trainer(
        # The order of the class prior is that of classes which are not known yet, and what the
        # labels of prior and background are called depends on their type.
        for_rust({**params, "class_prior": None}, [], None),
        None if memory is None else text("memory", str(memory)),
        {"prior": [], "auto": [], "threads": _core.threads(estimator.n_jobs)},
    )
    # The distinct labels so far, as an array of their type.
    seen = np.empty(0, dtype="U")
    try:
        one_by_one = iter(batches)
    except TypeError:
        refuse("batches", batches, "an iterable of (texts, labels)", TypeError)
    for number, batch in enumerate(one_by_one):
        try:
            seen = _add(trainer, batch, seen)
            background_of(estimator.background, seen)
        except (TypeError, ValueError) as error:
            if type(error) not in (TypeError, ValueError):
                raise
            raise type(error)(f"batch {number}: {error}") from error
    terms, seen = prior_terms(prior, seen)
    background = background_of(estimator.background, seen)
    label_type, dtype = names_of(seen)[1], seen.dtype if len(seen) else None
    class_prior = params["class_prior"]
    if class_prior is not None:
        names = {*trainer.labels(), *(label for label, _, _ in terms)}
        if background is not None:
            names.discard(background)
        classes = classes_of(sorted(names), label_type, dtype)
        # One of the wrong length is Rust's to complain about.
        if len(class_prior) == len(classes):
            class_prior = by_name(classes, class_prior)
        class_prior = [float(part) for part in class_prior]
    model, pruned = trainer.finish(label_type, class_prior, terms, background)
    if pruned:
        kept = json.loads(model.settings)["features"]["pruning"]["max_features"]
        warnings.warn(
            f"{counted(pruned, 'term')} more would not fit into memory={memory!r}: only the most "
            f"frequent were kept, as with max_features={kept}",
            stacklevel=4,
        )
    return model, classes_of(model.labels, label_type, dtype)


def _add(trainer: _core.Trainer, batch: Any, seen: Any) -> Any:
    """Add a batch; return the distinct labels so far."""
    if not isinstance(batch, (tuple, list)) or len(batch) not in (2, 3):
        raise TypeError(
            "expected (texts, labels) or (texts, labels, weights), got "
            + (f"{len(batch)} parts" if isinstance(batch, (tuple, list)) else type(batch).__name__)
        )
    texts, y, weights = (*batch, None)[:3]
    documents = documents_of(texts, "texts")
    targets = column_of(y)
    if len(documents) != len(targets):
        raise ValueError(f"{counted(len(documents), 'text')}, but {counted(len(targets), 'label')}")
    if not len(targets):
        return seen
    check_labels(targets, y)
    classes, targets = np.unique(targets, return_inverse=True)
    names, this_type = names_of(classes)
    if len(seen):
        label_type = names_of(seen)[1]
        if label_type != this_type:
            raise ValueError(
                f"the labels are of type {this_type}, those before of type {label_type}"
            )
        dtype = joined_dtype(seen, classes)
        classes = np.unique(np.concatenate([seen.astype(dtype), classes.astype(dtype)]))
    weights = weights_of(weights, len(targets))
    trainer.add(documents, names, np.ascontiguousarray(targets, dtype=np.uintp), weights)
    return classes
