"""A peer in a process of its own, started by `peers.py`.

    python worker.py PEER TRAIN TEST FOLDER THREADS

The protocol, which the peers in Rust speak as well: once the texts are read, a line of JSON with
the ``tasks`` that this peer has and its ``version``; then, for each line of the standard input that
names a task, a line with its ``seconds``. ``save`` writes ``FOLDER/model``; ``answers`` writes the
labels of the unseen texts to ``FOLDER/answers``, a line each, and their probabilities to
``FOLDER/answers.f64`` where the method is TF-IDF and naive Bayes.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from corpora import records
from learners import PEERS


def main() -> None:
    name, train, test, folder, threads = sys.argv[1:]
    # Some peers print to the standard output: it is set aside for the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    texts, labels = [], []
    for record in records(Path(train)):
        texts.append(record["text"])
        labels.append(record["label"])
    unseen = [record["text"] for record in records(Path(test))]
    peer = PEERS[name](texts, labels, unseen, Path(folder), int(threads))

    def say(answer: dict) -> None:
        answers.write(json.dumps(answer) + "\n")
        answers.flush()

    say({"tasks": peer.tasks, "version": peer.version})
    for line in sys.stdin:
        say({"seconds": getattr(peer, line.strip())()})


if __name__ == "__main__":
    main()
