"""A started program and its three ends, read with deadlines and never with a pause."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

from tests.patience import WITHIN_S

ROOT = Path(__file__).parents[2]
VEILLEUR = (sys.executable, "-m", "firmware")


class Program:
    """`veilleur ARGUMENTS` as a process of its own; its output is read when it is asked for."""

    def __init__(
        self,
        *arguments: str | Path,
        command: tuple[str, ...] = VEILLEUR,
        environ: Mapping[str, str] | None = None,
        stdin: int = subprocess.PIPE,
    ) -> None:
        self.process = subprocess.Popen(
            [*command, *map(str, arguments)],
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **(environ or {})},
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
        )
        self.output: list[str] = []
        self.errors: list[str] = []
        self._half = {"output": b"", "errors": b""}
        self._open = {"output": self.process.stdout, "errors": self.process.stderr}
        self._said = 0
        self._complained = 0

    # What it says

    def line(self, part: str = "", within_s: float = WITHIN_S) -> str:
        """The next line of stdout that holds ``part``; those before it are passed over."""

        def found() -> bool:
            while self._said < len(self.output):
                self._said += 1
                if part in self.output[self._said - 1]:
                    return True
            return False

        self._until(found, within_s, f"{part!r} on stdout")
        return self.output[self._said - 1]

    def error(self, part: str = "", within_s: float = WITHIN_S) -> str:
        """The next line of stderr that holds ``part``."""

        def found() -> bool:
            while self._complained < len(self.errors):
                self._complained += 1
                if part in self.errors[self._complained - 1]:
                    return True
            return False

        self._until(found, within_s, f"{part!r} on stderr")
        return self.errors[self._complained - 1]

    def said_nothing_new(self, part: str) -> bool:
        """Whether no line with ``part`` has come since the last one read (what is there now)."""
        self._read(0.0)
        return not any(part in line for line in self.output[self._said :])

    # What it is told

    def say(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n".encode())

    def close_stdin(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()

    # Its end

    def ended(self, within_s: float = WITHIN_S) -> int:
        """The exit code, once it has ended by itself and everything it said is read."""
        pid = os.pidfd_open(self.process.pid)
        try:
            deadline = time.monotonic() + within_s
            while not select.select([pid], [], [], 0.0)[0]:
                left = deadline - time.monotonic()
                assert left > 0, f"it has not ended in {within_s} s; {self._story()}"
                self._read(left, pid)
        finally:
            os.close(pid)
        code = self.process.wait()
        while any(self._open.values()):
            assert self._read(WITHIN_S), f"its children hold its output; {self._story()}"
        return code

    def lives_for(self, seconds: float) -> None:
        """Wait so long, reading what it says; it must not end by itself."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self._read(left)
            assert any(self._open.values()), f"it ended by itself; {self._story()}"

    def stop(self, number: int = signal.SIGTERM, within_s: float = WITHIN_S) -> int:
        """Send a signal; the exit code (minus the signal's number if it died of it)."""
        self.process.send_signal(number)
        return self.ended(within_s)

    def discard(self) -> None:
        """Whatever state it is in: leave nothing of it behind."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for end in (self.process.stdin, self.process.stdout, self.process.stderr):
            if end is not None:
                end.close()

    def __enter__(self) -> Program:
        return self

    def __exit__(self, *_: object) -> None:
        self.discard()

    # Reading

    def _until(self, found: Callable[[], bool], within_s: float, what: str) -> None:
        deadline = time.monotonic() + within_s
        while not found():
            left = deadline - time.monotonic()
            assert left > 0, f"no {what} in {within_s} s; {self._story()}"
            if not self._read(left) and not any(self._open.values()):
                assert found(), f"it ended without {what}; {self._story()}"
                return

    def _read(self, wait_s: float, *others: int) -> bool:
        """Take in what there is, after waiting for some; False when nothing came."""
        ends: dict[int, tuple[str, IO[bytes]]] = {
            end.fileno(): (name, end) for name, end in self._open.items() if end is not None
        }
        ready, _, _ = select.select([*ends, *others], [], [], wait_s)
        for number in ready:
            if number in ends:
                self._take(*ends[number])
        return bool(ready)

    def _take(self, name: str, end: IO[bytes]) -> None:
        data = os.read(end.fileno(), 65536)
        if not data:
            self._open[name] = None
            data = b"\n" if self._half[name] else b""
        *lines, self._half[name] = (self._half[name] + data).split(b"\n")
        getattr(self, name).extend(line.decode() for line in lines)

    def _story(self) -> str:
        return f"stdout: {self.output[-20:]}, stderr: {self.errors[-20:]}"


def until(true: Callable[[], bool], what: str, within_s: float = WITHIN_S) -> None:
    """Look again and again at something that another process brings about."""
    deadline = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline, f"not in {within_s} s: {what}"
        select.select([], [], [], 0.02)
