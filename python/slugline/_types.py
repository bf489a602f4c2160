"""Types of arguments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol, TypeAlias

from numpy.typing import ArrayLike


class ArrowStream(Protocol):
    """Columns that offer their Arrow memory: of Polars, PyArrow, pandas and others."""

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        """Return a capsule of an ``ArrowArrayStream``."""


class ArrowArray(Protocol):
    """Arrays that offer their Arrow memory."""

    def __arrow_c_array__(self, requested_schema: Any = None) -> Any:
        """Return capsules of an ``ArrowSchema`` and an ``ArrowArray``."""


#: Texts to read.
Texts: TypeAlias = Iterable[str] | ArrowStream | ArrowArray

#: Texts and their classes, perhaps with a weight for each.
Batch: TypeAlias = tuple[Texts, ArrayLike] | tuple[Texts, ArrayLike, ArrayLike | None]

#: Terms that speak for a class, with their weights.
Prior: TypeAlias = Mapping[Any, Mapping[str, float]]
