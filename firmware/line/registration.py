"""From an open port to a modem on the network, and the proof, minute by minute, that it is.

Bring-up is one conversation (`bring_up`), run again from its first line whenever the modem may have
lost its settings: a new port, a restart (also one that the modem kept to itself: `+CREG?` then
shows its reports off), a SIM that became ready. Anything that fails is told as an alarm and tried
again later; only the SIM's PIN is never tried twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from enum import Enum, auto

from firmware.at import answers
from firmware.at import message_commands as commands
from firmware.at.events import Registration as RegistrationReport
from firmware.at.profile import ModemProfile
from firmware.line.bring_up import BringUp, SetbackError, indications
from firmware.line.errand import Conversation, Errand
from firmware.line.modem_facts import UNREAD_MAX, ModemFacts
from firmware.line.modem_line import ModemLine, Rank, Reply
from firmware.line.sim_doubt import SimDoubt
from firmware.line.sim_pin import PinKeeper
from firmware.moment import Moment
from firmware.recovery.signs import Signs
from firmware.wording import messages

CMS_TEXT_MODE = 305       # 27.005 3.2.5: its parameters are wrong, which we have not
POLL_S = 60.0
HURRY_S = 3.0             # for an answer of the bring-up while a caller may be up
KEEP_ALIVE_S = 15.0       # between two signs of life of a modem that is asked nothing else
SEARCHING_POLL_S = 5.0
LOST_ALARM_AFTER_S = 180.0
FINDS_S = 45.0   # a modem that starts finds its network within that

SETTINGS_LOST, NOTHING_READ = "settings lost", "nothing can be read of the network"
SILENT_RESTARTS_MAX = 2   # in a row; then this modem's +CREG? says nothing about restarts
# 27.007 7.2: +CREG: <n>,<stat> with <n> 0; the code that comes by itself has one field or more
# than two
_REPORTS_OFF = re.compile(r"\+CREG: *0, *[0-9]")


class Progress(Enum):
    __hash__ = object.__hash__   # the pulse looks it up in each step

    CLOSED = auto()       # no port
    STARTING = auto()
    SIM_FAULT = auto()
    SEARCHING = auto()    # initialised; the network has not taken us yet
    READY = auto()


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
        self._bringing_up = BringUp(pin)
        self._moment = moment
        self._errand = Errand(line, Rank.BRING_UP)
        self._poll = Errand(line, Rank.POLL)
        self._indications = Errand(line, Rank.POLL)
        self._due_s: float | None = None
        self._keep_alive_s = keep_alive_s
        self._full_watch_s: float | None = None   # when all was asked last
        self._set_up_anew = ""   # why
        self._silent_restarts = 0
        self._unregistered_since_s: float | None = None
        self._set_up_s = 0.0      # since when it might have found the network
        self._blind = False       # set up anew for want of any answer about it, and none has come
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

    def reset_taken(self) -> None:
        """The modem said OK to a reset."""
        self._bringing_up.modem_starts()

    def interrupted(self) -> None:
        """The modem restarted or went away: what was being said to it is void."""
        self._errand.drop()
        self._poll.drop()
        self._indications.drop()
        self._sim.clear()
        self._due_s = None

    def closed(self) -> None:
        self.interrupted()
        self._go(Progress.CLOSED)

    def reported(self, report: RegistrationReport) -> None:
        """+CREG, +CEREG by itself."""
        self.facts.told(report)
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
        """An error that blames the SIM, or the text mode that we never set: a look now, not at the
        next poll."""
        if not self.initialised:
            return
        if reply.result is not None and reply.result.code == CMS_TEXT_MODE:
            self._set_pdu_mode()
        if self._sim.raised_by(reply):
            self._due_s = self._moment().monotonic_s

    def unreadable(self, lines: Sequence[str]) -> None:
        """What came of a stored message is none: it may be one of text mode."""
        if self.initialised and answers.in_text_mode(lines):
            self._set_pdu_mode()

    def untold(self) -> None:
        """A message has come of which the modem said nothing. The word may be lost; or a byte of
        +CNMI was, and it says nothing of any until that is set again."""
        if self.initialised and not self._indications.running:
            self._indications.start(indications(self._profile))

    def _set_pdu_mode(self) -> None:
        """A look begins by setting it; one that has just done so leaves it to the next."""
        now_s = self._moment().monotonic_s
        if self._full_watch_s is None or now_s >= self._full_watch_s + SEARCHING_POLL_S:
            self._full_watch_s = None
            self._due_s = now_s

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
            yield from self._hurried(self._bringing_up.converse(self._profile, self.facts))
        except SetbackError as setback:
            self._setback(setback)
            return
        self.on_order("modem")
        self.on_order("sim")
        self.signs.sim_ready()
        self.on_setback("")
        if not self._blind:
            self._set_up_s = self._moment().monotonic_s
        self._go(Progress.SEARCHING)
        yield from self._watch()

    def _hurried(self, conversation: Conversation) -> Conversation:
        """Whoever was up when the port went away hears nothing until all is set up, and their modem
        knows its answers: a lost one is not waited for as long as one that is late."""
        reply: Reply | None = None
        while True:
            try:
                command = next(conversation) if reply is None else conversation.send(reply)
            except StopIteration:
                return
            if self._line.in_call_s is not None and not command.text.startswith("AT+CPIN="):
                command = replace(command, timeout_s=min(command.timeout_s, HURRY_S))
            reply = yield command

    def _setback(self, setback: SetbackError) -> None:
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
        yield commands.pdu_mode()
        yield from self.facts.measure(self._look_for_restart)
        self._full_watch_s = self._moment().monotonic_s
        if self.facts.registered:
            self.signs.signal(self.facts.signal_dbm)
        if self.facts.iccid is None:
            yield from self._bringing_up.look_for_card(self._profile, self.facts)
            if self.facts.iccid is not None and self.progress is Progress.READY:
                self.on_progress()   # whatever goes by the card's number is known again

    def _watched(self) -> None:
        if not self.initialised:
            return
        if self.facts.unread == UNREAD_MAX and self._blind:
            self.signs.unheard()
        elif self.facts.unread == UNREAD_MAX:
            self._set_up_anew, self._blind = NOTHING_READ, True  # deaf to our questions: once
        elif self.facts.unread == 0:
            self._blind = False
        if self._set_up_anew:
            why, self._set_up_anew = self._set_up_anew, ""
            self.on_restart(why)
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
        if not self.facts.reports_on or not line.startswith("+CREG:"):
            return
        if _REPORTS_OFF.fullmatch(line) is None:
            self._silent_restarts = 0
        elif self._silent_restarts < SILENT_RESTARTS_MAX:
            self._silent_restarts += 1
            self._set_up_anew = SETTINGS_LOST

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
        searched_s = min(lost_s, now.monotonic_s - self._set_up_s)
        states = {report.status for report in self.facts.registration.values()}
        state = "denied" if 3 in states else "searching"  # 27.007 7.2 <stat>
        self.signs.unregistered(searched_s, state)
        if lost_s >= LOST_ALARM_AFTER_S and searched_s >= FINDS_S:
            self.on_alarm("network", messages.NETWORK_LOST, {"state": state})

    def _go(self, progress: Progress) -> None:
        if progress is not self.progress:
            self.progress = progress
            self.on_progress()
