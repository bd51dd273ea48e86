"""The ladder: what is wrong with the modem, what has been tried, what is tried next and when.

It performs nothing: `perform` is asked for each rung and says whether it is possible. No clock:
the ledger holds the moment. No rung that could hurt a call is taken while one is up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from firmware.ledger import Ledger
from firmware.line.modem_line import ModemLine
from firmware.record import JournalKind
from firmware.recovery.permits import Permits, RecoveryOptions
from firmware.recovery.rungs import (
    CALL_BELIEVED_S,
    CLIMBS,
    PORTS_ASKED,
    RUNGS,
    TALK_BELIEVED_S,
    Climb,
    Fault,
    Rung,
)
from firmware.recovery.table import RUNG_STATES, TABLE, Action, Happening, State
from firmware.wording import messages

TOLD_AFTER_S = 120.0   # of silence, where a talk keeps every rung waiting
OVERDUE_S = 30.0   # a deadline that nobody has looked at for so long: the loop does not turn
_NO_ANSWER = "no answer"
_RESTARTS = frozenset({Rung.RESET, Rung.CUT_POWER, Rung.REBOOT})
_HARD = frozenset({Fault.MUTE, Fault.ABSENT, Fault.REFUSING})
_SOFT = frozenset({Fault.DEAF})
# Actions that concern one sort of fault only
_MEANT = {
    Action.HARDEN_MUTE: _SOFT, Action.HARDEN_ABSENT: _SOFT, Action.HARDEN_REFUSING: _SOFT,
    Action.CURE: _SOFT, Action.MEND: _HARD, Action.BACK: _HARD,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a gentle climb stood when the modem fell silent or its port went: a lost answer must
    not be worth a reset, nor a deafness be forgotten for it."""

    why: str
    index: int
    rests: int
    since_s: float
    taken: tuple[Rung, ...]
    rest_until_s: float


