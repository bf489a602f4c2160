"""The command ``slugline``, which is the Rust command itself."""

from __future__ import annotations

import signal
import sys

from slugline._core import command


def main() -> int:
    """Run the command on ``sys.argv`` and return its exit status."""
    # Python would only note Ctrl-C and wait for the command to come to an end.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return command(sys.argv)
