"""The terms of the bundled model, as the scripts beside this file need them. Needs scikit-learn."""

from __future__ import annotations

import csv
import json
import re
from itertools import pairwise
from pathlib import Path

from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

HERE = Path(__file__).resolve().parent
TOPICS = ("markets", "policy", "technology")
#: A term that is on no list is kept if so many documents hold it.
MIN_DF = 10
#: As in scikit-learn: a run of two or more word characters.
WORD = re.compile(r"\b\w\w+\b")


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a table of this folder that have a term."""
    with open(HERE / name, encoding="utf-8") as lines:
        kept = (line for line in lines if not line.startswith("#"))
        found = csv.DictReader(kept, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [row for row in found if row["term"]]


def _words(name: str) -> set[str]:
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return {line for line in lines if not line.startswith("#")}


DROPPED = (ENGLISH_STOP_WORDS - _words("kept_words.txt")) | _words("dropped_words.txt")


def is_dropped(word: str) -> bool:
    """Whether terms that hold the word are left out: stop words, forms of address, numbers."""
    return word in DROPPED or word.isdigit()


def terms_of(text: str) -> list[str]:
    """Return the terms of a text: words, and pairs of neighbours, that hold no dropped word."""
    words = WORD.findall(text.lower())
    return [word for word in words if not is_dropped(word)] + [
        f"{a} {b}" for a, b in pairwise(words) if not (is_dropped(a) or is_dropped(b))
    ]


def term_of(entry: str) -> str | None:
    """Return an entry of a list as a term, or None where it is none."""
    words = WORD.findall(entry.lower())
    good = len(words) in (1, 2) and not any(map(is_dropped, words))
    return " ".join(words) if good else None


def listed(name: str) -> list[tuple[str, str, float]]:
    """Return label, term and weight of the rows of a list that are terms."""
    found = ((row["label"], term_of(row["term"]), float(row["weight"])) for row in rows(name))
    return [(label, term, weight) for label, term, weight in found if term is not None]


def text_of(record: dict) -> str:
    """Return title and text."""
    return "\n".join(filter(None, (record.get("title"), record["text"])))


def articles() -> list[dict]:
    """Return the training articles of `datasets/topics`."""
    files = sorted((HERE.parent / "topics").glob("*.jsonl"))
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    return [record for record in map(json.loads, lines) if record["split"] == "train"]
