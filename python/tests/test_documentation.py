"""What the README and the examples show is run."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import DATA

ROOT = Path(__file__).resolve().parents[2]
BLOCKS = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)


def test_the_readme_has_python_in_it():
    assert len(BLOCKS) >= 2


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_the_readme_runs(block, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", block], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("real", [False, True])
def test_the_example_runs(real, tmp_path):
    files = []
    if real:
        files = [
            DATA / f"20newsgroups/{name}.jsonl.gz" for name in ("train_bydate60", "test_bydate40")
        ]
        if not files[0].exists():
            pytest.skip(f"{files[0]} is not there (set SLUGLINE_DATA to its folder)")
    done = subprocess.run(
        [sys.executable, ROOT / "python/examples/newsroom.py", *files],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "the same label for every test document" in done.stdout
