"""Whether one more alert about a number may leave: floods and other boxes are held back."""

from __future__ import annotations

from collections.abc import Iterable

from firmware.alert.bell import Bell
from firmware.guard.flood import Flood
from firmware.guard.machine_text import MachineText
from firmware.ledger import Ledger
from firmware.wording import Wording, messages

ALERTS_MAX, ALERTS_WINDOW_S = 30, 600.0
LOOP_TOLD_EVERY_S = 86_400.0


class Doorman:
    """One for the whole box: calls and messages of a number count together."""

    def __init__(self, ledger: Ledger, bell: Bell, wordings: Iterable[Wording]) -> None:
        self._ledger = ledger
        self._bell = bell
        self._machine_text = MachineText(wordings)
        self._alerts = Flood(ALERTS_MAX, ALERTS_WINDOW_S)
        self._loops = Flood(1, LOOP_TOLD_EVERY_S)

    def admits(self, number: str | None) -> bool:
        """Whether this number may set a telephone buzzing once more; a flood is told once. Hidden
        callers are many, and one of them may be a hospital: the one line they ring is limit enough,
        and the bill has its own (`budget`)."""
        if number is None:
            return True
        if self._alerts.admits(number, self._ledger.moment.monotonic_s):
            return True
        if self._alerts.first_refusal(number):
            self._bell.tell(f"flood:{number}", messages.FLOOD, {"number": number})
        return False

    def is_box(self, number: str, text: str, *, own: bool = False) -> bool:
        """Whether the text is a box's; administrators hear of each such number once a day. ``own``:
        it is this box's, whose SMS to itself the network may bring hours later."""
        if not self._machine_text.is_ours(text):
            return False
        if not own and self._loops.admits(number, self._ledger.moment.monotonic_s):
            self._bell.tell(f"loop:{number}", messages.LOOP, {"number": number})
        return True
