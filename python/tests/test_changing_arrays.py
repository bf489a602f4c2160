"""Arrays of NumPy that another thread changes during a call: a result or an error, no panic."""

import subprocess
import sys

CHANGING = """
import threading
import numpy as np
import scipy.sparse as sp
from slugline import _core

rng = np.random.default_rng(0)
X = sp.random(4000, 3000, 0.02, "csr", random_state=0, dtype=np.float64)
y = rng.integers(0, 30, 4000)
weights = np.ascontiguousarray(rng.random((30, 3000)))
few = X[:5].copy()
entries = (np.arange(4000, dtype=np.uintp), y.astype(np.uintp), np.ones(4000))
whole = X.copy()
done = threading.Event()


def write():
    noise = np.random.default_rng(1)
    while not done.is_set():
        at = noise.integers(0, len(X.indices), 2000)
        X.indices[at] = noise.integers(-(2**31), 2**31, 2000)
        X.indptr[noise.integers(0, 4001, 20)] = noise.integers(-(2**31), 2**31, 20)
        few.indices[:] = -1
        X.indices[:] = whole.indices
        X.indptr[:] = whole.indptr
        few.indices[:] = whole.indices[: len(few.indices)]


calls = [
    lambda: _core.log_likelihood(X.data, X.indices, X.indptr, weights),
    lambda: _core.log_likelihood_of_few(few.data, few.indices, few.indptr, weights),
    lambda: _core.class_sums(X.data, X.indices, X.indptr, 3000, 30, entries),
    lambda: _core.normalise(X.data.copy(), X.indptr, "l2"),
    lambda: _core.times_idf(X.data.copy(), X.indices, weights[0]),
]
threads = [threading.Thread(target=write) for _ in range(2)]
for thread in threads:
    thread.start()
answered = refused = 0
try:
    for _ in range(60):
        for call in calls:
            try:
                call()
                answered += 1
            except (ValueError, IndexError, TypeError, OverflowError) as error:
                assert "internal error" not in str(error), error
                refused += 1
finally:
    done.set()
    for thread in threads:
        thread.join()
print("answered", answered, "refused", refused)
"""


def test_sparse_arrays_may_change_during_a_call():
    """In a process of its own. The functions of Rust alone: SciPy's follow any index."""
    ran = subprocess.run(
        [sys.executable, "-c", CHANGING], capture_output=True, text=True, timeout=600, check=False
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    assert "panicked" not in ran.stderr
