"""The battery behind the box (UPS): when it runs low, the administrators hear of it and the
computer stops cleanly. The forwarding stays on the network: callers reach whoever is on duty now.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum, auto
from types import MappingProxyType
from typing import Final

from firmware.alert.bell import BATTERY as KEY
from firmware.alert.bell import Bell
from firmware.effect import PowerOff
from firmware.event import BatterySeen
from firmware.ledger import Ledger
from firmware.record import JournalKind
from firmware.sms.outbox import Outbox
from firmware.sms.outbox_rules import ALARM
from firmware.wording import messages

DOUBT_S = 10.0     # a load that switches pulls the line down for a moment
STAYS_S = 15.0     # then its SMS leaves: mains that come and go all day are no SMS each time
WORDS_S = 20.0     # when its SMS may have left
LEAVE_S = 90.0     # then without the SMS; a battery that says "low" has some minutes left


class State(StrEnum):
    """What the box makes of its battery."""

    WELL = auto()
    DOUBTED = auto()   # low for less than DOUBT_S
    LOW = auto()       # told; the SMS are on their way
    LEFT = auto()      # the computer was asked to stop


class Happening(StrEnum):
    SAYS_LOW = auto()
    SAYS_WELL = auto()
    TIME = auto()      # the state's time is over


NEXT: Final[Mapping[tuple[State, Happening], State]] = MappingProxyType({
    (State.WELL, Happening.SAYS_LOW): State.DOUBTED,
    (State.WELL, Happening.SAYS_WELL): State.WELL,
    (State.WELL, Happening.TIME): State.WELL,
    (State.DOUBTED, Happening.SAYS_LOW): State.DOUBTED,
    (State.DOUBTED, Happening.SAYS_WELL): State.WELL,
    (State.DOUBTED, Happening.TIME): State.LOW,
    (State.LOW, Happening.SAYS_LOW): State.LOW,
    (State.LOW, Happening.SAYS_WELL): State.WELL,
    (State.LOW, Happening.TIME): State.LEFT,
    (State.LEFT, Happening.SAYS_LOW): State.LEFT,
    # The mains are back and nothing has stopped the computer: it goes on as if nothing had been
    (State.LEFT, Happening.SAYS_WELL): State.WELL,
    (State.LEFT, Happening.TIME): State.LOW,   # nobody has stopped it: once more
})  # fmt: skip
LASTS_S: Final[Mapping[State, float | None]] = MappingProxyType({
    State.WELL: None, State.DOUBTED: DOUBT_S, State.LOW: LEAVE_S, State.LEFT: LEAVE_S,
})  # fmt: skip


class Battery:
    """The shell tells at its start, too, so that an alarm of before the stop ends."""

    def __init__(self, ledger: Ledger, outbox: Outbox, bell: Bell) -> None:
        self._ledger = ledger
        self._outbox = outbox
        self._bell = bell
        self._effects: list[PowerOff] = []
        self._since_s = 0.0
        self.state = State.WELL

    @property
    def deadline_s(self) -> float | None:
        lasts_s = LASTS_S[self.state]
        if lasts_s is None:
            return None
        if self.state is State.LOW and self._told:
            return max(self._since_s + WORDS_S, self._ledger.moment.monotonic_s + 1.0)
        return self._since_s + lasts_s

    @property
    def _told(self) -> bool:
        """Nothing of the alarms waits to leave, and this one is not held back either."""
        return not (self._bell.has_yet_to_tell(KEY) or self._outbox.book.is_waiting(ALARM))

    def heard(self, event: BatterySeen) -> None:
        self._happen(Happening.SAYS_LOW if event.low else Happening.SAYS_WELL)

    def tick(self) -> None:
        lasts_s, now_s = LASTS_S[self.state], self._ledger.moment.monotonic_s
        if lasts_s is None:
            return
        over = now_s >= self._since_s + lasts_s
        said = self.state is State.LOW and self._told and now_s >= self._since_s + WORDS_S
        if over or said:
            self._happen(Happening.TIME)

    def take_effects(self) -> list[PowerOff]:
        effects, self._effects = self._effects, []
        return effects

    def _happen(self, happening: Happening) -> None:
        before, self.state = self.state, NEXT[self.state, happening]
        if self.state is before and self.state is not State.WELL:
            return
        self._since_s = self._ledger.moment.monotonic_s
        match self.state:
            case State.WELL:
                self._bell.still(KEY)
            case State.LOW if before is State.DOUBTED:
                self._bell.ring(KEY, messages.BATTERY_LOW, after_s=STAYS_S)
            case State.LEFT:
                self._ledger.journal(JournalKind.HEALTH, outcome="power_off")
                self._effects.append(PowerOff())
