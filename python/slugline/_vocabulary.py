"""`vocabulary_` of a drop-in: a `dict` that its owner may change at any time.

Rust has a copy of its terms. To find out whether the `dict` has changed since takes a comparison of
all items, longer than counting a thousand short texts may take. So it is noted when a reference to
the `dict` is given away; while there is none, no comparison is needed.
"""

from __future__ import annotations

from typing import Any

from slugline._alone import is_alone

#: Where the `dict` is kept. Under its public name it could be had and changed unnoticed, and with
#: another ending scikit-learn would take the estimator for one that is not fitted.
_KEPT = "_columns_"
_TERMS = "_native_vocabulary"
_GIVEN = "_vocabulary_given"


def _is_replaced(vectorizer: Any) -> bool:
    """Whether a subclass has something else under the name: scikit-learn's methods use that."""
    for kind in type(vectorizer).__mro__:
        if "vocabulary_" in vars(kind):
            return kind is not OwnsVocabulary
    return True


def _own(vectorizer: Any) -> dict[str, Any]:
    """What a vectoriser holds. What was put there under the public name, of a pickle say, moves."""
    own = vars(vectorizer)
    if "vocabulary_" in own and not _is_replaced(vectorizer):
        own[_KEPT] = own.pop("vocabulary_")
        own[_GIVEN] = object()
    return own


class OwnsVocabulary:
    """A vectoriser with a vocabulary of its own."""

    @property
    def vocabulary_(self) -> Any:
        """The terms and their columns."""
        own = _own(self)
        if _KEPT not in own:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute 'vocabulary_'")
        own[_GIVEN] = object()
        return own[_KEPT]

    @vocabulary_.setter
    def vocabulary_(self, columns: Any) -> None:
        own = _own(self)
        own[_GIVEN] = object()
        own[_KEPT] = columns

    @vocabulary_.deleter
    def vocabulary_(self) -> None:
        own = _own(self)
        if _KEPT not in own:
            raise AttributeError("vocabulary_")
        for name in (_KEPT, _TERMS, _GIVEN):
            own.pop(name, None)

    def _learned(self, columns: dict[str, int], terms: Any) -> None:
        """Take a vocabulary that nobody else has."""
        if _is_replaced(self):
            self.vocabulary_ = columns
            return
        _own(self).update({_KEPT: columns, _TERMS: terms, _GIVEN: None})

    def _columns(self) -> tuple[Any, Any, Any, bool]:
        """The `dict`; its terms for Rust; who was given it (None: nobody); whether that is past."""
        if _is_replaced(self):
            return self.vocabulary_, vars(self).get(_TERMS), object(), False
        own = _own(self)
        past = is_alone(own, _KEPT)
        if _KEPT not in own:
            return self.vocabulary_, None, object(), False
        return own[_KEPT], own.get(_TERMS), own.get(_GIVEN, object()), past

    def _looked_through(self, terms: Any, given: Any, past: bool) -> None:
        """Keep the terms of the `dict` as it is now."""
        own = _own(self)
        if own.get(_TERMS) is not terms:
            own[_TERMS] = terms
        # Unless somebody was given it meanwhile.
        if past and own.get(_GIVEN) is given:
            own[_GIVEN] = None

    def _check_vocabulary(self) -> None:
        own = {} if _is_replaced(self) else _own(self)
        if _KEPT not in own or len(own[_KEPT]) == 0:
            super()._check_vocabulary()  # type: ignore[misc]

    def __getstate__(self) -> dict[str, Any]:
        own = _own(self)
        state: dict[str, Any] = super().__getstate__()  # type: ignore[assignment]
        kept = {name: state[name] for name in state if name not in (_KEPT, _TERMS, _GIVEN)}
        if _KEPT not in state:
            return kept
        own[_GIVEN] = object()
        return {**kept, "vocabulary_": state[_KEPT]}
