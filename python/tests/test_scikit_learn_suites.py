"""scikit-learn's own tests of its text vectorisers and naive Bayes models, on slugline's classes.

They run from the installed scikit-learn, once as they are and once with the imports replaced.
"""

import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from scikit_learn_plugin import SUITES

#: Tests that pass with scikit-learn's classes and not with ours, with the reason.
EXCEPTIONS: dict[str, str] = {}


def outcomes(tmp_path: Path, *plugins: str) -> dict[str, str]:
    """Run the suites; return what became of each test."""
    report = tmp_path / "report.xml"
    options = [option for plugin in plugins for option in ("-p", plugin)]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "sklearn.conftest", *options]
    command += [
        "--noconftest",
        "-p",
        "no:cacheprovider",
        "-o",
        "addopts=",
        f"--junitxml={report}",
        "--pyargs",
    ]
    done = subprocess.run(
        [*command, *SUITES],
        cwd=Path(__file__).parent,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent)},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert report.exists(), done.stdout + done.stderr
    result = {}
    for case in ElementTree.parse(report).iter("testcase"):
        kinds = {child.tag for child in case} & {"failure", "error", "skipped"}
        name = f"{case.get('classname')}::{case.get('name')}"
        # The names of classes in parameters are the same on both sides.
        result[name] = kinds.pop() if kinds else "passed"
    return result


def test_what_passes_with_scikit_learn_passes_with_slugline(tmp_path):
    theirs = outcomes(tmp_path)
    ours = outcomes(tmp_path, "scikit_learn_plugin")
    passed = {name for name, outcome in theirs.items() if outcome == "passed"}
    assert len(passed) > 150, "scikit-learn's own tests did not run"
    missing = {name: ours.get(name) for name in passed if ours.get(name) != "passed"}
    print(f"{len(passed)} pass with scikit-learn, {len(passed) - len(missing)} with slugline")
    assert set(missing) == set(EXCEPTIONS), missing
