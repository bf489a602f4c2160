"""SciPy's CSR matrices as arrays that the Rust side reads, and changes, in place."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp
from sklearn.preprocessing import normalize

from slugline import _core

_FLOATS = frozenset(map(np.dtype, "fd"))
_INDICES = (np.dtype(np.int32), np.dtype(np.int64))


def csr_arrays(X: Any) -> tuple[Any, Any, Any]:
    """Return the values as 64-bit floats, the columns and the starts of the rows of a CSR matrix.

    SciPy takes columns that lie apart, of another byte order, or with room behind the last row:
    such ones are copied, and the room is left out.
    """
    indices, indptr = _plain_indices(X.indices, X.indptr)
    n = int(indptr[-1]) if len(indptr) else 0
    data = X.data
    if 0 <= n < len(indices):
        indices, data = indices[:n], data[:n]
    return _plain(data, np.dtype(np.float64)), indices, indptr


def refuse_malformed(X: Any) -> None:
    """Fail where the indices of a CSR or CSC matrix lead outside: SciPy's own code follows them.

    As SciPy's `check_format`, which also changes X (it cuts off unused room).
    """
    if not sp.issparse(X) or X.format not in ("csr", "csc"):
        return
    n_major, n_minor = X.shape if X.format == "csr" else X.shape[::-1]
    indptr, indices = X.indptr, X.indices
    is_good = len(indptr) == n_major + 1 and indptr[0] == 0
    is_good = is_good and bool(np.all(indptr[:-1] <= indptr[1:]))
    is_good = is_good and int(indptr[-1]) <= min(len(indices), len(X.data))
    if is_good and indptr[-1] > 0:
        used = indices[: indptr[-1]]
        is_good = int(used.min()) >= 0 and int(used.max()) < n_minor
    if not is_good:
        raise ValueError("malformed sparse matrix: its indices lead outside")


def weigh(X: Any, idf: Any) -> None:
    """Multiply the columns of X by idf, in place."""
    native = (
        type(idf) is np.ndarray
        and idf.shape == X.shape[1:]
        and np.result_type(X.dtype, idf) == X.dtype
        and len(X.data) == len(X.indices)
        and _is_plain(X.data)
    )
    if not native or not _core.times_idf(
        X.data, _plain_indices(X.indices)[0], np.ascontiguousarray(idf, X.dtype)
    ):
        # Of a wider type, in which it is computed; or what a user put there.
        X.data *= idf[X.indices]


def normalise(X: Any, norm: Any) -> Any:
    """Normalise the rows of X, in place."""
    if norm is None:
        return X
    native = isinstance(norm, str) and norm in ("l1", "l2") and X.dtype in _FLOATS
    # Other columns are an error of scikit-learn's, too.
    native = native and _is_plain(X.data) and _are_of_one_type(X.indptr, X.indices)
    if native and _core.normalise(X.data, _plain_indices(X.indptr)[0], norm):
        return X
    # Other norms and types, and numbers that are not finite: an error, which scikit-learn words.
    return normalize(X, norm=norm, copy=False)


def _plain_indices(*arrays: Any) -> tuple[Any, ...]:
    """Return arrays of indices as the Rust side takes them: all of the same type."""
    dtype = arrays[0].dtype if _are_of_one_type(*arrays) else _INDICES[1]
    return tuple(_plain(array, dtype) for array in arrays)


def _are_of_one_type(*arrays: Any) -> bool:
    """Whether arrays of indices are all of 32, or all of 64 bits."""
    return all(array.dtype == arrays[0].dtype in _INDICES for array in arrays)


def _plain(array: Any, dtype: Any) -> Any:
    """Return the array itself where it is of this type and lies in one piece, else a copy that is.

    What may be written to and what may not makes no difference.
    """
    return np.require(array, dtype=dtype, requirements=["C", "A"])


def _is_plain(array: Any) -> bool:
    """Whether the Rust side can change the values of an array where they are."""
    flags = array.flags
    return bool(flags.writeable and flags.c_contiguous and flags.aligned and array.dtype.isnative)
