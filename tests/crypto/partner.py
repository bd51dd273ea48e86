"""The program age, which asks its terminal for the passphrase."""

from __future__ import annotations

import os
import pty
from pathlib import Path


def age(passphrase: str, *arguments: str | Path) -> int:
    """Run it and answer until it ends; its exit code."""
    child, terminal = pty.fork()
    if child == 0:
        os.execvp("age", ["age", *map(str, arguments)])  # noqa: S606 - the program itself
    said = b""
    try:
        while data := os.read(terminal, 1000):
            said += data
            if said.rstrip().endswith(b":"):
                os.write(terminal, passphrase.encode() + b"\n")
                said = b""
    except OSError:
        said = b""  # the terminal ends with its program
    _, status = os.waitpid(child, 0)
    os.close(terminal)
    return os.waitstatus_to_exitcode(status)
