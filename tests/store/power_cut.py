"""A disk that forgets: what SQLite writes is recorded on its way to the file, and any state in
which a power cut may leave the files is made again from the recording.

Only what was written before a sync of the same file is sure to be there. Of what came later any
part may be there and any part missing: whole writes, and single sectors of one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import apsw

from firmware.store.database import PRAGMAS

SECTOR = 512
RANDOM_CUTS = 4   # at each sync, beside the systematic ones


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a file: bytes at an offset, or a new length."""

    file: str
    offset: int
    data: bytes | None   # None: cut off at ``offset``


@dataclass(frozen=True, slots=True)
class Sync:
    """Everything written to the file so far is on the disk."""

    file: str


@dataclass(frozen=True, slots=True)
class Returned:
    """The program was told that its ``number``-th transaction is durable."""

    number: int


@dataclass(frozen=True, slots=True)
class Gone:
    """The file was deleted."""

    file: str


Happening = Change | Sync | Returned | Gone
Files = dict[str, bytes]


class Recorder(apsw.VFS):
    """Passes everything on to the real files and keeps an account of it."""

    def __init__(self, name: str) -> None:
        self.tape: list[Happening] = []
        super().__init__(name, base="")

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:  # noqa: N802 - SQLite's names
        return _File(self.tape, name, flags)

    def xDelete(self, name: str, syncdir: bool) -> None:  # noqa: N802
        super().xDelete(name, syncdir)
        self.tape.append(Gone(Path(name).name))


class _File(apsw.VFSFile):
    def __init__(self, tape: list[Happening], name: Any, flags: list[int]) -> None:
        self._tape = tape
        shown = name.filename() if isinstance(name, apsw.URIFilename) else name
        self._name = Path(shown or "?").name
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        super().xWrite(data, offset)
        self._tape.append(Change(self._name, offset, bytes(data)))

    def xTruncate(self, size: int) -> None:  # noqa: N802
        super().xTruncate(size)
        self._tape.append(Change(self._name, size, None))

    def xSync(self, flags: int) -> None:  # noqa: N802
        super().xSync(flags)
        self._tape.append(Sync(self._name))


@contextmanager
def recorded(path: Path, *pragmas: str) -> Iterator[tuple[Any, list[Happening]]]:
    """A connection with the store's own settings (and ``pragmas`` after them), and its tape.

    apsw's files have no shared memory; with an exclusive lock SQLite needs none, and writes the
    same to the file and its log.
    """
    recorder = Recorder("recorder")
    connection = apsw.Connection(str(path), vfs="recorder")
    try:
        for pragma in ("locking_mode = EXCLUSIVE", *PRAGMAS, *pragmas):
            connection.execute(f"PRAGMA {pragma}").fetchall()
        yield connection, recorder.tape
    finally:
        connection.close()
        recorder.unregister()


def cuts(
    base: Files, tape: list[Happening], chance: Random
) -> Iterator[tuple[Files, int, str]]:
    """Every state to try: the files, how many transactions had returned, and where it was cut.

    After each happening: everything written is there (the program was killed). Before each sync:
    nothing unsynced is there; one change is missing; only one is there; the last one is torn;
    some at random. Each is cut once: what was cut before with the same files is left out.
    """
    durable = dict(base)
    loose: list[Change | Gone] = []
    returned = 0
    for index, happening in enumerate(tape):
        where = f"at {index} of {len(tape)} ({type(happening).__name__})"
        match happening:
            case Returned(number):
                returned = number
                yield durable | {}, returned, f"{where}: only what was synced"
            case Change() | Gone():
                loose.append(happening)
                yield applied(durable, loose), returned, f"{where}: killed"
            case Sync(file):
                for kept, how in _losses(loose, chance):
                    yield applied(durable, kept), returned, f"{where}: {how}"
                durable = applied(durable, [each for each in loose if each.file == file])
                loose = [each for each in loose if each.file != file]
    yield durable, returned, "at the end: only what was synced"


def _losses(
    loose: list[Change | Gone], chance: Random
) -> Iterator[tuple[list[Change | Gone], str]]:
    yield [], "nothing unsynced"
    for index, each in enumerate(loose):
        yield loose[:index] + loose[index + 1 :], f"change {index} of {len(loose)} lost"
        yield [each], f"only change {index} of {len(loose)}"
    for _ in range(RANDOM_CUTS * bool(loose)):
        kept = [torn(each, chance) for each in loose if chance.random() < 0.5]
        yield kept, f"{len(kept)} of {len(loose)} changes, some torn"


def torn(change: Change | Gone, chance: Random) -> Change | Gone:
    """Perhaps only the first sectors of it."""
    if isinstance(change, Gone) or change.data is None or chance.random() < 0.5:
        return change
    sectors = chance.randrange(len(change.data) // SECTOR + 1)
    return Change(change.file, change.offset, change.data[: sectors * SECTOR])


def applied(files: Files, changes: list[Change | Gone]) -> Files:
    """The files with these changes made, in this order."""
    images = {name: bytearray(content) for name, content in files.items()}
    for change in changes:
        if isinstance(change, Gone):
            images.pop(change.file, None)
            continue
        image = images.setdefault(change.file, bytearray())
        if change.data is None:
            del image[change.offset :]
        else:
            image.extend(b"\0" * (change.offset - len(image)))
            image[change.offset : change.offset + len(change.data)] = change.data
    return {name: bytes(image) for name, image in images.items()}


def try_all(
    base: Files,
    tape: list[Happening],
    folder: Path,
    verdict: Callable[[int, str], None],
    seed: int = 1,
    every: int = 1,
) -> int:
    """Put each state (or one of ``every`` so many) into ``folder`` and ask for the verdict; how
    many different ones there are."""
    seen: set[tuple[int, int]] = set()
    for files, returned, where in cuts(base, tape, Random(seed)):
        state = hash(frozenset(files.items())), returned
        if state in seen:
            continue
        seen.add(state)
        if len(seen) % every:
            continue
        for file in folder.iterdir():
            file.unlink()
        for name, content in files.items():
            (folder / name).write_bytes(content)
        verdict(returned, where)
    return len(seen)
