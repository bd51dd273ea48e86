"""Which of the modems on the bus is ours: the one that took calls.

Another one has another SIM, whose number nobody rings, and would look as well as ours.
"""

from __future__ import annotations

from firmware.line.usb_port import Candidate

OTHERS_ALONE = "the modem that took calls is gone; another one is there"
STAND_IN_S = 600.0   # the ladder has cut the power by then; somebody may have moved the SIM


class OwnModem:
    """Known by its place on the USB bus: firmwares of one kind tell one identity, and some no
    serial number. Before any has been ready each is as good as the other."""

    def __init__(self) -> None:
        self._place: str | None = None
        self._known = False                     # to a profile
        self._beside: set[str | None] = set()   # places of others, seen together with it
        self._missed_since_s: float | None = None

    def took_calls(self, modem: Candidate, found: tuple[Candidate, ...]) -> None:
        """It is ready; ``found`` is what is on the bus."""
        self._place, self._known = modem.usb, modem.profile is not None
        self._know_others(found)

    def among(self, found: tuple[Candidate, ...], now_s: float) -> tuple[Candidate, ...]:
        """Those to be tried. One at a place where none has been beside ours is ours, plugged in
        elsewhere, unless it is no modem that anybody knows, and ours is: of one that comes back
        other ports may be there before its own. Empty while only others are there, and not yet for
        so long."""
        if self._place is None:
            return found
        may_be = tuple(each for each in found if each.profile is not None or not self._known)
        ours = tuple(each for each in may_be if each.usb == self._place)
        if ours:
            self._know_others(found)
            return ours
        if self._missed_since_s is None:
            self._missed_since_s = now_s
        if now_s - self._missed_since_s >= STAND_IN_S:
            return found
        absent = tuple(each for each in found if each.usb is None)   # named, and not there
        return tuple(each for each in may_be if each.usb not in self._beside) or absent

    def _know_others(self, found: tuple[Candidate, ...]) -> None:
        self._missed_since_s = None
        self._beside = {each.usb for each in found} - {self._place}
