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
    "first_predict": "predict, first",
    "predict": "predict",
    "predict_raw": "words, predict",
    "one": "one text",
    "vectorize": "TF-IDF rows",
    "fit_stems": "fit, stems",
    "first_predict_stems": "predict, stems, first",
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
        # Other work on the machine blurs every figure, and those of several threads most.
        "load_at_start": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
    }


def shown(figure: float) -> str:
    """Return a figure with two digits that count."""
    digits = 0 if figure >= 9.95 else 1 if figure >= 1 else 2
    return f"{figure:.{digits}f}"


def spread(median: float, low: float, high: float) -> str:
    """Return the median of the rounds, and the lowest and highest where they differ from it."""
    if shown(low) == shown(high):
        return shown(median)
    return f"{shown(median)} ({shown(low)}–{shown(high)})"


def table(figures: dict[str, Any]) -> list[str]:
    head = ["peer", "threads", *COLUMNS.values(), "memory: fit", "memory: predict"]
    head += ["accuracy", "accuracy, stems"]
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for peer in figures["peers"]:
        ratios, memory = peer["times_as_fast"], peer["memory_mib"]
        cells = [peer["peer"], str(peer["threads"])]
        cells += [spread(*ratios[task]) if task in ratios else "–" for task in COLUMNS]
        for task in ("fit", "predict"):
            mib = memory.get(task)
            cells.append("–" if mib is None else f"{mib:.0f} MiB")
        for key in ("accuracy", "accuracy_stems"):
            cells.append("–" if peer[key] is None else f"{peer[key]:.4f}")
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def markdown(record: dict[str, Any]) -> str:
    """Return the record as a page."""
    machine, versions = record["machine"], record["versions"]
    load = record.get("load_at_start")
    lines = [
        "# slugline beside its peers",
        "",
        "`python3 benches/compare/peers.py DATA` wrote this and `peers.json`; `benches/README.md`",
        "says what the columns are and what is compared with what.",
        "",
        f"{record['date']}, commit {record['commit']}, {machine['system']}, "
        f"{machine['cores']} cores of {machine['processor']}"
        + (f" (load at the start {load})," if load is not None else ","),
        f"Python {record['python']}, {record['rounds']} rounds.",
        "Versions: " + ", ".join(f"{name} {version}" for name, version in versions.items()) + ".",
        "",
        "Times as fast as scikit-learn in the same round, the median (lowest–highest) of the",
        "rounds; memory is the peak above what the process held once the texts were read.",
    ]
    for name, figures in record["corpora"].items():
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
    if record["absent"]:
        lines += ["", "Absent:", "", *(f"- {why}" for why in record["absent"])]
    return "\n".join(lines) + "\n"


def write(folder: Path, record: dict[str, Any]) -> str:
    """Write ``peers.md`` and ``peers.json``; return the former."""
    text = markdown(record)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "peers.md").write_text(text, encoding="utf-8")
    (folder / "peers.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    return text
