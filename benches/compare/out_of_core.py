"""Training on a gigabyte of text in half a gigabyte of memory, and what that changes: nothing.

    python benches/compare/out_of_core.py DATA [--slugline PROGRAM] [--memory 512M] [--keep]

DATA is the folder of the real corpora. ``arxiv/throughput_100mb.jsonl.gz`` (94,162 abstracts, 172
labels) is written ten times into one file of about 1 GB in the temporary folder. **The rule**: in
copy c, from 1, every word (between blanks) whose CRC-32 leaves the rest c when divided by 10 gets
the letters ``zq`` and the number c behind it, so that the copies differ and bring terms of their
own. The first 2,000 records of the original file are left out of all copies; they are what the
models are compared on.

The command trains twice on that file, with and without ``--memory``, and its peak memory is asked
of the system when it has ended. The two model files must be the same, byte for byte, and then so
are the answers; they are compared all the same. Exit status 1 where they differ, or where the peak
exceeds 700 MB for 512M.

While sums are taken, each term has a number of 8 bytes for each of the 172 labels, so the terms
that are kept decide how much memory is needed: the runs keep 100,000 (``--max-features``), which
are 138 MB. A second pair of runs, with words and pairs of words, shows that the number of terms
that are met does not matter.
"""

from __future__ import annotations

import argparse
import filecmp
import gzip
import json
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COPIES = 10
HELD_OUT = 2000
MEGA = 1 << 20
#: Peak memory in MB that is allowed for 512M.
MOST = 700


class Changed(dict):
    """Words as they stand in one copy."""

    def __init__(self, copy: int) -> None:
        super().__init__()
        self.copy = copy

    def __missing__(self, word: str) -> str:
        changed = self.copy > 0 and zlib.crc32(word.encode()) % 10 == self.copy
        self[word] = word + f"zq{self.copy}" if changed else word
        return self[word]


def write(data: Path, folder: Path) -> tuple[Path, Path]:
    """Write the large file and the held-out sample."""
    with gzip.open(data / "arxiv" / "throughput_100mb.jsonl.gz", "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    sample, large = folder / "sample.jsonl", folder / "large.jsonl"
    with sample.open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(record) + "\n" for record in records[:HELD_OUT])
    with large.open("w", encoding="utf-8") as out:
        for copy in range(COPIES):
            word = Changed(copy).__getitem__
            for record in records[HELD_OUT:]:
                for part in ("title", "text"):
                    changed = " ".join(map(word, record[part].split(" ")))
                    record = {**record, part: changed}
                out.write(json.dumps(record, ensure_ascii=False) + "\n")
    return large, sample


#: Runs a command and prints its status and peak memory. In a small process of its own: the system
#: counts the memory of the process that starts a program as that program's, until it has begun.
MEASURE = """
import resource, subprocess, sys
status = subprocess.call(sys.argv[1:], stdout=sys.stderr)
print(status, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def run(command: list[str | Path]) -> tuple[float, float]:
    """Return the seconds and the peak memory in MB of a command that must succeed."""
    before = time.perf_counter()
    measure = [sys.executable, "-c", MEASURE, *map(str, command)]
    printed = subprocess.run(measure, check=True, stdout=subprocess.PIPE, text=True).stdout
    seconds = time.perf_counter() - before
    status, peak = map(int, printed.split())
    if status:
        sys.exit(f"{' '.join(map(str, command))}: status {status}")
    # Linux counts in KB, macOS in bytes.
    return seconds, peak * (1 if sys.platform == "darwin" else 1024) / MEGA


def answers(program: Path, model: Path, sample: Path) -> list[str]:
    command = [program, "classify", "--model", model, "--format", "json", "--top", "3", sample]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return lines.splitlines()


def pair(program: Path, files: tuple[Path, Path], memory: str, options: list[str]) -> bool:
    """Train with and without the limit; return whether all is as it should be."""
    large, sample = files
    models = [large.with_name(name) for name in ("bounded.safetensors", "all.safetensors")]
    print(f"\ntrain {' '.join(options)}")
    peaks = []
    for model, limit in zip(models, (["--memory", memory], []), strict=True):
        seconds, peak = run([program, "train", large, "-o", model, *options, *limit])
        peaks.append(peak)
        pace = large.stat().st_size / 1e6 / seconds
        name = " ".join(limit) or "in memory"
        print(f"  {name:15} {seconds:7.1f} s {pace:6.1f} MB/s  peak {peak:6.0f} MB")
    same_file = filecmp.cmp(*models, shallow=False)
    first, second = (answers(program, model, sample) for model in models)
    same = sum(a == b for a, b in zip(first, second, strict=True))
    labels = [json.loads(line)["label"] for line in sample.read_text("utf-8").splitlines()]
    right = sum(json.loads(a)["label"] == label for a, label in zip(first, labels, strict=True))
    print(f"  model files the same, byte for byte: {same_file}")
    print(f"  the same answers, probabilities included: {same} of {len(first)} held-out abstracts")
    print(f"  (right label of {len(set(labels))}: {right / len(labels):.3f})")
    for model in models:
        model.unlink()
    return same_file and same == len(first) and (memory != "512M" or peaks[0] < MOST)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument(
        "--slugline",
        type=Path,
        default=ROOT / "target" / "release" / "slugline",
        help="the program",
    )
    parser.add_argument("--memory", default="512M")
    parser.add_argument("--keep", type=Path, help="write the files here and keep them")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or Path(temporary)
        files = folder / "large.jsonl", folder / "sample.jsonl"
        if not all(file.exists() for file in files):
            files = write(arguments.data, folder)
        print(f"{files[0].stat().st_size / 1e9:.2f} GB of JSON Lines")
        good = [
            pair(arguments.slugline, files, arguments.memory, options)
            for options in (
                ["--max-features", "100000"],
                ["--ngram-range", "1,2", "--max-features", "100000"],
            )
        ]
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
