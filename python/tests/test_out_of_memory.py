"""Memory that runs out: an exception, and whatever was there stays."""

import subprocess
import sys

import pytest

pytest.importorskip("resource")

PROGRAM = """
import resource, sys
import numpy as np
from slugline import TextClassifier

rng = np.random.default_rng(0)
words = np.array([f"word{n}" for n in range(50_000)])
few = [" ".join(rng.choice(words, 30)) for _ in range(2000)]
labels = [f"label{n % 500}" for n in range(2000)]
model = TextClassifier(n_jobs=1).fit(few, labels)
before = model.predict(few[:50]).tolist()
model.save(sys.argv[1])
large = few * 400  # 150 MB of text, and a million labels and texts below.
copies = [text + " x" for text in large] if "fit" in sys.argv[2] else large

with open("/proc/self/statm") as statm:
    used = int(statm.read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 40_000_000, resource.RLIM_INFINITY))
try:
    {call}
    print("done")
except MemoryError as error:
    print("MemoryError", error)
resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
assert model.predict(few[:50]).tolist() == before
"""


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
@pytest.mark.parametrize(
    ("call", "what"),
    [
        ("TextClassifier(n_jobs=1).fit(copies, labels * 400)", "training needs"),
        ("model.predict_proba(large)", "classification needs"),
        ("model.predict_shares(large)", "classification needs"),
    ],
)
def test_memory_that_runs_out_is_a_memory_error(tmp_path, call, what):
    """In a process of its own, with little more memory than it has."""
    program = PROGRAM.replace("{call}", call)
    path = str(tmp_path / "model")
    ran = subprocess.run(
        [sys.executable, "-c", program, path, call],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert ran.stdout.startswith("MemoryError"), ran.stdout
    # Or NumPy's and Python's own, which come first in some of them.
    assert what in ran.stdout or "out of memory" not in ran.stdout
