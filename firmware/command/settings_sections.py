"""The tables of `veilleur.toml`: `[recovery]`, `[clock]` and `[gpio]`."""

from __future__ import annotations

from collections.abc import Mapping

from firmware.command.system_wish import restart_computer
from firmware.recovery.hooks import RescueHooks
from firmware.shell.gpio import LAMPS, Pins

COMMANDS = ("power", "reboot")
PORT_POWER = "usb"
# Below are the clock's (I2C) and the extension boards' own; BCM numbers, as on every pin-out
PIN_FIRST, PIN_LAST = 4, 27
PINS = (*LAMPS, "button", "relay", "battery_low")
TURNABLE = (*LAMPS, "relay", "battery_low")   # the button always leads to ground


class SectionFault(ValueError):  # noqa: N818 - it names the fault
    """A line of a table that cannot be used; begins with the line's name."""


def recovery(table: object) -> RescueHooks:
    """``power`` and ``reboot`` are commands as lists of texts; ``power = "usb"`` is the power of
    the modem's own USB port; ``reboot = true`` asks systemd; ``usb = false`` lets the bus be."""
    found = _table("recovery", table, (*COMMANDS, "usb"))
    usb = found.get("usb", True)
    if not isinstance(usb, bool):
        raise SectionFault("recovery.usb: true or false is expected")
    port_power = found.get("power") == PORT_POWER
    reboot = found.get("reboot")
    return RescueHooks(
        power=None if port_power else _command("power", found.get("power")),
        reboot=restart_computer if reboot is True
        else _command("reboot", reboot) if reboot is not False else None,
        usb=usb,
        port_power=port_power,
    )


def gpio(table: object) -> Pins:
    """The pins of the header by what hangs on them; ``active_low`` names what is on at 0 V."""
    found = _table("gpio", table, (*PINS, "active_low"))
    pins: dict[str, int] = {}
    for name in PINS:
        pin = found.get(name)
        if pin is None:
            continue
        if isinstance(pin, bool) or not isinstance(pin, int) or not PIN_FIRST <= pin <= PIN_LAST:
            raise SectionFault(
                f"gpio.{name}: a BCM number from {PIN_FIRST} to {PIN_LAST} is expected, not {pin!r}"
            )
        taken = next((other for other, its in pins.items() if its == pin), None)
        if taken is not None:
            raise SectionFault(f"gpio.{name}: pin {pin} is gpio.{taken}'s already")
        pins[name] = pin
    turned = found.get("active_low", [])
    if not isinstance(turned, list) or not all(name in TURNABLE for name in turned):
        names = ", ".join(TURNABLE)
        raise SectionFault(f"gpio.active_low: a list of names is expected, of {names}")
    for name in turned:
        if name not in pins:
            raise SectionFault(f"gpio.active_low: {name} has no pin")
    return Pins(**pins, active_low=frozenset(turned))


def clock_is_kept(table: object) -> bool:
    """``trust``: "auto", or "system" where somebody else sees to the computer's clock."""
    trust = _table("clock", table, ("trust",)).get("trust", "auto")
    if trust not in ("auto", "system"):
        raise SectionFault('clock.trust: "auto" or "system" is expected')
    return trust == "system"


def _table(name: str, table: object, keys: tuple[str, ...]) -> Mapping[str, object]:
    if not isinstance(table, dict):
        raise SectionFault(f"{name}: a table is expected: [{name}]")
    for key in table:
        if key not in keys:
            raise SectionFault(f"{name}.{key}: no such setting; there are {', '.join(keys)}")
    return table


def _command(name: str, value: object) -> tuple[str, ...] | None:
    if value is None:
        return None
    if not isinstance(value, list) or not value or not all(_is_text(each) for each in value):
        raise SectionFault(
            f'recovery.{name}: a program and its arguments are expected: ["uhubctl", "-a", "2"]'
        )
    return tuple(value)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != "" and "\0" not in value
