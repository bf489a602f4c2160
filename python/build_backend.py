"""What pip calls to build the package: maturin, once it is known that cargo is there.

Without cargo, or with one that is too old, a build ends in one sentence that says so.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from functools import wraps
from typing import Any

import maturin

#: `rust-version` of the workspace; a test compares them.
LEAST = (1, 88)


def _problem() -> str | None:
    """What keeps the package from being built; None where nothing does."""
    least = ".".join(map(str, LEAST))
    how = (
        f"slugline is built from source with Rust {least} or newer (https://rustup.rs), which "
        "takes about three minutes"
    )
    cargo = shutil.which(os.environ.get("CARGO") or "cargo")
    if cargo is None:
        return f"{how}: install it and try again; no cargo was found on the path."
    try:
        done = subprocess.run([cargo, "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        why = (getattr(error, "stderr", None) or str(error)).strip().splitlines()
        return f"{how}, and {cargo} does not run: {why[0] if why else error}."
    found = re.search(r"(\d+)\.(\d+)", done.stdout)
    if found is None or tuple(map(int, found.groups())) >= LEAST:
        return None
    return f"{how}, and {cargo} is {found.group()}: update it (`rustup update`) and try again."


def _check() -> None:
    problem = _problem()
    if problem is not None:
        # No traceback: the sentence is all that pip shows.
        raise SystemExit(problem)


def _checked(hook: Callable[..., Any]) -> Callable[..., Any]:
    """Return one of maturin's hooks (PEP 517, PEP 660) behind the look for cargo.

    Every one of them: those that tell requirements come first, before maturin would fetch a Rust of
    its own, but are left out where a build is not isolated.
    """

    @wraps(hook)
    def checked(*arguments: Any, **options: Any) -> Any:
        _check()
        return hook(*arguments, **options)

    return checked


def _smaller(build_wheel: Callable[..., str]) -> Callable[..., str]:
    """Return the hook with deflate's best level, if the caller has no arguments for maturin.

    The wheel is 3 % smaller. In ``pyproject.toml`` maturin has no key for it.
    """

    @wraps(build_wheel)
    def smaller(wheel_directory: str, config_settings: Any = None, *arguments: Any) -> str:
        settings = dict(config_settings or {})
        given = settings.keys() & {"maturin.build-args", "build-args"}
        if not given and "MATURIN_PEP517_ARGS" not in os.environ:
            settings["maturin.build-args"] = "--compression-level 9"
        return build_wheel(wheel_directory, settings, *arguments)

    return smaller


get_requires_for_build_wheel = _checked(maturin.get_requires_for_build_wheel)
get_requires_for_build_editable = _checked(maturin.get_requires_for_build_editable)
get_requires_for_build_sdist = _checked(maturin.get_requires_for_build_sdist)
prepare_metadata_for_build_wheel = _checked(maturin.prepare_metadata_for_build_wheel)
prepare_metadata_for_build_editable = _checked(maturin.prepare_metadata_for_build_editable)
build_wheel = _checked(_smaller(maturin.build_wheel))
build_editable = _checked(maturin.build_editable)
build_sdist = _checked(maturin.build_sdist)
