"""A registration on a modem played by hand."""

from __future__ import annotations

from firmware.ledger import Ledger
from firmware.line.modem_line import ModemLine
from firmware.line.registration import Progress, Registration
from firmware.line.sim_pin import PinKeeper
from firmware.record import Memory
from tests.modem_by_hand import RESYNCHRONISING, ModemByHand, profile


class Bench:
    """A registration whose alarms, progress and polls are written down."""

    def __init__(self) -> None:
        self.line = ModemLine(profile())
        self.modem = ModemByHand(self.line)
        self.modem.answers = {
            "AT+CGMM": ("EC25", "OK"),
            "AT+CGSN": ("867698040000018", "OK"),
            "AT+CPIN?": ("+CPIN: READY", "OK"),
            profile().iccid: ("8933012345678901234", "OK"),
            "AT+CREG?": ('+CREG: 2,1,"0001","ABCD",7', "OK"),
            "AT+CEREG?": ('+CEREG: 2,1,"0001","ABCD",7', "OK"),
            "AT+CSQ": ("+CSQ: 21,99", "OK"),
            "AT+COPS?": ('+COPS: 0,0,"Orange F",7', "OK"),
        }
        self.ledger = Ledger(Memory(), self.modem.moment)
        self.registration = Registration(
            self.line, profile(), PinKeeper(self.ledger, None, ""), lambda: self.modem.moment
        )
        self.progress: list[Progress] = []
        self.alarms: list[tuple[str, str]] = []
        self.polls = 0
        self.restarts: list[str] = []
        self.registration.on_progress = self._progressed
        self.registration.on_alarm = self._alarmed
        self.registration.on_order = lambda key: self.alarms.append((key, "over"))
        self.registration.on_poll = self._polled
        self.registration.on_restart = self.restarts.append
        self.setbacks: list[str] = []
        self.registration.on_setback = self.setbacks.append

    def _progressed(self) -> None:
        self.progress.append(self.registration.progress)

    def _alarmed(self, key: str, cause: str, values: dict[str, str]) -> None:
        self.alarms.append((key, cause.format(**values)))

    def _polled(self) -> None:
        self.polls += 1

    @property
    def raised(self) -> list[tuple[str, str]]:
        return [alarm for alarm in self.alarms if alarm[1] != "over"]

    @property
    def heard(self) -> list[str]:
        return [each for each in self.modem.heard if each not in RESYNCHRONISING]

    def open(self) -> None:
        self.line.opened(self.modem.moment, profile())
        self.registration.start(profile())
        self.modem.settle()

    def run(self, seconds: float) -> None:
        """Let time pass and do all that falls due in it."""
        end_s = self.modem.now_s + seconds
        while True:
            deadlines = (self.registration.deadline_s, self.line.deadline_s)
            due_s = min((each for each in deadlines if each is not None), default=None)
            if due_s is None or due_s > end_s:
                self.modem.pass_time(end_s - self.modem.now_s)
                return
            self.modem.pass_time(due_s - self.modem.now_s)
            self.registration.tick()
            self.modem.settle()
