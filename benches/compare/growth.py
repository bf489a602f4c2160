"""The record of the bench `growth.rs`: criterion's figures as ratios to the smallest size.

    cargo bench -p slugline-benches --bench growth && python3 benches/compare/growth.py

Writes ``benches/record/growth.json``, which `plot.py` draws.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from environment import ROOT, TARGET
from record import about

#: What criterion calls a folder, and what grows.
GROUPS = {"growth_text": "text, MB", "growth_terms": "terms", "growth_classes": "classes"}


def pace(bench: Path) -> float:
    """Return the bytes (or words) a second of one bench."""
    benchmark = json.loads((bench / "benchmark.json").read_text())
    estimates = json.loads((bench / "estimates.json").read_text())
    (amount,) = benchmark["throughput"].values()
    return amount / estimates["median"]["point_estimate"] * 1e9


def main() -> None:
    groups = {}
    for folder, title in GROUPS.items():
        for bench in sorted((TARGET / "criterion" / folder).glob("*")):
            paces = {int(size.parent.name): pace(size) for size in bench.glob("*/new")}
            if paces:
                smallest = paces[min(paces)]
                ratios = {size: round(paces[size] / smallest, 3) for size in sorted(paces)}
                groups.setdefault(title, {})[bench.name] = ratios
    if not groups:
        sys.exit("nothing is measured yet: cargo bench -p slugline-benches --bench growth")
    path = ROOT / "benches" / "record" / "growth.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**about(), "pace": groups}, indent=1) + "\n", encoding="utf-8")
    print(path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
