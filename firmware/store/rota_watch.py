"""The rota that the daemon has in memory, held against the one on disk.

Where damaged data were repaired with a backup's rota, or with none, the one in memory is the newer:
it is written back, and until that is done callers are led by it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from firmware.rota import Rota
from firmware.store.rota_store import RotaStore


class RotaWatch:
    """``rota``: as it was loaded last; ``version``: the store's before it was. ``in_memory`` gives
    the rota by which callers are led: what came by SMS or by telephone since is in it."""

    def __init__(self, store: RotaStore, rota: Rota | None, version: int | None = None) -> None:
        self.rota = rota
        self.in_memory: Callable[[], Rota | None] = lambda: self.rota
        self._store = store
        self._version = store.version() if version is None else version
        self._repaired = self._put_back = False

    @property
    def due(self) -> bool:
        """Another file lies there than before."""
        return self._repaired

    def repaired(self, is_current: bool) -> bool:
        """Another file lies there; whether the rota is current all the same, for memory has it."""
        self._repaired = True
        self._put_back |= not is_current and self.in_memory() is not None
        return is_current or self._put_back

    def look(self, now: datetime) -> bool | None:
        """Load the rota if it is another one: by somebody (True) or by a repair (False).

        None where it is the one in memory. Raises ``StoreError``: then memory keeps what it has,
        and the next look does what is left.
        """
        if self._put_back and (known := self.in_memory()) is not None:
            self._store.replace_rota(known, "repair", now)
            self._put_back = False
        version = self._store.version()
        if not self._repaired and version == self._version:
            return None
        self.rota = self._store.load_rota()
        by_somebody, self._repaired, self._version = not self._repaired, False, version
        return by_somebody
