"""The record of the bench `growth.rs`: criterion's figures as ratios to the smallest size.

    python3 benches/compare/growth.py [--rounds 5]

Runs the bench so many times, since the machine's pace may change within one run, and writes the
medians of the ratios, with the lowest and the highest, to ``benches/record/growth.json``, which
`plot.py` draws.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
from pathlib import Path

from environment import ROOT, TARGET, run, say
from record import about

#: What criterion calls a folder, and what grows.
GROUPS = {"growth_text": "text, MB", "growth_terms": "terms", "growth_classes": "classes"}


def pace(bench: Path) -> float:
    """Return the bytes (or words) a second of one bench."""
    benchmark = json.loads((bench / "benchmark.json").read_text())
    estimates = json.loads((bench / "estimates.json").read_text())
    (amount,) = benchmark["throughput"].values()
    return amount / estimates["median"]["point_estimate"] * 1e9


def measured() -> dict[tuple[str, str], dict[int, float]]:
    """Run the bench; return the ratios to the smallest size, by group and bench."""
    folders = {title: TARGET / "criterion" / name for name, title in GROUPS.items()}
    for folder in folders.values():
        shutil.rmtree(folder, ignore_errors=True)  # Sizes of other runs.
    package = ["--quiet", "-p", "slugline-benches", "--bench", "growth"]
    run("cargo", "bench", *package, "--", "--quick")
    ratios = {}
    for title, folder in folders.items():
        for bench in sorted(folder.glob("*")):
            paces = {int(size.parent.name): pace(size) for size in bench.glob("*/new")}
            if paces:
                smallest = paces[min(paces)]
                ratios[title, bench.name] = {n: paces[n] / smallest for n in sorted(paces)}
    return ratios


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error("--rounds: at least 1")
    record = {**about(), "rounds": options.rounds}
    rounds = []
    for at in range(options.rounds):
        say(f"round {at + 1} of {options.rounds}")
        rounds.append(measured())
    groups: dict[str, dict] = {}
    for (title, bench), sizes in rounds[0].items():
        for size in sizes:
            found = [ratios[title, bench][size] for ratios in rounds]
            spread = (statistics.median(found), min(found), max(found))
            figures = groups.setdefault(title, {}).setdefault(bench, {})
            figures[size] = [round(figure, 3) for figure in spread]
    path = ROOT / "benches" / "record" / "growth.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(record | {"pace": groups}, indent=1) + "\n", encoding="utf-8")
    say(f"{path} is written")


if __name__ == "__main__":
    main()