class Ladder:
    """``sound``: whether the modem is set up (or only its SIM is at fault). ``known``: whether
    what is at the port has ever shown itself to be a modem."""

    def __init__(
        self,
        ledger: Ledger,
        line: ModemLine,
        options: RecoveryOptions,
        sound: Callable[[], bool],
        known: Callable[[], bool],
    ) -> None:
        self._ledger = ledger
        self._line = line
        self._permits = Permits(ledger, options)
        self._sound = sound
        self._known = known
        self._index = -1        # in the climb; -1 before its first rung
        self._rests = 0
        self._rest_until_s = 0.0
        self._came = False      # the port that was gone is back
        self._rested = False    # a sign of life came while nothing more could be done
        self._since_s = 0.0
        self._taken: list[Rung] = []
        self._suspicions: dict[str, str] = {}   # the oldest first: it is what is treated
        self._left: _Place | None = None
        self._deeds = self._deeds_by_action()
        self.state = State.WELL
        self.fault = Fault.MUTE
        self.why = ""
        self.deadline_s: float | None = None
        self.is_talk: Callable[[], bool] = lambda: False   # two speak through the modem
        self.perform: Callable[[Rung, str], bool] = lambda rung, why: False
        self.on_alarm: Callable[[str, str, dict[str, str]], None] = lambda key, cause, values: None
        self.on_order: Callable[[str], None] = lambda key: None

    # What it is told

    def happen(self, happening: Happening, why: str = "") -> None:
        """The one door to the table."""
        action = TABLE[self.state][happening]
        if action is not Action.IGNORE:   # as nearly always
            self._act(action, why)

    def suspect(self, kind: str, why: str) -> None:
        """The modem answers and yet is ``kind`` (deaf, not registered): the gentle climb begins.

        May be said again and again; `trust` takes it back.
        """
        self._suspicions[kind] = why
        self.happen(Happening.SUSPECTED, why)

    def trust(self, kind: str) -> None:
        """The opposite was just seen."""
        if self._suspicions.pop(kind, None) is not None and not self._suspicions:
            self._left = None
            self.happen(Happening.CURED)

    def tick(self) -> None:
        """Look at the channel, the calls and the time."""
        if self._line.open:
            silent = self._line.silent_since_s is not None
            self.happen(Happening.SILENT if silent else Happening.ANSWERED)
            if not silent and self._sound():
                self.happen(Happening.SOUND)
        if not self._call_is_up():
            self.happen(Happening.CALL_OVER)
        if self.deadline_s is not None and self._now_s >= self.deadline_s:
            self.happen(Happening.TIME)
        if self.state is State.HELD and self._is_silent_for(TOLD_AFTER_S):
            self.on_alarm("modem", messages.MODEM_MUTE, {})   # two speak on, nobody else gets in

    # What it says

    @property
    def is_well(self) -> bool:
        """Nothing is being mended; a deaf modem is left alone for hours."""
        left_alone = self.state is State.RESTING and self.fault is Fault.DEAF
        return self.state is State.WELL or left_alone

    @property
    def at_work(self) -> bool:
        """Whether something is wrong and its next step has a time that is kept."""
        in_time = self.deadline_s is not None and self._now_s < self.deadline_s + OVERDUE_S
        return self.state is not State.WELL and in_time

    @property
    def _now_s(self) -> float:
        return self._ledger.moment.monotonic_s

    @property
    def _climb(self) -> Climb:
        return CLIMBS[self.fault]

    @property
    def _rung(self) -> Rung:
        return self._climb.rungs[self._index]

    def _call_is_up(self) -> bool:
        """As far as the box can know: of a modem that says nothing, or was gone, for a while."""
        unseen_s = self._unseen_s
        if unseen_s is None:
            return self._line.in_call
        return self._now_s < unseen_s + self._believed_s

    @property
    def _believed_s(self) -> float:
        """A modem that has left the bus has no call to lose for long, and nobody is led on."""
        return TALK_BELIEVED_S if self._line.open and self.is_talk() else CALL_BELIEVED_S

    @property
    def _unseen_s(self) -> float | None:
        """Since when nobody has seen the call that was up."""
        return self._line.silent_since_s if self._line.in_call else self._line.in_call_s

    # The table

    def _act(self, action: Action, why: str) -> None:
        deed = self._deeds.get(action)
        if deed is not None and (action not in _MEANT or (self.fault in _MEANT[action])):
            deed(why)

    def _deeds_by_action(self) -> dict[Action, Callable[[str], None]]:
        """What each action is; `IGNORE` is none."""
        return {
            Action.MUTE: lambda why: self._begin(Fault.MUTE, _NO_ANSWER),
            Action.ABSENT: lambda why: self._begin(Fault.ABSENT, why),
            Action.REFUSING: lambda why: self._begin(Fault.REFUSING, why),
            Action.DEAF: lambda why: self._begin(Fault.DEAF, why),
            Action.HARDEN_MUTE: lambda why: self._begin(Fault.MUTE, _NO_ANSWER),
            Action.HARDEN_ABSENT: lambda why: self._begin(Fault.ABSENT, why),
            Action.HARDEN_REFUSING: lambda why: self._begin(Fault.REFUSING, why),
            Action.TURN: self._turn,
            Action.NEXT: lambda why: self._next(),
            Action.SKIP: lambda why: self._climb_on(),
            Action.DO: lambda why: self._climb_on(),
            Action.HOLD: lambda why: self._hold(),
            Action.RENEW: lambda why: self._wait(RUNGS[self._rung].wait_s),
            Action.COME: lambda why: self._come(),
            Action.RETURN: lambda why: self._return(),
            Action.BACK: lambda why: self._return(),
            Action.MEND: lambda why: self._mended(),
            Action.CURE: lambda why: self._mended(),
            Action.AGAIN: lambda why: self._again(),
        }

    def _begin(self, fault: Fault, why: str) -> None:
        if self.state is not State.WELL and self._climb.gently:
            self._left = self._place()
        silent_s = self._line.silent_since_s
        self.fault, self.why = fault, why
        self._since_s = silent_s if fault is Fault.MUTE and silent_s is not None else self._now_s
        self._index = -1
        self._rests = 0
        self._taken = []
        self._came = False
        self._climb_on()

    def _place(self) -> _Place:
        rest_until_s = self._now_s + self._rest_s
        if self.state is State.RESTING and self.deadline_s is not None:
            rest_until_s = self.deadline_s
        taken = tuple(self._taken)
        return _Place(self.why, self._index, self._rests, self._since_s, taken, rest_until_s)

    def _go_on(self, left: _Place) -> None:
        """It answers again, and is as deaf as before: the gentle climb goes on where it stood."""
        self.fault, self.why = Fault.DEAF, left.why
        self._index, self._rests, self._since_s = left.index, left.rests, left.since_s
        self._taken = list(left.taken)
        self._left = None
        self.state, self.deadline_s = State.RESTING, left.rest_until_s

    def _turn(self, why: str) -> None:
        """It answers again and cannot be set up: another fault, for which nothing was tried yet."""
        if self._rung in (Rung.ASK, Rung.REOPEN, Rung.SECOND_PORT):
            self._begin(Fault.REFUSING, why)

    def _climb_on(self) -> None:
        """The next rung that may be taken, else a rest."""
        climb = self._climb
        if self._unknown_ports_left():
            self._index = 0
        while self._index + 1 < len(climb.rungs):
            self._index += 1
            rung = climb.rungs[self._index]
            reason = next(iter(self._suspicions), self.fault)
            # The first rung for a port that is gone is to wait for it
            harmless = RUNGS[rung].in_call or (self.fault, rung) == (Fault.ABSENT, Rung.REOPEN)
            if not self._permits.allow(rung, self.fault, reason):
                continue
            if self._call_is_up() and not harmless:
                self._index -= 1   # still to come, and counted when it is taken
                self._hold()
            else:
                self._permits.count(rung, self.fault, reason)
                self._do(rung)
            return
        if self._is_mute_after_all:
            self._begin_mute_after_all()
        else:
            self._rest()

    def _unknown_ports_left(self) -> bool:
        """Several ports of something unknown are asked in turn, one each time one is opened."""
        tried = self._taken.count(Rung.REOPEN)
        return self.fault is Fault.MUTE and not self._known() and 0 < tried < PORTS_ASKED

    def _do(self, rung: Rung) -> None:
        first = self._index == 0 and self._climb.patience_s is not None
        self.state = RUNG_STATES[rung]
        self._wait(self._climb.patience_s or 0.0 if first else RUNGS[rung].wait_s)
        if rung is not Rung.ASK and not first:
            self._tell(rung)
        if rung is Rung.REBOOT:
            self._permits.remember_reboot()
        if not self.perform(rung, self.why):
            self.happen(Happening.UNABLE)

    def _tell(self, rung: Rung) -> None:
        self._taken.append(rung)
        self._ledger.journal(
            JournalKind.HEALTH, outcome="recovery", rung=rung, fault=self.fault, why=self.why
        )
        mute = self.fault is Fault.MUTE and (len(self._taken) > 1 or self._known())
        untold = self.fault is Fault.REFUSING and self._ledger.alarm("modem") is None
        if mute or untold:
            self.on_alarm("modem", messages.MODEM_MUTE, {})

    def _hold(self) -> None:
        """A call is up: wait for its end, but not for one that nobody can see any more."""
        self.state = State.HELD
        unseen_s = self._unseen_s
        until_s = self._believed_s + (self._now_s if unseen_s is None else unseen_s)
        self.deadline_s = max(until_s, self._now_s)

    def _return(self) -> None:
        """The rung that was taken last says how long that may take, not one that had to be left
        out."""
        last = self._taken[-1] if self._taken else self._climb.rungs[max(self._index, 0)]
        self._rested = self.state is State.RESTING
        self.state = State.RETURNING
        self._wait(RUNGS[last].back_s)

    def _come(self) -> None:
        """A port that we opened anew says nothing by that; one that was gone and has come back by
        itself is a modem that has just started. Once: a port may come and go."""
        if self.fault is not Fault.ABSENT:
            self._wait(RUNGS[self._rung].wait_s)
        elif not self._came:
            self._came = True
            self._wait(RUNGS[self._rung].back_s)

    def _next(self) -> None:
        """A rung has had its time; after a gentle one the modem is left alone for a while."""
        if self.fault is not Fault.DEAF:
            in_a_rest = self.state is State.RETURNING and self._rested
            if in_a_rest and not self._is_mute_after_all:
                self._rest_on()
            else:
                self._climb_on()
        elif not self._line.open:
            self._begin(Fault.ABSENT, self.why)
        elif self._is_silent:
            self._begin(Fault.MUTE, _NO_ANSWER)
        else:
            self._rest()

    def _is_silent_for(self, seconds: float) -> bool:
        since_s = self._line.silent_since_s
        return self._line.open and since_s is not None and self._now_s >= since_s + seconds

    @property
    def _is_silent(self) -> bool:
        return self._line.open and self._line.silent_since_s is not None

    @property
    def _is_mute_after_all(self) -> bool:
        """A port that has come back and says nothing is another fault, once all that is allowed was
        tried. Not sooner: one that comes and goes would begin anew each time, and get no rung."""
        return self.fault is Fault.ABSENT and self._is_silent

    def _begin_mute_after_all(self) -> None:
        """One outage: its last word counts from its beginning, and names what was done. The alarm
        is due now: a port that goes again in a moment would never come to a rung that tells."""
        self.on_alarm("modem", messages.MODEM_MUTE, {})
        since_s, taken = self._since_s, self._taken
        self._begin(Fault.MUTE, _NO_ANSWER)
        self._since_s, self._taken = since_s, taken + self._taken

    def _rest(self) -> None:
        self.state = State.RESTING
        self._wait(self._rest_s)
        self._rest_until_s = self._now_s + self._rest_s
        self._rests += 1
        if not self._climb.gently:
            self._ledger.journal(
                JournalKind.HEALTH, outcome="recovery_failed", fault=self.fault, why=self.why
            )
            self.on_alarm("recovery", messages.RECOVERY_FAILED, {})

    def _rest_on(self) -> None:
        """A sign of life in a rest has come to nothing: it neither ends the rest nor begins it
        anew, else a modem that answers and cannot be set up would be looked at for ever."""
        if self._now_s >= self._rest_until_s:
            self._again()
        else:
            self.state, self.deadline_s = State.RESTING, self._rest_until_s

    @property
    def _rest_s(self) -> float:
        rests_s = self._climb.rests_s
        return rests_s[min(self._rests, len(rests_s) - 1)]

    def _again(self) -> None:
        """After a rest: the next rung of a gentle climb, else from the first that does anything."""
        if self._index + 1 >= len(self._climb.rungs) or not self._climb.gently:
            skipped = 0 if self.fault in (Fault.MUTE, Fault.ABSENT) else -1
            self._index = skipped
        self._climb_on()

    def _mended(self) -> None:
        self.state = State.WELL
        self.deadline_s = None
        if self._taken:
            self._ledger.journal(
                JournalKind.HEALTH,
                outcome="recovered",
                rung=self._taken[-1],
                fault=self.fault,
                after_s=round(self._now_s - self._since_s, 1),
            )
        self.on_order("modem")
        self.on_order("recovery")
        if self._left is not None:
            self._go_on(self._left)
        elif self._suspicions and not _RESTARTS.intersection(self._taken):
            self._begin(Fault.DEAF, next(iter(self._suspicions.values())))   # said meanwhile

    def _wait(self, seconds: float) -> None:
        self.deadline_s = self._now_s + seconds
