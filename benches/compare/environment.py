"""What `peers.py` needs, made by itself: a virtual environment and the programs in Rust."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).absolute()
VENV = TARGET / "compare-venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
LINFA = TARGET / "compare" / "linfa"


def say(text: str) -> None:
    """Tell how far things are."""
    print(text, file=sys.stderr, flush=True)


def run(*command: str | Path) -> None:
    """Run a command that prints what it does, and stop with its output where it fails."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        shown = " ".join(map(str, command))
        sys.exit(f"{shown} failed:\n{done.stdout[-4000:]}{done.stderr[-4000:]}")


def enter() -> None:
    """Go on in the virtual environment, which is made and filled first."""
    if Path(sys.prefix) == VENV:
        return
    if not PYTHON.exists():
        say(f"making {VENV}")
        run(sys.executable, "-m", "venv", VENV)
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    say("installing the peers")
    run(*pip, "--requirement", HERE / "requirements.txt")
    say("building and installing slugline from this checkout (minutes where all is new)")
    run(*pip, "--force-reinstall", "--no-deps", ".")
    say("building the peers in Rust")
    cargo = ["cargo", "build", "--release", "--quiet"]
    run(*cargo, "--package", "slugline-cli")
    run(*cargo, "--package", "slugline-benches", "--example", "peer")
    manifest = HERE / "linfa" / "Cargo.toml"
    run(*cargo, "--manifest-path", manifest, "--target-dir", LINFA)
    os.execv(PYTHON, [str(PYTHON), *sys.argv])
