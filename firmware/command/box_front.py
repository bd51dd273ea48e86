"""The box's front for the daemon: lamps, button, relay, battery."""

from __future__ import annotations

import queue
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from firmware.command.system_wish import POWER_OFF, ask, show_on_console
from firmware.event import BatterySeen, Event
from firmware.pulse import Lamp
from firmware.recovery.hooks import RescueHooks
from firmware.shell.front import Front
from firmware.shell.gpio import Gpio, NoPins, Pins
from firmware.shell.watchdog import complain
from firmware.store.code_store import new_code_for_setup
from firmware.store.database import Database
from firmware.store.errors import StoreError


class BoxFront:
    """Belongs to the thread that opened the database. Without pins it does nothing, and says so."""

    def __init__(self, pins: Pins, database: Database) -> None:
        self._database = database
        self._early: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._tell: Callable[[Event], None] = self._early.put
        self._stop: Callable[[], None] = lambda: None
        self._gpio: Gpio | None = None
        if pins.any:
            try:
                self._gpio = Gpio(pins, lambda event: self._tell(event))
            except NoPins as fault:
                complain(f"no lamps, button or relay: {fault}")
        if self._gpio is None or not self._gpio.has_battery:
            self._tell(BatterySeen(low=False))   # ends an alarm of when there was one

    def connect(self, tell: Callable[[Event], None], stop: Callable[[], None]) -> None:
        """Now there is a loop: ``tell`` it; ``stop`` ends it."""
        self._tell, self._stop = tell, stop
        while not self._early.empty():
            tell(self._early.get())

    @property
    def hooks(self) -> Front:
        return Front(self._alive, self._new_setup_code, self._power_off)

    def rescue(self, hooks: RescueHooks) -> RescueHooks:
        """The relay comes before what the configuration names."""
        if self._gpio is None or not self._gpio.has_relay:
            return hooks
        return replace(hooks, relay=self._gpio.cut_power)

    def show(self, lamps: tuple[Lamp, ...]) -> None:
        if self._gpio is None:
            return
        try:
            self._gpio.show(lamps)
        except Exception as fault:   # whatever pins may say, calls go on
            complain(f"the lamps: {fault}")

    def close(self) -> None:
        if self._gpio is not None:
            self._gpio.close()

    def _alive(self) -> None:
        if self._gpio is not None:
            self._gpio.alive()

    def _new_setup_code(self) -> str:
        try:
            code = new_code_for_setup(self._database, datetime.now(UTC)) or ""
        except StoreError as fault:
            complain(f"no setup code: {fault}")
            return ""
        if code:
            print(f"setup code: {code}", flush=True)
            show_on_console(code)
        return code

    def _power_off(self) -> None:
        """Under systemd the computer stops, and this program with it; calls go on until then."""
        if not ask(POWER_OFF, "the battery is almost empty"):
            complain("the battery is almost empty: ending, so that the power may go")
            self._stop()
