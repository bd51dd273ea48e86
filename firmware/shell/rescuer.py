"""The rungs of recovery that touch the machine: the USB bus, the modem's power, a restart.

Each runs in a thread of its own, because a kernel or a relay's command may hang, and the loop must
go on turning. There is one of a kind at a time. One that hangs keeps neither the next rung from
being tried (a restart is what helps against a kernel that hangs) nor a port from being opened.
"""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable

from firmware.recovery.hooks import RescueHooks
from firmware.recovery.rungs import Rung
from firmware.shell.usb_bus import cut_port, give_back, rebind

COMMAND_S = 30.0
HANGS_S = 45.0    # longer than any attempt that comes to an end


class Rescuer:
    """``on_done`` is called from the thread, with why it could not be done, or None."""

    def __init__(
        self, hooks: RescueHooks, on_done: Callable[[Rung, str | None], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._hooks, self._on_done, self._clock = hooks, on_done, clock
        self._commands = {Rung.CUT_POWER: hooks.relay or hooks.power, Rung.REBOOT: hooks.reboot}
        self._since_s: dict[Rung, float] = {}   # of those that run
        if hooks.mark is not None and hooks.mark.exists():
            args = hooks.mark, hooks.sysfs
            threading.Thread(target=give_back, args=args, name="give back", daemon=True).start()

    @property
    def busy(self) -> bool:
        """Whether one runs that does not hang: the device may be on its way off the bus."""
        hangs_s = self._clock() - HANGS_S
        return any(since_s > hangs_s for since_s in tuple(self._since_s.values()))

    def fault(self, rung: Rung, device: str | None) -> str | None:
        """Why a rung cannot be tried; None when it can."""
        if rung in self._since_s:
            return "the attempt before this one still hangs"
        if rung is Rung.REBIND_USB and (device is None or not self._hooks.usb):
            return "switched off" if device else "its place on the USB bus is not known"
        if rung is Rung.REBIND_USB or self._commands[rung] is not None:
            return None
        if rung is Rung.CUT_POWER and self._hooks.port_power:
            return None if device else "its place on the USB bus is not known"
        return "no command for it in veilleur.toml"

    def start(self, rung: Rung, device: str | None) -> None:
        """Begin; only where `fault` says None."""
        self._since_s[rung] = self._clock()
        name, args = f"rescue {rung}", (rung, device)
        threading.Thread(target=self._do, args=args, name=name, daemon=True).start()

    def _do(self, rung: Rung, device: str | None) -> None:
        why, sysfs, command = None, self._hooks.sysfs, self._commands.get(rung)
        try:
            if rung is Rung.REBIND_USB:
                rebind(device or "", sysfs, mark=self._hooks.mark)
            elif command is None:
                cut_port(device or "", sysfs, mark=self._hooks.mark)
            elif callable(command):
                command()
            else:
                null = subprocess.DEVNULL
                subprocess.run(  # noqa: S603 - the administrator's own command, without a shell
                    command, check=True, timeout=COMMAND_S, stdin=null, stdout=null, stderr=null
                )
        except (OSError, subprocess.SubprocessError) as fault:
            why = str(fault)
        del self._since_s[rung]   # whoever hears of it may look for the port at once
        self._on_done(rung, why)
