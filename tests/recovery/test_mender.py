"""The rungs carried out on a real line and bring-up, and whether the watchdog is fed meanwhile."""

from __future__ import annotations

import pytest

from firmware.at.command import Command
from firmware.effect import ReopenPort, Rescue
from firmware.event import PortOpened, RescueDone
from firmware.ledger import Ledger
from firmware.line.modem_line import ModemLine, Rank
from firmware.line.registration import KEEP_ALIVE_S, Progress, Registration
from firmware.line.sim_pin import PinKeeper
from firmware.record import JournalEntry, Memory
from firmware.recovery.ladder import OVERDUE_S
from firmware.recovery.mender import CHANNEL_DEADLINE_S, LEAVE_SECOND_S, STAY_S, Mender
from firmware.recovery.permits import RecoveryOptions
from firmware.recovery.rungs import Fault, Rung
from firmware.recovery.table import State
from tests.modem_by_hand import ModemByHand, profile

pytestmark = pytest.mark.usefixtures("modem_family")

ANSWERS = {
    "AT+CGMM": ("EC25", "OK"),
    "AT+CGSN": ("867698040000018", "OK"),
    "AT+CPIN?": ("+CPIN: READY", "OK"),
    "AT+CREG?": ("+CREG: 2,1", "OK"),
    "AT+CEREG?": ("+CEREG: 2,1", "OK"),
    "AT+CSQ": ("+CSQ: 21,99", "OK"),
}


class Bench:
    """A modem that can be struck dumb, its bring-up, and the one who mends it."""

    def __init__(self) -> None:
        self.line = ModemLine(profile())
        self.modem = ModemByHand(self.line)
        self.modem.answers = dict(ANSWERS)
        self.ledger = Ledger(Memory(), self.modem.moment)
        self.registration = Registration(
            self.line, profile(), PinKeeper(self.ledger, None, ""), lambda: self.modem.moment
        )
        self.interrupted = 0
        self.mender = Mender(
            self.ledger, self.line, self.registration,
            RecoveryOptions(power=True), self._interrupt,
        )  # fmt: skip
        self.mender.connect(lambda key, cause, values: None, lambda key: None)
        self.effects: list[ReopenPort | Rescue] = []
        self.open()

    def _interrupt(self) -> None:
        self.interrupted += 1
        self.registration.interrupted()

    def open(self, *, second: bool = False) -> None:
        self.ledger.moment = self.modem.moment
        self.mender.opened(PortOpened("/dev/ttyUSB2", profile(), second), profile())
        self.modem.settle()

    def strike_dumb(self) -> None:
        every = set(self.modem.heard) | set(ANSWERS) | {"AT", "ATQ0V1", profile().reset}
        self.modem.answers = dict.fromkeys(every)
        for head in ("AT+CMEE?", "AT+CRC?", "AT+CMGF?"):
            self.modem.answers[head] = None

    def run(self, seconds: float) -> None:
        end_s = self.modem.now_s + seconds
        while True:
            self.mender.tick()
            self.effects += self.mender.take_effects()
            self.modem.settle()
            times = (self.registration.deadline_s, self.line.deadline_s, self.mender.deadline_s)
            due_s = min((each for each in times if each is not None), default=end_s + 1)
            if due_s > end_s:
                self.modem.pass_time(end_s - self.modem.now_s)
                self.ledger.moment = self.modem.moment
                return
            self.modem.pass_time(due_s - self.modem.now_s)
            self.ledger.moment = self.modem.moment
            self.registration.tick()
            self.modem.settle()

    @property
    def rows(self) -> list[str | None]:
        return [row.outcome for row in self.ledger.take() if isinstance(row, JournalEntry)]


def test_a_modem_that_is_well_is_asked_and_nothing_else() -> None:
    bench = Bench()
    bench.run(600)
    assert bench.registration.progress is Progress.READY
    assert bench.effects == []
    assert bench.mender.alive()
    assert bench.modem.heard.count("AT+CREG?") >= 600 // KEEP_ALIVE_S


def test_a_dumb_one_is_reopened_within_half_a_minute() -> None:
    bench = Bench()
    bench.run(60)
    bench.strike_dumb()
    bench.run(30)
    assert bench.effects[:1] == [ReopenPort("the modem does not answer")]
    assert bench.mender.alive()


def test_the_reset_is_called_out_and_what_has_no_command_is_the_shell_s() -> None:
    bench = Bench()
    bench.strike_dumb()
    bench.run(40)
    bench.mender.done(RescueDone(Rung.SECOND_PORT, "there is none"))
    assert bench.mender.ladder.state in (State.RESET, State.REBIND_USB)
    bench.modem.settle()
    assert profile().reset in bench.modem.heard
    bench.run(30)
    assert [each.rung for each in bench.effects if isinstance(each, Rescue)][:3] == [
        Rung.SECOND_PORT, Rung.REBIND_USB, Rung.CUT_POWER,
    ]  # fmt: skip
    assert "recovery_unable" in bench.rows


def test_from_the_second_port_it_is_reset_and_the_first_one_opened_again() -> None:
    bench = Bench()
    bench.strike_dumb()
    bench.run(KEEP_ALIVE_S + 20)
    assert bench.mender.ladder.state is State.SECOND_PORT
    bench.modem.answers = dict(ANSWERS)
    bench.modem.heard.clear()
    bench.open(second=True)
    bench.run(1)
    bench.modem.settle()
    assert profile().reset in bench.modem.heard
    assert "ATE0" not in bench.modem.heard    # nothing is set up there
    bench.run(LEAVE_SECOND_S + 1)
    assert bench.effects[-1] == ReopenPort("back to the first port")


