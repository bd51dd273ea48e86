"""What the loop asks of the other process that does what takes long."""

from __future__ import annotations

from typing import Protocol

from firmware.effect import Examine, KeepHouse
from firmware.event import Event
from firmware.store.recorder import Recorder


class Helper(Protocol):
    """Another process for what takes long: `firmware/command/helper.py`."""
    def do(self, effect: KeepHouse | Examine) -> None: ...
    def look(self, recorder: Recorder) -> list[Event]: ...
    def stop(self) -> None: ...
