"""What every contestant is to the benchmarks."""

from __future__ import annotations

import abc
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.bed import Bed
from tests.benchmarks.programs import Failed, Running, find

READY_WITHIN_S = 60.0
PYTHON = sys.executable


@dataclass(frozen=True, slots=True)
class Letter:
    """An SMS to be sent."""

    recipient: str
    text: str


def letters_file(folder: Path, letters: Sequence[Letter]) -> Path:
    """One letter a line, recipient and text apart by a tabulator."""
    path = folder / "letters"
    path.write_text("".join(f"{each.recipient}\t{each.text}\n" for each in letters), "utf-8")
    return path


class Contestant(abc.ABC):
    """One program with one configuration; `prepare` makes its files in an empty folder.

    `polls`: it sleeps between its looks at the modem, up to `sleeps_s`, so several can be measured
    side by side.
    `takes_seconds`: for each SMS, so that all that do so are measured side by side.
    `says_ready`: it prints `ready`; of others it is their first look for SMS. `sweeps_every_s`: how
    often it looks for SMS that no notification has told it of; 0 for never.
    """

    name: str
    programs: tuple[str, ...] = ()
    polls = False
    sleeps_s = 0.0
    says_ready = True
    sweeps_every_s = 0.0
    takes_seconds = False
    default_settings = False

    @property
    def absent(self) -> tuple[str, ...]:
        """The programs that are not installed here."""
        return tuple(each for each in self.programs if find(each) is None)

    @abc.abstractmethod
    def prepare(self, folder: Path, port: Path, letters: Sequence[Letter]) -> None:
        """Write configuration and outbox."""

    @abc.abstractmethod
    def command(self, folder: Path, port: Path) -> list[str]:
        """What to start."""

    def environ(self, folder: Path) -> dict[str, str]:
        """What it needs beyond the common environment."""
        return {}

    def clear(self, folder: Path) -> None:
        """Remove what it has outside of the folder."""
        del folder

    def kept(self, folder: Path) -> str:
        """All that lies in the files which it will work through later."""
        return ""


def texts_in(*folders: Path) -> str:
    """The contents of all files in these folders; one that is being moved is left out."""
    found = []
    for folder in folders:
        for path in folder.iterdir():
            with suppress(OSError):
                found.append(path.read_text("utf-8", "replace"))
    return "\n".join(found)


class Turn:
    """A contestant at work on a fresh modem; a context manager. Raises `Failed`."""

    def __init__(
        self,
        contestant: Contestant,
        folder: Path,
        letters: Sequence[Letter] = (),
        baud: int | None = None,
    ) -> None:
        """`folder` must be empty."""
        self.contestant = contestant
        self.folder = folder
        self.bed = Bed(folder, baud, [letter.recipient for letter in letters])
        self._letters = letters
        self._program: Running | None = None
        self.ready_after_s = 0.0

    @property
    def program(self) -> Running:
        """The running program."""
        if self._program is None:
            raise Failed("it was never started")
        return self._program

    def __enter__(self) -> Turn:
        self.bed.__enter__()
        try:
            self.contestant.prepare(self.folder, self.bed.path, self._letters)
            self._program = Running(
                self.contestant.command(self.folder, self.bed.path),
                self.folder,
                self.contestant.environ(self.folder),
            )
            self._await_ready()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self._program is not None:
            self._program.end()
            self.contestant.clear(self.folder)
        self.bed.__exit__()

    def _await_ready(self) -> None:
        if self.contestant.says_ready:
            ready_s = self.program.says(b"ready", READY_WITHIN_S)
        else:
            look = self.bed.witness.next(0, "look", READY_WITHIN_S)
            if look is None:
                raise Failed(f"it never looked for SMS{self.program.complaint()}")
            ready_s = look.at_s
        self.ready_after_s = ready_s - self.program.started_s
