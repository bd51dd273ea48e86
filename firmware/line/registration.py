"""From an open port to a modem on the network, and the proof, minute by minute, that it is.

Bring-up is one conversation, run again from its first line whenever the modem may have lost its
settings: a new port, a restart (also one that the modem kept to itself: `+CREG?` then shows its
reports off), a SIM that became ready. Anything that fails is told as an alarm
and tried again later; only the SIM's PIN is never tried twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from datetime import datetime
from enum import Enum, auto

from firmware.at import answers, commands, service_commands
from firmware.at.answers import AnswerFault
from firmware.at.command import Command
from firmware.at.events import Registration as RegistrationReport
from firmware.at.profile import ModemProfile
from firmware.line.errand import Conversation, Errand
from firmware.line.modem_facts import UNREAD_MAX, ModemFacts, iccid_of, text_of
from firmware.line.modem_line import ModemLine, Rank, Reply
from firmware.line.sim_doubt import SimDoubt
from firmware.line.sim_pin import PinAdvice, PinKeeper
from firmware.moment import Moment
from firmware.recovery.signs import Signs
from firmware.wording import messages

POLL_S = 60.0
KEEP_ALIVE_S = 15.0       # between two signs of life of a modem that is asked nothing else
SEARCHING_POLL_S = 5.0
RETRY_S = 5.0
SIM_RETRY_S = 10.0
SIM_SETTLES_S = 2.0
CME_SIM_BUSY = 14         # 27.007 9.2; a modem that starts answers AT long before its SIM
SIM_BUSY_MAX = 15
LOST_ALARM_AFTER_S = 180.0

SILENT_RESTARTS_MAX = 2   # in a row; then this modem's +CREG? says nothing about restarts
# 27.007 7.2: +CREG: <n>,<stat> with <n> 0; the code that comes by itself has one field or more
# than two
_REPORTS_OFF = re.compile(r"\+CREG: *0, *[0-9]")

Asking = Generator[Command, Reply, Reply]


class Progress(Enum):
    __hash__ = object.__hash__   # the pulse looks it up in each step

    CLOSED = auto()       # no port
    STARTING = auto()
    SIM_FAULT = auto()
    SEARCHING = auto()    # initialised; the network has not taken us yet
    READY = auto()


class _SetbackError(Exception):
    """Bring-up cannot go on now: the alarm's cause (None: no alarm, the modem only needs a
    moment), its values, and when to try again."""

    def __init__(
        self, cause: str | None, wait_s: float, *, sim: bool = False, **values: str
    ) -> None:
        super().__init__(cause)
        self.cause = cause
        self.wait_s = wait_s
        self.sim = sim
        self.values = values


class Registration:
    """Brings the modem up and watches it. ``moment`` gives the present step's time."""

    def __init__(
        self,
        line: ModemLine,
        profile: ModemProfile,
        pin: PinKeeper,
        moment: Callable[[], Moment],
        keep_alive_s: float = KEEP_ALIVE_S,
    ) -> None:
        self._line = line
        self._profile = profile
        self._pin = pin
        self._moment = moment
        self._errand = Errand(line, Rank.BRING_UP)
        self._poll = Errand(line, Rank.POLL)
        self._due_s: float | None = None
        self._keep_alive_s = keep_alive_s
        self._full_watch_s: float | None = None   # when all was asked last
        self._sim_busy = 0
        self._reports_on = False
        self._settings_lost = False
        self._silent_restarts = 0
        self._unregistered_since_s: float | None = None
        self.poll_every_s = POLL_S
        self.progress = Progress.CLOSED
        self.facts = ModemFacts()
        self.registered_at: datetime | None = None
        self.on_progress: Callable[[], None] = lambda: None
        self.on_alarm: Callable[[str, str, dict[str, str]], None] = lambda key, cause, values: None
        self.on_order: Callable[[str], None] = lambda key: None
        self.on_poll: Callable[[], None] = lambda: None
        self.on_restart: Callable[[str], None] = lambda line: None
        self.on_setback: Callable[[str], None] = lambda why: None   # empty: it succeeded
        self.signs = Signs(moment)
        self._sim = SimDoubt(moment)
        line.on_refused = self._refused

    @property
    def deadline_s(self) -> float | None:
        if self.progress is Progress.CLOSED or self._errand.running or self._poll.running:
            return None
        return self._due_s

    @property
    def initialised(self) -> bool:
        return self.progress in (Progress.SEARCHING, Progress.READY)

    def start(self, profile: ModemProfile | None = None) -> None:
        """A port was opened or the modem restarted: everything from the first line."""
        self._profile = profile or self._profile
        self.facts = ModemFacts()
        self.interrupted()
        self._go(Progress.STARTING)
        self._errand.start(self._bring_up(), self._watched)

    def restart_in(self, seconds: float) -> None:
        """The modem is restarting: everything from the first line, in a while."""
        self.interrupted()
        self._go(Progress.STARTING)
        self._due_s = self._moment().monotonic_s + seconds

    def interrupted(self) -> None:
        """The modem restarted or went away: what was being said to it is void."""
        self._errand.drop()
        self._poll.drop()
        self._sim.clear()
        self._due_s = None

    def closed(self) -> None:
        self.interrupted()
        self._go(Progress.CLOSED)

    def reported(self, report: RegistrationReport) -> None:
        """+CREG, +CEREG by itself."""
        self.facts.registration[report.domain] = report
        if self.initialised:
            self._judge()

    def sim_changed(self, state: str) -> None:
        """+CPIN by itself: a SIM that became ready is brought up, one that left is told."""
        ready = state == "READY"
        if ready and self.progress is Progress.SIM_FAULT:
            self.start()
        elif not ready and self.initialised:
            # Like a restart: what was read in a storage must not be deleted in another.
            self.on_restart(f"+CPIN: {state}")

    def _refused(self, reply: Reply) -> None:
        """An error that blames the SIM: it is looked at now, not at the next poll."""
        if self.initialised and self._sim.raised_by(reply):
            self._due_s = self._moment().monotonic_s

    def tick(self) -> None:
        if self._due_s is None or self._due_s > self._moment().monotonic_s:
            return
        if self.progress is Progress.CLOSED or self._errand.running or self._poll.running:
            return
        self._due_s = None
        if self.initialised:
            self._poll.start(self._look(), self._watched)
        else:
            self._errand.start(self._bring_up(), self._watched)

    # Bring-up

    def _bring_up(self) -> Conversation:
        try:
            yield from self._open_channel()
            yield from self._identify()
            yield from self._unlock()
            yield from self._set_up()
        except _SetbackError as setback:
            self._setback(setback)
            return
        self.on_order("modem")
        self.on_order("sim")
        self.signs.sim_ready()
        self.on_setback("")
        self._go(Progress.SEARCHING)
        yield from self._watch()

    def _setback(self, setback: _SetbackError) -> None:
        self._due_s = self._moment().monotonic_s + setback.wait_s
        if setback.cause is None:
            return
        if setback.sim or setback.cause != messages.MODEM_MUTE:   # silence: the ladder says when
            self.on_alarm("sim" if setback.sim else "modem", setback.cause, setback.values)
        self._go(Progress.SIM_FAULT if setback.sim else Progress.STARTING)
        if setback.sim:
            self.signs.sim_fault(setback.cause)
        else:
            self.on_setback(setback.values.get("command", "no answer"))

    def _open_channel(self) -> Generator[Command, Reply, None]:
        yield from self._must(commands.attention())
        yield from self._must(commands.echo_off())
        yield from self._must(commands.verbose_results())
        reply = yield commands.errors_numeric()
        if not reply.ok:
            yield commands.error_texts()

    def _identify(self) -> Generator[Command, Reply, None]:
        reply = yield commands.model()
        self.facts.model = text_of(reply)
        reply = yield from self._must(commands.imei())
        try:
            self.facts.imei = answers.imei(reply.lines)
        except AnswerFault as fault:
            raise _SetbackError(
                messages.MODEM_REFUSES, RETRY_S, command="AT+CGSN", why=str(fault)
            ) from fault

    def _unlock(self) -> Generator[Command, Reply, None]:
        state = yield from self._pin_state()
        iccid = yield commands.iccid(self._profile)
        self.facts.iccid = iccid_of(iccid)
        tries = yield commands.pin_tries()
        advice = self._pin.advise(state, self.facts.iccid, tries)
        if advice is PinAdvice.ENTER:
            entered = yield commands.pin_enter(self._pin.use(self.facts.iccid))
            advice = self._pin.entered(entered, self.facts.iccid)
            if advice is PinAdvice.UNLOCKED:
                raise _SetbackError(None, SIM_SETTLES_S, sim=True)
        if advice is not PinAdvice.READY:
            cause, values = self._pin.trouble(advice, state, tries)
            raise _SetbackError(cause, SIM_RETRY_S, sim=True, **values)

    def _pin_state(self) -> Asking:
        """`AT+CPIN?`; a SIM that is still busy is asked again later without an alarm."""
        reply = yield commands.pin_query()
        if reply.result is None:
            raise _SetbackError(messages.MODEM_MUTE, RETRY_S)
        if reply.result.code == CME_SIM_BUSY and self._sim_busy < SIM_BUSY_MAX:
            self._sim_busy += 1
            raise _SetbackError(None, SIM_SETTLES_S, sim=True)
        self._sim_busy = 0
        return reply

    def _set_up(self) -> Generator[Command, Reply, None]:
        for command in commands.profile_init(self._profile):
            _ = yield command   # a refusal of one is no failure
        yield from self._must(service_commands.pdu_mode())
        yield service_commands.message_service()
        yield from self._select_storages()
        yield from self._indications()
        yield commands.calling_line()   # without it +CLCC tells the number
        yield commands.no_automatic_answer()
        yield commands.ring_kind()
        yield commands.service_notices()
        reply = yield commands.registration_reports("CS")
        self._reports_on = reply.ok
        yield commands.registration_reports("EPS")
        yield from self._learn_own_number()
        yield commands.operator_format()
        reply = yield commands.network_time_update(self._profile)
        self.facts.follows_time = reply.ok
        yield commands.network_time_reports()

    def _learn_own_number(self) -> Generator[Command, Reply, None]:
        """+CNUM, where the SIM holds it: many do not."""
        reply = yield commands.own_number()
        if not reply.ok:
            return
        try:
            found = answers.own_numbers(reply.lines)
        except AnswerFault:
            return
        self.facts.own_number = next((number for number in found if number[0] == "+"), None)

    def _select_storages(self) -> Generator[Command, Reply, None]:
        """Find which storages there are; new messages go to the first (27.005 3.2.2). One whose
        answer was lost may be there and hold messages: only a refusal leaves it out, and `storages`
        asks for it again."""
        found, chosen = [], False
        for storage in reversed(self._profile.storages):
            reply = yield service_commands.storage_select(storage)
            chosen |= reply.ok
            if not reply.refused:
                found.append(storage)
        if not chosen:
            raise _SetbackError(messages.MODEM_REFUSES, RETRY_S, command="AT+CPMS", why="SM, ME")
        self.facts.storages = tuple(reversed(found))
        self.facts.refused_storages = tuple(
            storage for storage in self._profile.storages if storage not in found
        )

    def _indications(self) -> Generator[Command, Reply, None]:
        """The first form of +CNMI that the modem takes; without one the sweep must do."""
        for choice in range(len(self._profile.cnmi)):
            reply = yield service_commands.message_indications(self._profile, choice)
            if reply.ok:
                return

    def _must(self, command: Command) -> Asking:
        reply = yield command
        if reply.ok:
            return reply
        if reply.refused:
            raise _SetbackError(
                messages.MODEM_REFUSES, RETRY_S, command=command.text, why=reply.why
            )
        raise _SetbackError(messages.MODEM_MUTE, RETRY_S)

    # Watching

    def _look(self) -> Conversation:
        """All that a minute's look asks, a sign of life in between, or the SIM if in doubt."""
        if self._sim.wait_s is not None:
            return self._sim.look()
        now_s = self._moment().monotonic_s
        full_s = self._full_watch_s
        well = self.progress is Progress.READY and full_s is not None
        if well and now_s < (full_s or 0.0) + self.poll_every_s:
            return self.facts.glance(self._look_for_restart)
        return self._watch()

    def _watch(self) -> Conversation:
        self._full_watch_s = None
        # One garbled letter of another command, or a modem that restarted without a word, and each
        # SMS would leave as a text of hexadecimal digits to a number that is its length
        yield service_commands.pdu_mode()
        yield from self.facts.measure(self._look_for_restart)
        self._full_watch_s = self._moment().monotonic_s
        if self.facts.registered:
            self.signs.signal(self.facts.signal_dbm)
        if self.facts.unread == UNREAD_MAX:
            self._settings_lost = True  # deaf to our questions: set it up again, once

    def _watched(self) -> None:
        if not self.initialised:
            return
        if self._settings_lost:
            self._settings_lost = False
            self.on_restart("settings lost")
            return
        if self._sim.gone is not None:
            self.on_restart(self._sim.gone)   # set up anew, and told what is wrong with the SIM
            return
        self._judge()
        now_s = self._moment().monotonic_s
        if self._sim.wait_s is not None:
            self._due_s = now_s + self._sim.wait_s
        elif self.progress is not Progress.READY:
            self._due_s = now_s + SEARCHING_POLL_S
        else:
            full_s = (self._full_watch_s or now_s) + self.poll_every_s
            self._due_s = min(now_s + self._keep_alive_s, max(full_s, now_s))
        if self._full_watch_s == now_s:
            self.on_poll()

    def _look_for_restart(self, reply: Reply) -> None:
        line = reply.lines[-1] if reply.lines else ""
        if not self._reports_on or not line.startswith("+CREG:"):
            return
        if _REPORTS_OFF.fullmatch(line) is None:
            self._silent_restarts = 0
        elif self._silent_restarts < SILENT_RESTARTS_MAX:
            self._silent_restarts += 1
            self._settings_lost = True

    def _judge(self) -> None:
        """Registered or not, and for how long not."""
        now = self._moment()
        if self.facts.registered:
            self._unregistered_since_s = None
            self.registered_at = now.utc
            self.on_order("network")
            self.signs.registered()
            self._go(Progress.READY)
            return
        if self._unregistered_since_s is None:
            self._unregistered_since_s = now.monotonic_s
            if self._sim.raised():   # a card that was pulled out ends a registration, too
                self._due_s = now.monotonic_s
        self._go(Progress.SEARCHING)
        lost_s = now.monotonic_s - self._unregistered_since_s
        states = {report.status for report in self.facts.registration.values()}
        state = "denied" if 3 in states else "searching"  # 27.007 7.2 <stat>
        self.signs.unregistered(lost_s, state)
        if lost_s >= LOST_ALARM_AFTER_S:
            self.on_alarm("network", messages.NETWORK_LOST, {"state": state})

    def _go(self, progress: Progress) -> None:
        if progress is not self.progress:
            self.progress = progress
            self.on_progress()
