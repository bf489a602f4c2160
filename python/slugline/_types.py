"""Types of arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol, SupportsFloat, TypeAlias

from numpy.typing import ArrayLike


class ArrowStream(Protocol):
    """Columns with an Arrow stream interface: those of Polars, PyArrow, pandas and others."""

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        """Return a capsule of an ``ArrowArrayStream``."""


class ArrowArray(Protocol):
    """Arrays with an Arrow array interface."""

    def __arrow_c_array__(self, requested_schema: Any = None) -> Any:
        """Return capsules of an ``ArrowSchema`` and an ``ArrowArray``."""


class Strings(Protocol):
    """Collections of strings, but not a string: lists, tuples, sets, arrays, Series.

    A `str` is an iterable of `str`, too, and a text in the place of a list of texts is a mistake.
    What tells them apart is ``__contains__``: a list may be asked for anything, a `str` for another
    `str` alone.
    """

    def __contains__(self, value: object, /) -> bool:
        """Whether a value is among them."""

    def __iter__(self) -> Iterator[str]:
        """Return them one after the other."""


class Writable(Protocol):
    """A binary file object to write to: of `open`, `gzip.open`, `io.BytesIO` and others."""

    def write(self, data: bytes, /) -> Any:
        """Take bytes, and perhaps say how many."""


class Readable(Protocol):
    """A binary file object to read from."""

    def read(self) -> bytes:
        """Return all bytes."""


class Encoder(Protocol):
    """Models that make vectors of texts."""

    def encode(self, texts: list[str], /) -> Any:
        """Return a vector for each text."""


#: The same as a function.
Encode: TypeAlias = Callable[[list[str]], Any]

#: Texts to read: several strings, an iterator of strings (a generator, say), or Arrow memory.
Texts: TypeAlias = Strings | Iterator[str] | ArrowStream | ArrowArray

#: Texts and their classes, perhaps with a weight for each.
Batch: TypeAlias = tuple[Texts, ArrayLike] | tuple[Texts, ArrayLike, ArrayLike | None]

#: The probability of each class for each text.
SoftLabels: TypeAlias = Sequence[Mapping[Any, SupportsFloat]]

#: Terms that speak for a class, with their weights.
Prior: TypeAlias = Mapping[Any, Mapping[str, float]]
