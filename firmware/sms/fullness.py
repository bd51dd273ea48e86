"""How full the storages of SIM and modem are, as each says when it is selected for a sweep."""

from __future__ import annotations

from firmware.at import answers
from firmware.at.answers import AnswerFault, StorageLevel
from firmware.line.modem_line import Reply

FULL_SWEEPS = 2       # a storage that was full once is emptied by that very sweep
LIST_SWEEPS = 10      # one that says it is empty is listed all the same at every so many


class Fullness:
    """``usage`` is what each storage held before it was swept last; ``words`` say it: ``SM 2/20,
    ME 0/255``."""

    def __init__(self) -> None:
        self.usage: dict[str, StorageLevel] = {}
        self.words = ""
        self._found_full: dict[str, int] = {}
        self._unlisted: dict[str, int] = {}   # sweeps since the storage was listed
        self._storages: tuple[str, ...] = ()

    def forget(self, storages: tuple[str, ...]) -> None:
        """Another modem, or one that has restarted, with these storages."""
        self._storages = storages
        self.usage.clear()
        self.words = ""
        self._found_full.clear()
        self._unlisted.clear()

    @property
    def full(self) -> bool:
        """A storage was full at two sweeps running: what was read cannot be deleted."""
        return any(self.is_full(storage) for storage in self._found_full)

    def made_room(self, storage: str) -> None:
        """It is not full any more, whatever it said last."""
        self._found_full[storage] = 0

    def is_full(self, storage: str) -> bool:
        """It was at two sweeps running."""
        return self._found_full.get(storage, 0) >= FULL_SWEEPS

    @property
    def has_room(self) -> bool:
        """Each storage has told that it was not full when it was swept last."""
        return bool(self._storages) and all(
            self._found_full.get(storage) == 0 for storage in self._storages
        )

    def says_used(self, storage: str) -> bool:
        """Whether something lay in the storage when it was selected last, as it said."""
        usage = self.usage.get(storage)
        return usage is not None and usage.used > 0

    def total(self, storage: str) -> int:
        """How many messages the storage holds, as far as it has said."""
        usage = self.usage.get(storage)
        return usage.total if usage is not None else 0

    def is_to_be_listed(self, storage: str, reply: Reply) -> bool:
        """Whether a sweep that has just selected the storage must list it. One that says that it
        is empty, as nearly always, is believed for some minutes: a modem may count otherwise."""
        usage = self._note(storage, reply)
        unlisted = self._unlisted.get(storage, LIST_SWEEPS) + 1
        listed = usage is None or usage.used > 0 or unlisted >= LIST_SWEEPS
        self._unlisted[storage] = 0 if listed else unlisted
        return listed

    def _note(self, storage: str, reply: Reply) -> StorageLevel | None:
        usage = level_told(reply)
        if usage is None:
            return None  # what was known stays
        self.usage[storage] = usage
        self.words = ", ".join(f"{name} {it.used}/{it.total}" for name, it in self.usage.items())
        times = self._found_full.get(storage, 0)
        self._found_full[storage] = times + 1 if usage.used >= usage.total > 0 else 0
        return usage


def level_told(reply: Reply) -> StorageLevel | None:
    """How full the storage is that was selected; None where the answer does not say it."""
    try:
        return answers.storage_selected(reply.lines)[0]
    except (AnswerFault, IndexError):
        return None
