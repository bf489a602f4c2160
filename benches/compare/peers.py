"""slugline beside its peers on the same corpora, in one run: equal answers, then ratios of times.

    python3 benches/compare/peers.py DATA [--rounds 5] [--corpora ag_news 20newsgroups arxiv]

It makes what it needs by itself (a virtual environment in ``target/compare-venv``, the programs
in Rust) and writes ``benches/record/peers.md`` and ``peers.json``. DATA is the folder of the
corpora; one that is absent is skipped. What is compared with what stands in ``benches/README.md``.

Each peer is a process of its own. In every round all of them do a task, one after the other,
before the next task comes, so that a change of the machine's pace meets all. What takes less than
half a second is done again until so much time is over, and the median counts; the first ``predict``
after a fit, which follows it at once, has a figure of its own, since some do work then that later
ones have done. A figure is the median over the rounds of the ratio to scikit-learn's time in the
same round. The order is drawn anew each time: where a virtual machine gives free memory back to its
host, whoever comes after a pause or a long task fetches it again, and that shall not always be the
same one.
"""

from __future__ import annotations

import argparse
import platform
import random
import statistics
import sys
from pathlib import Path
from typing import Any

import environment
from corpora import FILES, Corpus, prepared
from environment import ROOT, TARGET, say
from processes import BASE, KINDS, Failed, Kind, Process, start

TASKS = ["fit", "predict", "predict_raw", "one", "vectorize", "fit_stems", "predict_stems"]
TASKS += ["load", "start"]
#: A task that scikit-learn does as a part of another one.
PART_OF = {"predict_raw": "predict"}
#: What is timed once, in the same turn, after these.
THEN = {"fit": "predict", "fit_stems": "predict_stems"}
#: What a figure is called that a task has at its first time.
FIRST = "first_"
#: Whose method is scikit-learn's, so that labels and probabilities have to be equal.
SAME = ("slugline, Rust", "slugline.TextClassifier", "slugline.sklearn")
TOLERANCE = 1e-9
#: Seconds: a peer that needs more for a task does it in the first round alone.
SLOW = 30.0


