"""The serial ports of this machine, as pyserial finds them."""

from __future__ import annotations

from contextlib import suppress
from typing import cast

from serial.tools import list_ports

from firmware.line.usb_port import PortInfo


def attached_ports() -> list[PortInfo]:
    """The ports that are there now; none while sysfs changes under pyserial's eyes."""
    with suppress(OSError, TypeError, ValueError):
        return cast(list[PortInfo], list_ports.comports())
    return []