def test_a_reset_is_followed_by_everything_from_the_first_line() -> None:
    bench = Bench()
    bench.run(60)
    bench.modem.heard.clear()
    bench.mender.ladder.suspect("deaf", "an SMS to itself is lost")
    bench.modem.settle()
    assert bench.modem.heard[0] == profile().reset
    assert bench.interrupted == 1
    bench.run(30)
    assert "ATE0" in bench.modem.heard
    assert bench.registration.progress is Progress.READY
    assert bench.mender.alive()
    bench.mender.ladder.trust("deaf")
    assert bench.mender.ladder.state is State.WELL


def test_bring_ups_that_come_to_nothing_are_counted() -> None:
    bench = Bench()
    bench.modem.answers["AT+CMGF=0"] = ("ERROR",)
    bench.open()
    bench.run(6.0)
    assert profile().reset not in bench.modem.heard
    bench.run(10)
    assert bench.mender.ladder.fault is Fault.REFUSING
    assert profile().reset in bench.modem.heard


@pytest.mark.parametrize("late_s", [0.0, 1.0])
def test_a_channel_that_is_asked_nothing_and_says_nothing_is_not_alive(late_s: float) -> None:
    """Only a mistake of ours can do that: a silent modem is the ladder's business."""
    bench = Bench()
    bench.run(60)
    answered = bench.line.answered_at
    assert answered is not None
    bench.modem.now_s = answered.monotonic_s + CHANNEL_DEADLINE_S - 1 + late_s
    bench.ledger.moment = bench.modem.moment
    assert bench.mender.alive() is (late_s == 0.0)


def test_a_ladder_that_misses_its_own_time_is_not_alive() -> None:
    bench = Bench()
    bench.strike_dumb()
    bench.run(30)
    due_s = bench.mender.ladder.deadline_s
    assert due_s is not None
    for late_s, alive in ((OVERDUE_S - 1, True), (OVERDUE_S + 1, False)):
        bench.modem.now_s = due_s + late_s
        bench.ledger.moment = bench.modem.moment
        assert bench.mender.alive() is alive


def at_the_second_port(reset: tuple[str, ...]) -> Bench:
    """The first one is dumb, the second answers so to a reset."""
    bench = Bench()
    bench.strike_dumb()
    bench.run(KEEP_ALIVE_S + 20)
    bench.modem.answers = {**ANSWERS, profile().reset: reset}
    bench.modem.heard.clear()
    bench.effects.clear()
    bench.open(second=True)
    return bench


def test_a_reset_that_is_refused_at_the_second_port_is_tried_once_more() -> None:
    bench = at_the_second_port(("ERROR",))
    takes_it: dict[str, tuple[str, ...] | None] = {**ANSWERS, profile().reset: ("OK",)}

    def then(command: str) -> None:
        if command == profile().reset:
            bench.modem.answers = takes_it

    bench.modem.after_write = then
    bench.run(LEAVE_SECOND_S + 1)
    assert bench.modem.heard.count(profile().reset) == 2
    assert bench.effects == [ReopenPort("back to the first port")]


def test_the_second_port_is_left_where_the_reset_is_refused() -> None:
    """A box that served there would be deaf without a word: codes may go to the first alone."""
    bench = at_the_second_port(("ERROR",))
    bench.run(STAY_S)
    assert bench.effects[0] == ReopenPort("back to the first port")
    assert "ATE0" not in bench.modem.heard
    assert bench.registration.progress is Progress.CLOSED
    assert bench.mender.ladder.state is not State.WELL


def test_it_is_left_where_no_reset_is_permitted_any_more() -> None:
    bench = at_the_second_port(("OK",))
    bench.mender.ladder._permits.allow = (  # type: ignore[method-assign]
        lambda rung, fault, reason: rung is not Rung.RESET
    )
    bench.run(STAY_S + 1)
    assert profile().reset not in bench.modem.heard
    assert ReopenPort("back to the first port") in bench.effects
    assert "ATE0" not in bench.modem.heard
    assert bench.mender.ladder.state is not State.WELL


def with_a_reset_that_waits() -> Bench:
    """For deafness, behind a query that the network has not answered yet."""
    bench = Bench()
    bench.run(60)
    query = Command("AT+CCFC=0,2", ("+CCFC:",), timeout_s=60.0)
    bench.modem.answers["AT+CCFC=0,2"] = None
    bench.line.ask(query, lambda reply: None, Rank.FORWARD)
    bench.modem.settle()
    bench.mender.ladder.suspect("deaf", "an SMS to itself is lost")
    return bench


def test_a_reset_that_waits_is_not_sent_once_a_call_has_proved_the_contrary() -> None:
    bench = with_a_reset_that_waits()
    bench.line.in_call = True
    bench.mender.ladder.trust("deaf")
    bench.modem.says("\r\n+CCFC: 0,1\r\n\r\nOK\r\n")
    bench.run(100)
    bench.line.in_call = False
    bench.run(5)
    assert profile().reset not in bench.modem.heard
    assert bench.registration.progress is Progress.READY


def test_a_reset_that_waits_is_sent_where_nothing_has_proved_the_contrary() -> None:
    bench = with_a_reset_that_waits()
    bench.run(20)
    assert profile().reset not in bench.modem.heard
    bench.modem.says("\r\n+CCFC: 0,1\r\n\r\nOK\r\n")
    bench.run(5)
    assert profile().reset in bench.modem.heard
