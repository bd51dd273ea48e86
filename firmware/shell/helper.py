"""What the loop asks of the other process that does what takes long."""

from __future__ import annotations

from typing import Protocol

from firmware.event import Event
from firmware.store.recorder import Recorder


class Helper(Protocol):
    """Another process for what takes long: `firmware/command/helper.py`."""
    def start_night(self) -> None: ...
    def look(self, recorder: Recorder) -> list[Event]: ...
    def stop(self) -> None: ...
