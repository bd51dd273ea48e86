"""The instant at which something happens, handed to every pure room instead of a clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant on both clocks of the box.

    ``monotonic_s`` never goes back and measures delays; ``utc`` is an aware datetime in UTC and
    decides the rota. ``utc_trusted`` is false while nothing has confirmed the wall clock: the box
    then alerts everybody rather than guess one person.
    """

    monotonic_s: float
    utc: datetime
    utc_trusted: bool = True