class Run:
    """All peers on one corpus."""

    def __init__(self, name: str, corpus: Corpus, rounds: int, limit: float):
        self.name, self.corpus, self.rounds, self.limit = name, corpus, rounds, limit
        self.peers: dict[Kind, Process] = {}
        self.seconds: dict[Kind, dict[str, list[float]]] = {kind: {} for kind in KINDS}
        self.memory: dict[Kind, dict[str, float | None]] = {kind: {} for kind in KINDS}
        self.accuracy: dict[Kind, dict[str, float]] = {kind: {} for kind in KINDS}
        self.agreement: dict[Kind, float] = {}
        self.skipped: list[str] = []
        self.drawn = random.Random(0)

    def skip(self, kind: Kind, why: Failed) -> None:
        self.peers.pop(kind, None)
        self.skipped.append(f"{self.name}, {kind}: {why}")
        say(f"  skipped: {self.skipped[-1]}")

    def measure(self) -> None:
        """Start the peers and run all rounds."""
        try:
            for kind in KINDS:
                folder = self.corpus.train.parent / f"{kind.name}-{kind.threads}"
                try:
                    self.peers[kind] = Process(kind, self.corpus, folder, self.limit)
                except Failed as why:
                    self.skip(kind, why)
            for at in range(self.rounds):
                for task in TASKS:
                    say(f"  {self.name}, round {at + 1} of {self.rounds}: {task}")
                    for kind in self.drawn.sample(list(self.peers), len(self.peers)):
                        try:
                            self.turn(kind, task, first=at == 0)
                        except Failed as why:
                            self.skip(kind, why)
                    if at == 0 and task == "predict_stems":
                        self.check()
        finally:
            for process in self.peers.values():
                process.stop()

    def turn(self, kind: Kind, task: str, first: bool) -> None:
        process = self.peers[kind]
        known = self.seconds[kind].get(task)
        if known and known[0] > SLOW and kind != BASE:
            return
        figures: dict[str, float | None] = {}
        if task == "start":
            figures[task] = start(process, self.corpus.first)
        elif task in process.tasks:
            if first and task in ("fit", "predict"):
                seconds, self.memory[kind][task] = process.ask_for_memory(task)
            else:
                seconds = process.ask(task)
            figures[task] = process.ask_again(task, seconds)
            then = THEN.get(task)
            if then in process.tasks:
                figures[FIRST + then] = process.ask(then)
        for name, seconds in figures.items():
            if seconds is not None:
                self.seconds[kind].setdefault(name, []).append(seconds)

    def check(self) -> None:
        """Compare the answers; stop where the same method does not give the same."""
        import numpy as np

        def labels(kind: Kind, name: str) -> list[str]:
            return (self.peers[kind].folder / name).read_text(encoding="utf-8").split("\n")

        for kind in list(self.peers):
            process = self.peers[kind]
            try:
                process.ask("answers")
                if "load" in process.tasks:
                    process.ask("save")
            except Failed as why:
                self.skip(kind, why)
                continue
            for name in ("answers", "answers_stems"):
                if name == "answers_stems" and "fit_stems" not in process.tasks:
                    continue
                found, expected = labels(kind, name), labels(BASE, name)
                pairs = zip(found, self.corpus.truth, strict=True)
                self.accuracy[kind][name] = float(np.mean([a == b for a, b in pairs]))
                same = np.mean([a == b for a, b in zip(found, expected, strict=True)])
                if name == "answers":
                    self.agreement[kind] = float(same)
                # Stems differ in a few words: PyStemmer's Snowball is newer.
                if kind.name in SAME and name == "answers":
                    assert same == 1.0, f"{self.name}, {kind}: other labels than scikit-learn's"
                    paths = [self.peers[k].folder / f"{name}.f64" for k in (kind, BASE)]
                    np.testing.assert_allclose(
                        *[np.fromfile(path, dtype="<f8") for path in paths],
                        rtol=0,
                        atol=TOLERANCE,
                        err_msg=f"{self.name}, {kind}",
                    )
        say(f"  {self.name}: equal labels, probabilities within {TOLERANCE}")

    def figures(self) -> dict[str, Any]:
        """Return what goes into the record: ratios, accuracy, memory."""
        peers = []
        for kind in KINDS:
            ratios = {}
            for task, seconds in self.seconds[kind].items():
                base = self.seconds[BASE].get(PART_OF.get(task, task), [])
                of_rounds = [theirs / ours for theirs, ours in zip(base, seconds, strict=False)]
                if of_rounds:
                    low, high = min(of_rounds), max(of_rounds)
                    ratios[task] = [round(x, 3) for x in (statistics.median(of_rounds), low, high)]
            if ratios:
                peers.append(
                    {
                        "peer": kind.name,
                        "threads": kind.threads,
                        "accuracy": self.accuracy[kind].get("answers"),
                        "accuracy_stems": self.accuracy[kind].get("answers_stems"),
                        "same_labels": self.agreement.get(kind),
                        "memory_mib": self.memory[kind],
                        "times_as_fast": ratios,
                    }
                )
        return {"size": self.corpus.size, "peers": peers, "skipped": self.skipped}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="the folder of the corpora")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--corpora", nargs="+", choices=FILES, default=list(FILES))
    parser.add_argument("--limit", type=float, default=150.0, help="seconds a peer may take a task")
    parser.add_argument("--output", type=Path, default=ROOT / "benches" / "record")
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error("--rounds: at least 1")
    if not options.data.is_dir():
        parser.error(f"{options.data} is no folder")
    environment.enter()
    from record import about, write

    # Now: a commit while this runs is not what is measured.
    record = {**about(), "python": platform.python_version(), "rounds": options.rounds}
    corpora, versions, absent = {}, {}, []
    for name in options.corpora:
        say(f"{name}: preparing")
        corpus = prepared(options.data, name, TARGET / "compare" / name)
        if isinstance(corpus, str):
            absent.append(f"{name}: {corpus}")
            say(f"  skipped: {absent[-1]}")
            continue
        run = Run(name, corpus, options.rounds, options.limit)
        run.measure()
        corpora[name] = run.figures()
        versions |= {kind.name: process.version for kind, process in run.peers.items()}
    if not corpora:
        sys.exit("no corpus was there: nothing is recorded")
    record |= {"versions": versions, "absent": absent, "corpora": corpora}
    print(write(options.output, record))


if __name__ == "__main__":
    main()
