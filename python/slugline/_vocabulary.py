"""`vocabulary_` of a drop-in: a `dict` that its owner may change at any time.

Rust has a copy of its terms. To find out whether the `dict` has changed since takes a comparison of
all items, longer than counting a thousand short texts may take. So it is noted when a reference to
the `dict` is given away; while there is none, no comparison is needed.

A pickle has the terms as bytes, from which Rust's copy is made at once, and the `dict` when
somebody asks for it.
"""

from __future__ import annotations

from threading import Lock
from typing import Any

from slugline import _core
from slugline._alone import is_alone

#: Where the `dict` is kept. Under its public name it could be had and changed unnoticed, and with
#: another ending scikit-learn would take the estimator for one that is not fitted.
_KEPT = "_columns_"
_TERMS = "_native_vocabulary"
_GIVEN = "_vocabulary_given"
#: The terms as bytes, in a pickle.
_PACKED = "_packed_vocabulary"


class Given:
    """That somebody was given the `dict`."""

    #: Bytes of the texts whose terms were looked up in it since.
    looked_up = 0


class _Unmade:
    """In the place of a `dict` that is not made yet."""


_UNMADE = _Unmade()
_making = Lock()


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
        own[_GIVEN] = Given()
    return own


def _made(own: dict[str, Any]) -> Any:
    """The `dict`, made from the terms if nobody has asked for it yet."""
    if own[_KEPT] is _UNMADE:
        with _making:
            if own[_KEPT] is _UNMADE:
                own[_KEPT] = own[_TERMS].columns()
    return own[_KEPT]


class OwnsVocabulary:
    """A vectoriser with a vocabulary of its own."""

    @property
    def vocabulary_(self) -> Any:
        """The terms and their columns."""
        own = _own(self)
        if _KEPT not in own:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute 'vocabulary_'")
        own[_GIVEN] = Given()
        return _made(own)

    @vocabulary_.setter
    def vocabulary_(self, columns: Any) -> None:
        own = _own(self)
        own[_GIVEN] = Given()
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
            return self.vocabulary_, vars(self).get(_TERMS), Given(), False
        own = _own(self)
        if _KEPT not in own:
            return self.vocabulary_, None, Given(), False
        _made(own)
        past = is_alone(own, _KEPT)
        return own[_KEPT], own.get(_TERMS), own.get(_GIVEN, Given()), past

    def _unchanged_terms(self) -> Any:
        """The terms for Rust where the `dict` cannot have changed, else None."""
        own = vars(self)
        if (
            type(self).vocabulary_ is not OwnsVocabulary.vocabulary_
            or "vocabulary_" in own
            or own.get(_GIVEN, self) is not None
        ):
            return None
        return own.get(_TERMS)

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
        if _KEPT not in own or (own[_KEPT] is not _UNMADE and len(own[_KEPT]) == 0):
            super()._check_vocabulary()  # type: ignore[misc]

    def __getstate__(self) -> dict[str, Any]:
        own = _own(self)
        state: dict[str, Any] = super().__getstate__()  # type: ignore[assignment]
        kept = {name: state[name] for name in state if name not in (_KEPT, _TERMS, _GIVEN)}
        if _KEPT not in state:
            return kept
        own[_GIVEN] = Given()
        return {**kept, "vocabulary_": _made(own)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        kept = dict(state)
        packed = kept.pop(_PACKED, None)
        super().__setstate__(kept)  # type: ignore[misc]
        if packed is None:
            return
        terms = _core.Vocabulary.unpacked(packed)
        if _is_replaced(self):
            self.vocabulary_ = terms.columns()
            return
        _own(self).update({_KEPT: _UNMADE, _TERMS: terms, _GIVEN: None})

    def __reduce_ex__(self, protocol: Any) -> Any:
        """Return what a pickle holds: the terms as bytes, unless somebody has the `dict`, too."""
        own = _own(self)
        packed = None
        if _KEPT in own and type(_made(own)) is dict and is_alone(own, _KEPT):
            packed = _core.Vocabulary.packed(own[_KEPT])
        given = own.get(_GIVEN)
        parts: Any = super().__reduce_ex__(protocol)
        state = parts[2] if isinstance(parts, tuple) and len(parts) > 2 else None
        if packed is None or type(state) is not dict or state.get("vocabulary_") is not own[_KEPT]:
            return parts
        own[_GIVEN] = given
        kept = {name: state[name] for name in state if name != "vocabulary_"}
        return (*parts[:2], {**kept, _PACKED: packed}, *parts[3:])

    def __copy__(self) -> Any:
        """Return a copy that has the same `dict`, as shallow copies do."""
        parts: Any = super().__reduce_ex__(4)
        make, arguments, state, *_ = parts
        copied = make(*arguments)
        copied.__setstate__(state)
        return copied
