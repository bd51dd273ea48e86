"""The serial ports and USB sound cards of this machine, as pyserial and sysfs show them."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import cast

from serial.tools import list_ports

from firmware.line.usb_port import PortInfo, usb_place

SOUND = Path("/sys/class/sound")


def attached_ports() -> list[PortInfo]:
    """The ports that are there now; none while sysfs changes under pyserial's eyes."""
    with suppress(OSError, TypeError, ValueError):
        return cast(list[PortInfo], list_ports.comports())
    return []


def attached_cards(sound: Path = SOUND) -> dict[str, str]:
    """Sound cards by their place on the USB bus (1-1.3), named as ALSA's programs want them."""
    found: dict[str, str] = {}
    with suppress(OSError):
        for card in sorted(sound.glob("card[0-9]*")):
            interface = (card / "device").resolve().name   # 1-1.3:1.5
            place = usb_place(interface) if ":" in interface else None
            if place is not None:
                found.setdefault(place, f"plughw:{card.name.removeprefix('card')},0")
    return found
