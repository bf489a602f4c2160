"""Whether an object is the only one with a reference to the value of its attribute."""

from __future__ import annotations

import sys
from typing import Any


def _references(own: dict[str, Any], name: str) -> int:
    return sys.getrefcount(own[name])


#: The reference count where only the owner has the value; None where Python has no such count.
_ALONE = _references({"value": {}}, "value") if sys.implementation.name == "cpython" else None


def is_alone(own: dict[str, Any], name: str) -> bool:
    """Whether the attribute is there, and nobody else has its value; False where none can tell."""
    return name in own and _ALONE is not None and _references(own, name) == _ALONE
