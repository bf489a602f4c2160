"""The corpora of `peers.py`, as plain JSON Lines (``text``, ``label``) that all peers read."""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

#: Train and test part below DATA. Where they are one file, every fifth record is held out.
FILES = {
    "ag_news": ("ag_news/train_subset.jsonl.gz", "ag_news/test.jsonl.gz"),
    "20newsgroups": (
        "20newsgroups/train_bydate60.jsonl.gz",
        "20newsgroups/test_bydate40.jsonl.gz",
    ),
    "arxiv": ("arxiv/throughput_100mb.jsonl.gz", "arxiv/throughput_100mb.jsonl.gz"),
}


#: What scikit-learn takes for a word.
WORD = re.compile(r"(?u)\b\w\w+\b")


def words_of(text: str) -> str:
    """Return a text as a line of words, for peers that part words at spaces."""
    return " ".join(WORD.findall(text.lower()))


class Corpus(NamedTuple):
    """A prepared corpus."""

    train: Path
    test: Path
    #: Documents and bytes of text of the two parts, and the number of classes.
    size: dict[str, int]
    #: The labels of the test part.
    truth: list[str]
    #: The first text of the test part.
    first: str


def records(path: Path) -> Iterator[dict[str, str]]:
    """Yield title and text as one, and the label, of each record of a file."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            parts = filter(None, (record.get("title"), record["text"]))
            yield {"text": "\n".join(parts), "label": record["label"]}


def prepared(data: Path, name: str, folder: Path) -> Corpus | str:
    """Return a corpus, or why it cannot be had."""
    paths = [data / part for part in FILES[name]]
    for part, path in zip(FILES[name], paths, strict=True):
        if not path.is_file():
            return f"DATA has no {part}"
    folder.mkdir(parents=True, exist_ok=True)
    train, test = list(records(paths[0])), list(records(paths[1]))
    if paths[0] == paths[1]:
        train = [record for at, record in enumerate(train) if at % 5 != 4]
        test = test[4::5]
    # fastText and Vowpal Wabbit learn in order and would forget the classes of a sorted file.
    random.Random(0).shuffle(train)
    size = {"classes": len({record["label"] for record in train + test})}
    for part, found in (("train", train), ("test", test)):
        with open(folder / f"{part}.jsonl", "w", encoding="utf-8") as out:
            out.writelines(json.dumps(record, ensure_ascii=False) + "\n" for record in found)
        size[part] = len(found)
        size[f"{part}_bytes"] = sum(len(record["text"].encode()) for record in found)
    return Corpus(
        train=folder / "train.jsonl",
        test=folder / "test.jsonl",
        size=size,
        truth=[record["label"] for record in test],
        first=test[0]["text"],
    )
