"""A build without cargo, or with one that is too old, ends in one sentence."""

import os
import re
import shutil
import stat
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HOOKS = [
    f"{hook}_{kind}"
    for kind in ("wheel", "editable")
    for hook in ("get_requires_for_build", "prepare_metadata_for_build", "build")
] + ["get_requires_for_build_sdist", "build_sdist"]
SENTENCE = "slugline is built from source with Rust 1.88 or newer (https://rustup.rs)"

pytest.importorskip("maturin")


def hook(name, path, folder):
    program = f"import build_backend; print(build_backend.{name}({str(folder)!r}))"
    if "requires" in name:
        program = program.replace(repr(str(folder)), "")
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "python"), "PATH": str(path), "CARGO": ""},
        capture_output=True,
        text=True,
    )


def cargo_that(folder, does):
    program = folder / "cargo"
    program.write_text(f"#!/bin/sh\n{does}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return folder


@pytest.mark.parametrize("name", HOOKS)
def test_without_cargo(tmp_path, name):
    done = hook(name, tmp_path, tmp_path)
    assert done.returncode == 1
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith(SENTENCE)
    assert "no cargo was found" in line


@pytest.mark.skipif(os.name == "nt", reason="shell scripts")
@pytest.mark.parametrize(
    ("does", "says"),
    [
        ("echo 'cargo 1.87.0 (99624be96 2025-05-06)'", "is 1.87: update it"),
        ("echo 'cargo 0.99.0'", "is 0.99: update it"),
        ("echo 'no default toolchain' >&2; exit 1", "does not run: no default toolchain"),
    ],
)
def test_with_a_cargo_that_will_not_do(tmp_path, does, says):
    done = hook("build_wheel", cargo_that(tmp_path, does), tmp_path)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith(SENTENCE)
    assert says in line


@pytest.mark.skipif(os.name == "nt", reason="shell scripts")
@pytest.mark.parametrize("version", ["1.88.0", "1.95.0-nightly (abc 2026-01-01)", "2.0.0", "what?"])
def test_with_a_cargo_that_will_do(tmp_path, version):
    folder = cargo_that(tmp_path, f"echo 'cargo {version}'")
    done = hook("get_requires_for_build_wheel", folder, tmp_path)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr


def test_the_version_is_that_of_the_workspace():
    program = "import build_backend; print(*build_backend.LEAST, sep='.')"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(ROOT / "python")},
        capture_output=True,
        text=True,
        check=True,
    )
    workspace = (ROOT / "Cargo.toml").read_text()
    assert f'rust-version = "{done.stdout.strip()}"' in workspace


@pytest.mark.skipif(shutil.which("cargo") is None, reason="cargo is not there")
def test_the_source_distribution_has_what_builds_it(tmp_path):
    # As in the environments that builds are made in, maturin is beside Python.
    path = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
    done = hook("build_sdist", path, tmp_path)
    assert done.returncode == 0, done.stderr
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as files:
        names = [re.sub("^[^/]*/", "", name) for name in files.getnames()]
    assert "python/build_backend.py" in names
    assert "python/slugline/__init__.py" in names
