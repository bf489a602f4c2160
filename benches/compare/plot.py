"""Draws the records: ``peers.svg``, ``accuracy.svg`` and ``growth.svg`` in ``benches/record``.

    target/compare-venv/bin/python benches/compare/plot.py

`peers.py` makes the virtual environment, with matplotlib in it.
"""

from __future__ import annotations

import json
from typing import Any

import matplotlib

matplotlib.use("svg")
# The same record gives the same file; text stays text.
matplotlib.rcParams |= {"svg.hashsalt": "slugline", "svg.fonttype": "none", "font.size": 9}

import matplotlib.pyplot as plt  # noqa: E402
from environment import ROOT  # noqa: E402

RECORD = ROOT / "benches" / "record"
TASKS = {"fit": "fit", "predict": "predict", "one": "one text at a time"}
OURS, THEIRS = "#2a6f97", "#b0b0b0"
LINES = {"classify": OURS, "fit": "#d08c3f", "load": "#6a994e"}


def read(name: str) -> dict[str, Any]:
    return json.loads((RECORD / name).read_text(encoding="utf-8"))


def save(figure, name: str) -> None:
    figure.savefig(RECORD / name, metadata={"Date": None}, bbox_inches="tight")
    print(RECORD / name)


def peers() -> None:
    """Draw a row of panels for each corpus: the pace of each peer, scikit-learn's being 1."""
    corpora = read("peers.json")["corpora"]
    figure, panels = plt.subplots(
        len(corpora), len(TASKS), figsize=(10, 2.6 * len(corpora)), squeeze=False
    )
    for row, (corpus, figures) in zip(panels, corpora.items(), strict=True):
        for panel, (task, title) in zip(row, TASKS.items(), strict=True):
            shown = [peer for peer in figures["peers"] if task in peer["times_as_fast"]]
            names = [
                f"{peer['peer']} ×{peer['threads']}" if peer["threads"] > 1 else peer["peer"]
                for peer in shown
            ]
            ratios = [peer["times_as_fast"][task][0] for peer in shown]
            colours = [OURS if name.startswith("slugline") else THEIRS for name in names]
            # A logarithmic axis has no 0 for bars to begin at: they begin at scikit-learn's pace.
            bars = panel.barh(names, [ratio - 1 for ratio in ratios], left=1, color=colours)
            labels = [f"{ratio:.0f}" if ratio >= 10 else f"{ratio:.2g}" for ratio in ratios]
            panel.bar_label(bars, labels, padding=2)
            panel.set_xscale("log")
            panel.set_xlim(min(ratios) / 6, max(ratios) * 6)
            panel.minorticks_off()
            panel.axvline(1, color="black", linewidth=0.6)
            panel.invert_yaxis()
            panel.set_title(f"{corpus}: {title}")
            panel.tick_params(axis="y", labelleft=panel is row[0])
            panel.spines[["top", "right"]].set_visible(False)
    figure.supxlabel("times as fast as scikit-learn (logarithmic; ×2: two threads)")
    figure.tight_layout()
    save(figure, "peers.svg")


def accuracy() -> None:
    """Draw the accuracy of each peer against the pace of its fit, on one thread."""
    corpora = read("peers.json")["corpora"]
    figure, panels = plt.subplots(1, len(corpora), figsize=(10, 3.6), squeeze=False)
    for panel, (corpus, figures) in zip(panels[0], corpora.items(), strict=True):
        for peer in figures["peers"]:
            if peer["threads"] > 1 or peer["accuracy"] is None:
                continue
            fit = peer["times_as_fast"]["fit"][0]
            ours = peer["peer"].startswith("slugline")
            panel.plot(fit, peer["accuracy"], "o", color=OURS if ours else THEIRS)
            panel.annotate(
                peer["peer"].removeprefix("slugline.").removeprefix("scikit-learn, "),
                (fit, peer["accuracy"]),
                xytext=(4, 3),
                textcoords="offset points",
                fontsize=6,
            )
        panel.set_xscale("log")
        panel.margins(x=0.3, y=0.1)
        panel.set_title(corpus)
        panel.spines[["top", "right"]].set_visible(False)
    panels[0][0].set_ylabel("accuracy on the test part")
    figure.supxlabel("fits so many times as fast as scikit-learn's naive Bayes (logarithmic)")
    figure.tight_layout()
    save(figure, "accuracy.svg")


def growth() -> None:
    """Draw the pace by size, that of the smallest being 1, and its range over the rounds."""
    pace = read("growth.json")["pace"]
    figure, panels = plt.subplots(1, len(pace), figsize=(10, 2.8), sharey=True, squeeze=False)
    for panel, (title, benches) in zip(panels[0], pace.items(), strict=True):
        for name, ratios in benches.items():
            sizes = [int(size) for size in ratios]
            medians, lows, highs = zip(*ratios.values(), strict=True)
            panel.plot(sizes, medians, marker="o", label=name, color=LINES[name])
            panel.fill_between(sizes, lows, highs, alpha=0.15, color=LINES[name], linewidth=0)
        panel.set_xscale("log")
        panel.set_xlabel(title)
        panel.set_ylim(bottom=0)
        panel.legend(frameon=False)
        panel.spines[["top", "right"]].set_visible(False)
    panels[0][0].set_ylabel("pace, the smallest size = 1")
    figure.tight_layout()
    save(figure, "growth.svg")


if __name__ == "__main__":
    peers()
    accuracy()
    growth()
