"""The tables of `veilleur.toml`: `[recovery]` and `[clock]`."""

from __future__ import annotations

from collections.abc import Mapping

from firmware.shell.rescuer import RescueHooks

COMMANDS = ("power", "reboot")


class SectionFault(ValueError):  # noqa: N818 - it names the fault
    """A line of a table that cannot be used; begins with the line's name."""


def recovery(table: object) -> RescueHooks:
    """``power`` and ``reboot`` are commands as lists of texts; ``usb = false`` leaves the bus
    alone."""
    found = _table("recovery", table, (*COMMANDS, "usb"))
    usb = found.get("usb", True)
    if not isinstance(usb, bool):
        raise SectionFault("recovery.usb: true or false is expected")
    power, reboot = (_command(name, found.get(name)) for name in COMMANDS)
    return RescueHooks(power=power, reboot=reboot, usb=usb)


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
