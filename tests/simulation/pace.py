"""How often the box of a simulated year looks at its modem: seldom while all is well."""

from __future__ import annotations

from typing import NamedTuple

from firmware.line.registration import KEEP_ALIVE_S


class Pace(NamedTuple):
    """How often a modem that is well is asked all, and anything; how often the pulse beats."""

    poll_s: float
    keep_alive_s: float
    pulse_s: float


STRUCK = Pace(60.0, KEEP_ALIVE_S, 15.0)    # a box's own
WELL = Pace(600.0, 600.0, 3600.0)          # a year has half a million quiet minutes
ILL = Pace(600.0, 600.0, 60.0)             # for long, such as deaf: a pulse notices that
