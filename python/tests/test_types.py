"""Types: a sample program under `mypy --strict`, and stubs that tell what there is."""

import subprocess
import sys
from pathlib import Path

import pytest
import sample_typed

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def run(folder, *command):
    # Not at the root of the repository: the package that is installed is checked.
    done = subprocess.run(
        [sys.executable, "-m", *map(str, command)], cwd=folder, capture_output=True, text=True
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("good", [True, False])
def test_a_program_is_checked(tmp_path, good):
    program = tmp_path / "program.py"
    program.write_text((HERE / "sample_typed.py").read_text())
    if not good:
        program.write_text(program.read_text().replace("alpha", "alfa"))
    status, output = run(
        tmp_path, "mypy", "--strict", "--config-file", ROOT / "pyproject.toml", program
    )
    assert (status == 0) is good, output
    assert good or "alfa" in output


def test_the_stubs_tell_what_there_is(tmp_path):
    status, output = run(
        tmp_path,
        "mypy.stubtest",
        "slugline",
        "--mypy-config-file",
        ROOT / "pyproject.toml",
        "--allowlist",
        HERE / "stubtest.txt",
        "--ignore-unused-allowlist",
    )
    assert status == 0, output


def test_the_program_runs(tmp_path):
    found = sample_typed.main(tmp_path)
    assert found == [
        "3",
        "policy vote",
        "markets True",
        "policy",
        "True",
        "9 terms",
        "5 left, 3 judged, True",
    ]
