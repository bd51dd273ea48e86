"""The case: four lamps, a button, the relay of the modem's power, the battery's warning.

Only pins here: which lamp is lit, and what a press means, others decide. A lamp that is believed
winks: once every two seconds it is dark for a moment. The thread that makes it wink does so only
while the loop has told lately that it lives; else it shows red alone. So a lamp that stands still,
whatever its colour, means a program that stands still, and a dead one cannot be green for long.
"""

from __future__ import annotations

import struct
import threading
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from firmware.event import BatterySeen, ButtonPressed, Event
from firmware.pulse import Lamp
from firmware.shell.watchdog import complain

LAMPS = tuple(lamp.value for lamp in Lamp)
ON_S, OFF_S = 1.9, 0.1
HUNG_S = 20.0         # the loop turns every two seconds; a slow disk holds it up for ten
HELD_S = 10.0
BOUNCE_S = 0.05
CUT_S = 8.0           # a modem's capacitors hold out for some seconds
# The service sees no /proc/device-tree, where gpiozero looks first
REVISION = Path("/sys/firmware/devicetree/base/system/linux,revision")


class NoPins(RuntimeError):  # noqa: N818 - it says what there is not
    """The pins cannot be had; the message says why. Everything else works without them."""


@dataclass(frozen=True, slots=True)
class Pins:
    """BCM numbers, None for what is not there. What ``active_low`` names is on at 0 V."""

    green: int | None = None
    amber: int | None = None
    red: int | None = None
    blue: int | None = None
    button: int | None = None
    relay: int | None = None
    battery_low: int | None = None
    active_low: frozenset[str] = frozenset()

    @property
    def any(self) -> bool:
        return any(getattr(self, name) is not None for name in (*LAMPS, "button", "relay",
                                                                "battery_low"))  # fmt: skip


class Gpio:
    """``tell`` may be called from any thread. Raises `NoPins`. ``factory`` is gpiozero's own choice
    where None."""

    def __init__(self, pins: Pins, tell: Callable[[Event], None], factory: Any = None) -> None:
        self._pins, self._tell = pins, tell
        self._shown: tuple[Lamp, ...] = ()
        self._lived_s = time.monotonic()
        self._held = False
        self._lock, self._ended = threading.Lock(), threading.Event()
        try:
            import gpiozero

            self._open(gpiozero, factory or _factory(gpiozero))
        except ImportError as fault:
            raise NoPins(f"{fault}: apt install python3-gpiozero python3-lgpio") from fault
        except Exception as fault:   # gpiozero and lgpio have errors of many families
            raise NoPins(f"{type(fault).__name__}: {fault}") from fault
        self._thread = threading.Thread(target=self._wink, name="lamps", daemon=True)
        if self._lamps:
            self._thread.start()

    def _open(self, gpiozero: Any, factory: Any) -> None:
        pins, low = self._pins, self._pins.active_low
        common = {"pin_factory": factory}
        self._lamps = {
            lamp: gpiozero.LED(pin, active_high=lamp.value not in low, **common)
            for lamp in Lamp
            if (pin := getattr(pins, lamp.value)) is not None
        }
        self._relay = self._button = self._battery = None
        if pins.relay is not None:
            self._relay = gpiozero.OutputDevice(pins.relay, active_high="relay" not in low,
                                                **common)  # fmt: skip
        if pins.button is not None:
            self._button = gpiozero.Button(pins.button, bounce_time=BOUNCE_S, hold_time=HELD_S,
                                           **common)  # fmt: skip
            self._button.when_held = self._is_held
            self._button.when_released = self._released
        if pins.battery_low is not None:
            self._battery = gpiozero.DigitalInputDevice(
                pins.battery_low, pull_up="battery_low" in low, **common
            )
            self._battery.when_activated = lambda: self._tell(BatterySeen(low=True))
            self._battery.when_deactivated = lambda: self._tell(BatterySeen(low=False))
            self._tell(BatterySeen(low=bool(self._battery.is_active)))

    @property
    def has_relay(self) -> bool:
        return self._relay is not None

    @property
    def has_battery(self) -> bool:
        return self._battery is not None

    # The lamps

    def show(self, lamps: tuple[Lamp, ...]) -> None:
        self._shown = lamps
        self._light(dark=False)

    def alive(self) -> None:
        """The loop has turned, and the watchdog would be fed."""
        self._lived_s = time.monotonic()

    def _wink(self) -> None:
        try:
            while not self._ended.wait(ON_S):
                self._light(dark=not self._hung)
                if self._ended.wait(OFF_S):
                    break
                self._light(dark=False)
        except Exception as fault:   # they stand still from now on, and are not believed
            complain(f"the lamps: {type(fault).__name__}: {fault}")

    @property
    def _hung(self) -> bool:
        return time.monotonic() - self._lived_s > HUNG_S

    def _light(self, *, dark: bool) -> None:
        lit = () if dark else (Lamp.RED,) if self._hung else self._shown
        with self._lock:
            if self._ended.is_set():
                return
            for lamp, led in self._lamps.items():
                led.value = int(lamp in lit)

    # The button

    def _is_held(self) -> None:
        self._held = True
        self._tell(ButtonPressed(long=True))

    def _released(self) -> None:
        held, self._held = self._held, False
        if not held:
            self._tell(ButtonPressed())

    # The relay: at rest it gives the modem its power

    def cut_power(self) -> None:
        """Off, and on again. Waits; for a thread of its own. Raises ``OSError``."""
        try:
            self._relay.on()   # type: ignore[union-attr]  # only where `has_relay`
            self._ended.wait(CUT_S)
        except Exception as fault:
            raise OSError(f"the relay: {fault}") from fault
        finally:
            with suppress(Exception):
                self._relay.off()   # type: ignore[union-attr]

    def close(self) -> None:
        """Dark, and the modem has its power."""
        self._ended.set()
        with self._lock:
            devices = [*self._lamps.values(), self._relay, self._button, self._battery]
            for device in devices:
                try:
                    if device is not None:
                        device.close()
                except Exception as fault:
                    complain(f"a pin cannot be closed: {fault}")
        if self._thread.is_alive():
            self._thread.join()


def _factory(gpiozero: Any) -> Any:
    """gpiozero's own choice by its variable or, without one, lgpio told which board this is."""
    import os

    if "GPIOZERO_PIN_FACTORY" not in os.environ and REVISION.exists():
        from gpiozero.pins.lgpio import LGPIOFactory

        (revision,) = struct.unpack(">L", REVISION.read_bytes()[:4])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return type("BoxFactory", (LGPIOFactory,), {"_get_revision": lambda self: revision})()
    if gpiozero.Device.pin_factory is None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            gpiozero.Device.pin_factory = gpiozero.Device._default_pin_factory()
    return gpiozero.Device.pin_factory
