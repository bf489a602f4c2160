"""The command ``slugline``, which is that of the Rust crate."""

from __future__ import annotations

import signal
import sys

from slugline._core import command


def main() -> int:
    """Run the command on ``sys.argv`` and return its exit status."""
    # Python's own handler would only note Ctrl-C, and wait for the command to end. Where it is
    # ignored, as a shell does for what a script runs in the background, that stays.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    return command(sys.argv)
