"""What the case and the computer do for the loop: see `firmware/command/box_front.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from firmware.effect import MakeSetupCode, PowerOff
from firmware.event import Event, SetupCodeMade, Woken


@dataclass(frozen=True, slots=True)
class Front:
    """``alive``: the loop has turned, which the lamps show. ``new_setup_code`` shows the code and
    returns it. Each returns soon and raises nothing."""

    alive: Callable[[], None] = lambda: None
    new_setup_code: Callable[[], str] = lambda: ""
    power_off: Callable[[], None] = lambda: None

    def do(self, effect: MakeSetupCode | PowerOff) -> Event:
        """Carry it out; what the attendant hears of it."""
        if isinstance(effect, MakeSetupCode):
            return SetupCodeMade(self.new_setup_code())
        self.power_off()
        return Woken()
