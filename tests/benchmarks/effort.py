"""How much is measured, and the words about it while it lasts."""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from tests.benchmarks.contestants import ALL
from tests.benchmarks.contestants.contestant import Contestant


@dataclass(frozen=True, slots=True)
class Effort:
    """Counts of a run. `bulk` SMS go each way; a contestant has `cap_s` for them."""

    rounds: int = 5
    notifications: int = 20
    polled: int = 5
    bulk: int = 200
    cap_s: float = 25.0
    idle_s: float = 60.0
    everybody: bool = True
    journal_rows: tuple[int, ...] = (10, 10_000, 1_000_000)
    bauds: tuple[int, ...] = (9_600, 115_200, 921_600)


QUICK = Effort(
    rounds=1,
    notifications=8,
    polled=1,
    bulk=20,
    cap_s=4.0,
    idle_s=4.0,
    everybody=False,
    journal_rows=(10, 10_000),
    bauds=(115_200,),
)


QUICK_ONES = ("floor", "Veilleur", "python-gsmmodem", "gammu-smsd tuned")


def present(effort: Effort) -> list[Contestant]:
    """Those that are installed; a quick look leaves out those that take long to start or wake."""
    return [
        each for each in ALL
        if not each.absent and (effort.everybody or each.name in QUICK_ONES)
    ]  # fmt: skip


def absent() -> list[str]:
    """A clear line for each that is not installed."""
    return [
        f"skipped: {each.name}: not installed: {' '.join(each.absent)}"
        for each in ALL if each.absent
    ]  # fmt: skip


class Progress:
    """A line on standard error about what is being done; from the second second on it counts."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._tell, daemon=True)

    def __enter__(self) -> Progress:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end.set()
        self._thread.join()

    def now(self, what: str) -> None:
        """What it is about by now."""
        self._what = what

    def _tell(self) -> None:
        terminal = sys.stderr.isatty()
        started_s = time.monotonic()
        told = ""
        while not self._end.wait(1.0 if terminal else 2.0):
            if terminal:
                seconds = time.monotonic() - started_s
                print(f"\r\x1b[K{self._what} ({seconds:.0f} s)", end="", file=sys.stderr)
                sys.stderr.flush()
            elif self._what != told:
                told = self._what
                print(told, file=sys.stderr, flush=True)
        if terminal:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


@contextmanager
def folder() -> Iterator[Path]:
    """An empty folder, gone afterwards; on the disk of $TMPDIR."""
    with tempfile.TemporaryDirectory(prefix="veilleur-bench-", ignore_cleanup_errors=True) as name:
        yield Path(name)
