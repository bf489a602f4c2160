"""Peers as processes: started, asked for tasks in turn, their memory watched from outside."""

from __future__ import annotations

import json
import os
import select
import statistics
import subprocess
import time
from pathlib import Path
from typing import Any, NamedTuple

from corpora import Corpus, words_of
from environment import HERE, LINFA, PYTHON, TARGET

MIB = 2**20
#: Seconds after which a task is not run again, and how often it is run at most.
ENOUGH, MANY = 0.5, 25


class Kind(NamedTuple):
    """A peer with a number of threads."""

    name: str
    threads: int

    def __str__(self) -> str:
        threads = "thread" if self.threads == 1 else "threads"
        return f"{self.name}, {self.threads} {threads}"


#: The environment variables that tell the peers how many threads to use.
THREADS = ("SLUGLINE_NUM_THREADS", "OMP_NUM_THREADS", "RAYON_NUM_THREADS")

BASE = Kind("scikit-learn", 1)
#: Every peer that can use two threads comes twice.
KINDS = [
    BASE,
    *(Kind("slugline, Rust", threads) for threads in (1, 2)),
    *(Kind("slugline.TextClassifier", threads) for threads in (1, 2)),
    *(Kind("slugline.sklearn", threads) for threads in (1, 2)),
    Kind("slugline.TextClassifier, refined", 1),
    Kind("scikit-learn, pairs", 1),
    Kind("slugline.TextClassifier, pairs", 1),
    Kind("scikit-learn, LinearSVC", 1),
    Kind("scikit-learn, SGDClassifier", 1),
    *(Kind("fastText", threads) for threads in (1, 2)),
    Kind("fasttext-new", 1),
    Kind("fasttext-rs", 1),
    Kind("Vowpal Wabbit", 1),
    Kind("linfa", 1),
]


class Failed(Exception):
    """A peer that gave no answer, and why."""


class Process:
    """A running peer."""

    def __init__(self, kind: Kind, corpus: Corpus, folder: Path, limit: float):
        folder.mkdir(parents=True, exist_ok=True)
        self.kind, self.folder, self.limit = kind, folder, limit
        match kind.name:
            case "slugline, Rust":
                program = [TARGET / "release" / "examples" / "peer"]
            case "linfa":
                program = [LINFA / "release" / "slugline-compare-linfa"]
            case name:
                program = [PYTHON, HERE / "worker.py", name]
        threads = str(kind.threads)
        # What a peer says on its own (linfa prints its weights) goes to a file.
        with open(folder / "log", "wb") as log:
            self.process = subprocess.Popen(
                [*program, corpus.train, corpus.test, folder, threads],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=os.environ | dict.fromkeys(THREADS, threads),
            )
        hello = self._answer("reading the texts")
        self.tasks, self.version = hello["tasks"], hello["version"]
        self.loaded = self._memory("VmRSS")

    def _answer(self, doing: str) -> dict[str, Any]:
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], self.limit)
        if not ready:
            self.stop()
            raise Failed(f"{doing}: over {self.limit:.0f} s")
        line = self.process.stdout.readline()
        if not line:
            self.stop()
            log = (self.folder / "log").read_text(errors="replace")
            raise Failed(f"{doing}: it ended; its last words: {log[-400:].strip()!r}")
        return json.loads(line)

    def ask(self, task: str) -> float:
        """Run a task and return its seconds."""
        assert self.process.stdin is not None
        self.process.stdin.write(task.encode() + b"\n")
        self.process.stdin.flush()
        return self._answer(task)["seconds"]

    def ask_again(self, task: str, first: float) -> float:
        """Run a task, which first took so long, until half a second is over; return the median."""
        seconds = [first]
        while sum(seconds) < ENOUGH and len(seconds) < MANY:
            seconds.append(self.ask(task))
        return statistics.median(seconds)

    def ask_for_memory(self, task: str) -> tuple[float, float | None]:
        """Run a task; return its seconds, and by how many MiB its peak of memory lay above what the
        process held once the texts were read. None where the system does not tell (not Linux).
        """
        if self.loaded is None:
            return self.ask(task), None
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")  # The peak begins anew.
        seconds = self.ask(task)
        return seconds, max(0.0, (self._memory("VmHWM") or 0.0) - self.loaded)

    def _memory(self, field: str) -> float | None:
        status = Path(f"/proc/{self.process.pid}/status")
        if not status.exists():
            return None
        fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(fields[field].split()[0]) * 1024 / MIB

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


#: A fresh process in Python: opens the model `file` and answers the first of `texts`.
SCRIPTS = {
    "scikit-learn": "import pickle; model = pickle.load(open(file, 'rb'))",
    "slugline.sklearn": "import pickle; model = pickle.load(open(file, 'rb'))",
    "slugline.TextClassifier": "import slugline; model = slugline.TextClassifier.load(file)",
    "fastText": "import fasttext; model = fasttext.load_model(file)",
    "Vowpal Wabbit": (
        "from vowpalwabbit import Workspace\n"
        "model = Workspace(arg_list=['--quiet', '--no_stdin', '-t', '-i', file])\n"
        "texts = '| ' + texts[0]"
    ),
}


def start(process: Process, text: str) -> float | None:
    """Return the seconds from the start of a fresh process to its first answer; None where the peer
    has no model file.
    """
    model, document = process.folder / "model", process.folder / "document.txt"
    document.write_text(text, encoding="utf-8")
    if process.kind.name == "slugline, Rust":
        program = TARGET / "release" / "slugline"
        command = [program, "classify", "--model", model, document]
    elif process.kind.name in SCRIPTS:
        if process.kind.name in ("fastText", "Vowpal Wabbit"):
            text = words_of(text)
        script = (
            f"file, texts = {str(model)!r}, [{text!r}]\n"
            f"{SCRIPTS[process.kind.name]}\n"
            "print(model.predict(texts))"
        )
        command = [PYTHON, "-c", script]
    else:
        return None
    began = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, timeout=process.limit)
    seconds = time.perf_counter() - began
    if done.returncode:
        raise Failed(f"start: {done.stderr[-400:]}")
    return seconds
