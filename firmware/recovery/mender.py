"""Carries the ladder's rungs out with what the attendant has: the line, the bring-up, the shell."""

from __future__ import annotations

from collections.abc import Callable

from firmware.at import device_commands as commands
from firmware.at.profile import ModemProfile
from firmware.effect import ReopenPort, Rescue
from firmware.event import PortOpened, RescueDone
from firmware.ledger import Ledger
from firmware.line.modem_line import ModemLine, Rank, Reply
from firmware.line.registration import Progress, Registration
from firmware.moment import soonest
from firmware.record import JournalKind
from firmware.recovery.ladder import Ladder
from firmware.recovery.permits import RecoveryOptions
from firmware.recovery.rungs import REFUSALS, RUNGS, Fault, Rung
from firmware.recovery.table import Happening, State

RESET_SETTLES_S = 5.0    # a modem says OK to a reset and goes a moment later
LEAVE_SECOND_S = 3.0     # what was written to the second port must have left it
STAY_S = RUNGS[Rung.SECOND_PORT].wait_s + RUNGS[Rung.RESET].wait_s   # there, whatever happens
CHANNEL_DEADLINE_S = 240.0   # the longest deadline of a command, and putting the channel right


class Mender:
    """The one place that decides to reopen, reset or cut anything. ``interrupt`` tells every room
    that what was under way with the modem is over."""

    def __init__(
        self,
        ledger: Ledger,
        line: ModemLine,
        registration: Registration,
        options: RecoveryOptions,
        interrupt: Callable[[], None],
    ) -> None:
        self._ledger = ledger
        self._line = line
        self._registration = registration
        self._interrupt = interrupt
        self._effects: list[ReopenPort | Rescue] = []
        self._profile: ModemProfile | None = None
        self._identified = False           # a modem it is, not some other device on USB
        self._second = False               # the open port is the modem's second one
        self._leave_second_at_s: float | None = None
        self._refused_there = False        # the reset, at the second port
        self._opened_s = 0.0
        self._refusals = 0
        self.ladder = Ladder(ledger, line, options, self._sound, self._known)
        self.ladder.perform = self._perform

    def connect(
        self, on_alarm: Callable[[str, str, dict[str, str]], None], on_order: Callable[[str], None]
    ) -> None:
        """Who hears of alarms and of their end; and what the bring-up tells comes here."""
        self.ladder.on_alarm, self.ladder.on_order = on_alarm, on_order
        self._registration.on_setback = self._setback
        self._registration.signs.on_suspect = self.ladder.suspect
        self._registration.signs.on_trust = self.ladder.trust

    # What it is told

    def opened(self, event: PortOpened, default: ModemProfile) -> None:
        """A modem whose ids told its profile is one without being asked. The second port serves to
        reset the modem, never to take calls: its codes may go to the first alone. So nothing is
        set up there, nor gone on with that began at the first, and it is left again also where the
        reset is refused, lost, or not to be had."""
        profile = event.profile or default
        self._profile, self._second = profile, event.second
        self._identified = self._identified or event.profile is not None
        self._leave_second_at_s = None
        self._opened_s = self._ledger.moment.monotonic_s
        self._line.opened(self._ledger.moment, profile)
        if event.second:
            self._registration.closed()
            self._refused_there = False
            self._leave_second_at_s = self._opened_s + STAY_S
        else:
            self._registration.start(profile)
        self.ladder.happen(Happening.OPENED)

    def lost(self, reason: str) -> None:
        self.ladder.happen(Happening.LOST, reason)

    def done(self, event: RescueDone) -> None:
        """The shell has carried a rung out, or says why it could not."""
        if event.why is not None:
            self._ledger.journal(
                JournalKind.HEALTH, outcome="recovery_unable", rung=event.rung, why=event.why
            )
        if self.ladder.state.name == event.rung.name:
            self.ladder.happen(Happening.DONE if event.why is None else Happening.UNABLE)

    def _setback(self, why: str) -> None:
        """Bring-up came to nothing; ``why`` is empty when it succeeded."""
        self._refusals = self._refusals + 1 if why else 0
        if self._refusals >= REFUSALS:
            self._refusals = 0
            self.ladder.happen(Happening.REFUSED, why)

    def tick(self) -> None:
        self._identified = self._identified or self._registration.facts.imei is not None
        self.ladder.tick()
        leave_s = self._leave_second_at_s
        if leave_s is not None and self._ledger.moment.monotonic_s >= leave_s:
            self._leave_second_at_s = None
            self._effects.append(ReopenPort("back to the first port"))

    # What it says

    @property
    def deadline_s(self) -> float | None:
        return soonest(self.ladder.deadline_s, self._leave_second_at_s)

    def take_effects(self) -> list[ReopenPort | Rescue]:
        effects, self._effects = self._effects, []
        return effects

    def alive(self) -> bool:
        """Whether the channel answers within its deadline, or mending it goes on as the table says
        (then a fresh process would only begin the ladder anew)."""
        if self.ladder.state is not State.WELL:
            return self.ladder.at_work
        answered = self._line.answered_at
        last_s = max(answered.monotonic_s if answered is not None else 0.0, self._opened_s)
        in_time = self._ledger.moment.monotonic_s - last_s < CHANNEL_DEADLINE_S
        return not self._line.open or in_time

    # The rungs

    def _perform(self, rung: Rung, why: str) -> bool:
        match rung:
            case Rung.ASK:
                pass
            case Rung.REOPEN:
                if self.ladder.fault is not Fault.ABSENT:
                    self._effects.append(ReopenPort("the modem does not answer"))
            case Rung.RESET:
                return self._reset()
            case _:
                self._effects.append(Rescue(rung, why))
        return True

    def _reset(self) -> bool:
        """To a modem that does not answer it is called out all the same: some still listen."""
        if not self._line.open or self._profile is None or not self._identified:
            return False
        command = commands.profile_reset(self._profile)
        if self._line.silent_since_s is not None:
            self._line.shout(command)
            self._after_reset()
        else:
            self._line.ask(
                command, self._reset_answered, Rank.BRING_UP, calm=True, wanted=self._is_reset_due
            )
        return True

    def _is_reset_due(self) -> bool:
        """It may have waited behind a long command and a call, which proved that nothing is wrong:
        the next caller would meet a modem that is off."""
        return self.ladder.state in (State.RESET, State.RETURNING, State.RESTING)

    def _reset_answered(self, reply: Reply) -> None:
        if reply.lost or reply.refused:   # the next rung follows when its time has come
            if self._second and not self._refused_there:   # one garbled letter is refused, too
                self._refused_there = True
                self._reset()
            elif self._second:
                self._leave_second_at_s = self._ledger.moment.monotonic_s
            return
        self._registration.reset_taken()
        self._interrupt()
        self._line.forget(self._ledger.moment)
        self._after_reset()

    def _after_reset(self) -> None:
        if self._second:
            self._leave_second_at_s = self._ledger.moment.monotonic_s + LEAVE_SECOND_S
        else:
            self._registration.restart_in(RESET_SETTLES_S)

    def _sound(self) -> bool:
        registration = self._registration
        if self._second:
            return False
        return registration.initialised or registration.progress is Progress.SIM_FAULT

    def _known(self) -> bool:
        return self._identified
