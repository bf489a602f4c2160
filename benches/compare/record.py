"""The record of a run of `peers.py`: a table in Markdown, and JSON."""

from __future__ import annotations

import datetime
import json
import os
import platform
import subprocess
from pathlib import Path
from typing import Any

from environment import ROOT

COLUMNS = {
    "fit": "fit",
    "predict": "predict",
    "one": "one text",
    "vectorize": "TF-IDF rows",
    "fit_stems": "fit, stems",
    "predict_stems": "predict, stems",
    "load": "load",
    "start": "start",
}


def processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def commit() -> str:
    """Return the commit, and whether the checkout differs from it."""

    def git(*arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)
        return done.stdout.strip()

    changed = git("status", "--porcelain", "--untracked-files=no")
    return git("rev-parse", "--short", "HEAD") + (" with changes" if changed else "")


def about() -> dict[str, Any]:
    """Return what has to be known of a run to read its figures."""
    return {
        "date": datetime.date.today().isoformat(),
        "commit": commit(),
        "machine": {"processor": processor(), "cores": os.cpu_count(), "system": platform.system()},
    }


def shown(figure: float) -> str:
    """Return a figure with two digits that count."""
    return f"{figure:.0f}" if figure >= 10 else f"{figure:.1f}" if figure >= 1 else f"{figure:.2f}"


def table(figures: dict[str, Any]) -> list[str]:
    head = ["peer", "threads", *COLUMNS.values(), "memory: fit", "predict", "accuracy", "stems"]
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for peer in figures["peers"]:
        ratios, memory = peer["times_as_fast"], peer["memory_mib"]
        cells = [peer["peer"], str(peer["threads"])]
        cells += [shown(ratios[task][0]) if task in ratios else "–" for task in COLUMNS]
        for task in ("fit", "predict"):
            mib = memory.get(task)
            cells.append("–" if mib is None else f"{mib:.0f} MiB")
        for key in ("accuracy", "accuracy_stems"):
            cells.append("–" if peer[key] is None else f"{peer[key]:.4f}")
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def write(
    folder: Path,
    of_run: dict[str, Any],
    corpora: dict[str, Any],
    versions: dict[str, str],
    absent: list[str],
    rounds: int,
) -> str:
    """Write ``peers.md`` and ``peers.json``; return the former. `of_run` is `about` its start."""
    record = {
        **of_run,
        "python": platform.python_version(),
        "versions": versions,
        "rounds": rounds,
        "absent": absent,
        "corpora": corpora,
    }
    machine = record["machine"]
    lines = [
        "# slugline beside its peers",
        "",
        "`python3 benches/compare/peers.py DATA` wrote this and `peers.json`; `benches/README.md`",
        "says what the columns are and what is compared with what.",
        "",
        f"{record['date']}, commit {record['commit']}, {machine['system']}, "
        f"{machine['cores']} cores of {machine['processor']},",
        f"Python {record['python']}, medians of {rounds} rounds.",
        "Versions: " + ", ".join(f"{name} {version}" for name, version in versions.items()) + ".",
        "",
        "Times as fast as scikit-learn in the same round; memory is the peak above what the",
        "process held once the texts were read.",
    ]
    for name, figures in corpora.items():
        size = figures["size"]
        megabytes = (size["train_bytes"] + size["test_bytes"]) / 1e6
        lines += [
            "",
            f"## {name}",
            "",
            f"{size['train']:,} + {size['test']:,} documents, {megabytes:.0f} MB, "
            f"{size['classes']} classes.",
            "",
            *table(figures),
        ]
        if figures["skipped"]:
            lines += ["", "Skipped:", "", *(f"- {why}" for why in figures["skipped"])]
    if absent:
        lines += ["", "Absent:", "", *(f"- {why}" for why in absent)]
    text = "\n".join(lines) + "\n"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "peers.md").write_text(text, encoding="utf-8")
    (folder / "peers.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    return text
