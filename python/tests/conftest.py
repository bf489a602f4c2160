"""Where the real corpora are."""

import gzip
import json
import os
from pathlib import Path

import pytest

DATA = Path(
    os.environ.get("SLUGLINE_DATA", Path(__file__).resolve().parents[3] / "shared" / "data")
)


@pytest.fixture(scope="session")
def corpus():
    """Return a function that reads a corpus, or skips the test where it is not there."""

    def read(name):
        path = DATA / name
        if not path.exists():
            pytest.skip(f"{path} is not there (set SLUGLINE_DATA to its folder)")
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]

    return read
