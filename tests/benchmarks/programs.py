"""Programs under test: started, watched, measured through /proc, and ended."""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
ADMINISTRATION = ("/usr/sbin", "/sbin")  # daemons live there, off an ordinary user's PATH
PATH = os.pathsep.join((os.defpath, *ADMINISTRATION))
END_WITHIN_S = 15.0
TICK_S = 1 / os.sysconf("SC_CLK_TCK")


def find(program: str) -> str | None:
    """Where a program is, None where it is not installed."""
    return shutil.which(program, path=PATH)


class Failed(Exception):  # noqa: N818 - it says what a program did
    """A program under test ended or never got ready."""


@dataclass(frozen=True, slots=True)
class Use:
    """What a program and its children use: resident bytes now, the rest since they started."""

    resident: int
    cpu_s: float
    waits: int  # voluntary context switches: how often it went to sleep and was woken


class Running:
    """A started program. Its standard output is a pipe, its errors go to a file."""

    def __init__(
        self, command: Sequence[str], folder: Path, environ: Mapping[str, str] | None = None
    ) -> None:
        self.errors = folder / "stderr"
        self.started_s = time.monotonic()
        with self.errors.open("wb") as errors:
            self._process = subprocess.Popen(
                [find(command[0]) or command[0], *command[1:]],
                cwd=ROOT,
                env={
                    "PATH": PATH, "LC_ALL": "C.UTF-8", "HOME": str(folder), "TZ": "UTC",
                    "PYTHONUNBUFFERED": "1", **(environ or {}),
                },
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
            )  # fmt: skip

    @property
    def alive(self) -> bool:
        """False once it has ended by itself."""
        return self._process.poll() is None

    def says(self, word: bytes, within_s: float) -> float:
        """Wait for `word` on its output and give the instant; raises `Failed`."""
        output = self._process.stdout
        assert output is not None
        heard = b""
        deadline_s = time.monotonic() + within_s
        while word not in heard:
            left_s = deadline_s - time.monotonic()
            if left_s <= 0 or not select.select([output], [], [], left_s)[0]:
                raise Failed(f"no {word.decode()} in {within_s:.0f} s{self.complaint()}")
            data = os.read(output.fileno(), 4096)
            if not data:
                raise Failed(f"it ended{self.complaint()}")
            heard += data
        return time.monotonic()

    def complaint(self) -> str:
        """The end of what it wrote to its error output."""
        text = self.errors.read_text("utf-8", "replace").strip()
        return f": {text[-600:]}" if text else ""

    def use(self) -> Use:
        """Of the whole family; children that have ended are not in it."""
        families = [_use(pid) for pid in _family(self._process.pid)]
        return Use(
            sum(each.resident for each in families),
            sum(each.cpu_s for each in families),
            sum(each.waits for each in families),
        )

    def end(self) -> None:
        """Gently first; its children with it (they are its session)."""
        self._process.terminate()
        try:
            self._process.wait(END_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        finally:
            if self._process.stdout is not None:
                self._process.stdout.close()
            try:
                os.killpg(self._process.pid, signal.SIGKILL)
            except ProcessLookupError:
                return


def _family(pid: int) -> list[int]:
    found = [pid]
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += _family(int(child))
    except OSError:  # it has ended while we looked
        return found
    return found


def _use(pid: int) -> Use:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
        times = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        tasks = [
            (task / "status").read_text() for task in Path(f"/proc/{pid}/task").iterdir()
        ]
    except OSError:
        return Use(0, 0.0, 0)
    cpu_s = (int(times[11]) + int(times[12])) * TICK_S  # proc(5): utime, stime
    waits = sum(_field(task, "voluntary_ctxt_switches") for task in tasks)
    return Use(_field(status, "VmRSS") * 1024, cpu_s, waits)


def _field(status: str, name: str) -> int:
    for line in status.splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    return 0
