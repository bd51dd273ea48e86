"""Which serial port is the modem's: by vendor, product and interface number, never by name.

ttyUSB numbers change with every re-plug and belong to other adapters too. A family that no
profile knows is found by asking: its ports are tried one after another until one answers AT.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Protocol

from firmware.at.profile import CARD, SERIAL, ModemProfile

ALSA = "alsa:"   # begins the name of a sound card: alsa:plughw:1,0

_DEVICE = re.compile(r"[0-9]+-[0-9]+(\.[0-9]+)*")   # 1-1.3, as sysfs names a device
_INTERFACE = re.compile(r":\d+\.(\d+)$")   # 1-1.3:1.2, as sysfs names interface 2


class PortInfo(Protocol):
    """What pyserial tells of a port."""

    device: str
    vid: int | None
    pid: int | None
    location: str | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A port to try. ``usb``: the device's place on the bus (1-1.3), ``second``: the modem's other
    AT port, ``audio``: the tty or `alsa:` card that carries its sound, ``voice``: which of the two
    that is, where these are known."""

    device: str
    profile: ModemProfile | None
    usb: str | None = None
    second: str | None = None
    audio: str | None = None
    voice: str | None = None


def candidates(
    ports: Iterable[PortInfo],
    profiles: Sequence[ModemProfile],
    cards: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Candidate, ...]:
    """Ports that may be the modem's AT port: those that a profile names, in the order of their
    place on the bus; if there are none, every USB serial port, to be asked. ``cards``: the sound
    cards on the bus by their place, as `audio_devices` names them."""
    usb = sorted(
        (port for port in ports if port.vid is not None), key=lambda port: port.location or ""
    )
    known: dict[str, Candidate] = {}
    for port in usb:
        for profile in profiles:
            for usb_id in profile.usb:
                same = (usb_id.vendor_id, usb_id.product_id) == (port.vid, port.pid)
                if same and usb_id.at == interface_number(port.location):
                    place = usb_place(port.location)
                    second = _sibling(usb, place, usb_id.second_at)
                    tty = _sibling(usb, place, usb_id.audio)
                    sound = _sound(profile, tty, cards.get(place or ""))
                    known.setdefault(
                        port.device, Candidate(port.device, profile, place, second, *sound)
                    )
    return tuple(known.values()) or tuple(
        Candidate(port.device, None, usb_place(port.location)) for port in usb
    )


def named(
    path: str, real: str, profile: ModemProfile | None, ports: Iterable[PortInfo],
    profiles: Sequence[ModemProfile], cards: Mapping[str, str] = MappingProxyType({}),
) -> Candidate:  # fmt: skip
    """The port that somebody named, with what USB tells of it; ``real`` is where links lead."""
    usb = [port for port in ports if port.vid is not None]
    found = candidates(usb, profiles, cards)
    known = next((each for each in found if each.device == real), None)
    place = next((usb_place(port.location) for port in usb if port.device == real), None)
    if known is None or known.profile is None:
        return Candidate(path, profile, place)
    return replace(known, device=path, profile=profile or known.profile, usb=place)


def with_audio(candidate: Candidate, audio: str) -> Candidate:
    """The same with the tty or card that somebody named for its sound."""
    return replace(candidate, audio=audio, voice=CARD if audio.startswith(ALSA) else SERIAL)


def _sound(
    profile: ModemProfile, tty: str | None, card: str | None
) -> tuple[str | None, str | None]:
    """What carries the sound and which way that is: the likeliest of the family that is there."""
    there = {SERIAL: tty, CARD: None if card is None else ALSA + card}
    return next(
        ((device, voice.way) for voice in profile.voices if (device := there[voice.way])),
        (None, None),
    )


def _sibling(ports: Iterable[PortInfo], place: str | None, interface: int | None) -> str | None:
    """The port of another interface of the same device."""
    if place is None or interface is None:
        return None
    return next(
        (
            port.device
            for port in ports
            if usb_place(port.location) == place and interface_number(port.location) == interface
        ),
        None,
    )


def usb_place(location: str | None) -> str | None:
    """1-1.3 of 1-1.3:1.2, as sysfs names the device of an interface."""
    return location.partition(":")[0] if location else None


def hub_port(device: str) -> str:
    """Where sysfs shows, below its devices, the port of a hub that a device (1-1.3) hangs on.
    Raises OSError for what names none."""
    if _DEVICE.fullmatch(device) is None:
        raise OSError(f"not a device of the USB bus: {device!r}")
    hub, dot, number = device.rpartition(".")
    if dot:
        return f"{hub}:1.0/{hub}-port{number}"
    bus, _, number = device.partition("-")
    return f"{bus}-0:1.0/usb{bus}-port{number}"


def interface_number(location: str | None) -> int | None:
    """The interface number in pyserial's location, which is sysfs's name of the interface."""
    found = _INTERFACE.search(location or "")
    return int(found[1]) if found else None


class PortUnavailable(OSError):  # noqa: N818 - it says what the port is
    """A port that cannot be opened; the message says why in words."""


class NotAModem(RuntimeError):  # noqa: N818 - it says what was found
    """Nothing at the port that was named has answered AT."""


def unavailable(path: str, fault: Exception) -> PortUnavailable:
    """What the operating system's or pyserial's refusal to open a port means."""
    number = getattr(fault, "errno", None)
    if number == errno.ENOENT:
        return PortUnavailable(f"{path}: no such port; is the modem plugged in?")
    if number in (errno.EBUSY, errno.EAGAIN) or "exclusively lock" in str(fault):
        return PortUnavailable(
            f"{path}: another program has it (ModemManager? brltty? a second veilleur?)"
        )
    if number == errno.EPERM:   # not the file's mode: what systemd lets the service open
        return PortUnavailable(f"{path}: the service may not open it (DeviceAllow= in its unit)")
    if number == errno.EACCES:
        return PortUnavailable(f"{path}: permission denied; this user must be in group dialout")
    why = os.strerror(number) if number is not None else str(fault)
    return PortUnavailable(f"{path}: not a serial port that can be opened ({why})")
