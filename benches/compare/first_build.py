"""What the first command of the README costs in a fresh clone, and what it gives.

    python3 benches/compare/first_build.py FILE [--before COMMIT] [--profiles fat:1,thin:16,off:16]

Builds in clones with target folders of their own, one after another, with all crates fetched
before: this checkout's HEAD as it is, or with each of the named profiles (link-time optimisation :
codegen units), and with --before another commit first. For each: seconds and processor seconds of
`cargo build --release`, size of the command, milliseconds of `slugline --version`, and the best of
five times of `slugline classify FILE --threads 1`. FILE is a data set, `ag_news/test.jsonl.gz` for
instance. Nothing else should run on the machine.
"""

import argparse
import os
import resource
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def clone(commit: str, to: Path) -> Path:
    """Clone this repository at a commit, with its crates downloaded."""
    subprocess.run(["git", "clone", "--quiet", "--no-checkout", ROOT, to], check=True)
    subprocess.run(["git", "checkout", "--quiet", commit], cwd=to, check=True)
    subprocess.run(["cargo", "fetch", "--quiet", "--locked"], cwd=to, check=True)
    return to


def build(clone: Path, target: Path, settings: dict[str, str]) -> tuple[float, float]:
    """Build what `cargo run --release` builds; seconds, and seconds of all processors."""
    environment = os.environ | settings | {"CARGO_TARGET_DIR": str(target)}
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(
        ["cargo", "build", "--release", "--quiet"], cwd=clone, env=environment, check=True
    )
    seconds, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, used


def best(times: int, *command: str | Path) -> float:
    """Return the least of so many times, in seconds."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def main() -> None:
    """Print a row for each build."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--before", metavar="COMMIT")
    parser.add_argument("--profiles", metavar="LTO:UNITS,…", default="")
    args = parser.parse_args()
    profiles = [profile.split(":") for profile in args.profiles.split(",") if profile]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        now = clone("HEAD", folder / "now")
        builds = [(f"lto {lto}, {units} units", now, lto, units) for lto, units in profiles]
        if not builds:
            builds.append(("now", now, None, None))
        if args.before:
            builds.insert(0, ("before", clone(args.before, folder / "before"), None, None))
        print("| build | s | processor s | MB | --version, ms | classify, s |")
        print("|---|---|---|---|---|---|")
        for number, (name, source, lto, units) in enumerate(builds):
            settings = {}
            if lto and units:
                settings = {
                    "CARGO_PROFILE_RELEASE_LTO": lto,
                    "CARGO_PROFILE_RELEASE_CODEGEN_UNITS": units,
                }
            target = folder / f"target{number}"
            seconds, used = build(source, target, settings)
            command = target / "release" / "slugline"
            version = best(20, command, "--version") * 1000
            classify = best(5, command, "classify", args.file, "--threads", "1")
            size = command.stat().st_size / 1e6
            print(
                f"| {name} | {seconds:.0f} | {used:.0f} | {size:.1f} | {version:.1f} "
                f"| {classify:.2f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
