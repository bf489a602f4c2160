"""What the README and the examples show is run."""

import importlib.util
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


def test_the_example_of_describe_runs(capsys):
    """With an encoder of nine words in place of one of millions of parameters."""
    spec = importlib.util.spec_from_file_location("example", ROOT / "python/examples/describe.py")
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    words = ["war", "politics", "sports", "game", "business", "companies", "science", "computers"]
    topics = example.AG_NEWS

    def encode(texts):
        return [[word in text.lower() for word in words] + [0.1] for text in texts]

    texts = [f"about {word}, {other} and {n}" for n in range(10) for word, other in pairs(words)]
    labels = list(topics) * 10
    model = example.compare((texts, labels), (texts, labels), topics, encode)
    assert model.classes_.tolist() == sorted(topics)
    found = capsys.readouterr().out
    for name in ("classifier from sentences", "classifier from labels", "encoder"):
        assert re.search(rf"{name} +1\.0000 .* documents a second", found), found
    assert [len(part) for part in example.parted(texts, labels)] == [32, 32, 8, 8]


def pairs(words):
    return zip(words[::2], words[1::2], strict=True)
