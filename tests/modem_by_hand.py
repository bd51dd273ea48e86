"""A modem for tests of the line alone: it answers what it is told to, when it is told to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from firmware.at.command import Command
from firmware.at.dialogue_events import DialogueEvent
from firmware.at.profile import ModemProfile
from firmware.line.modem_line import ModemLine
from firmware.moment import Moment
from tests import families
from tests.at.support import load_profile

START = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
RESYNCHRONISING = ("AT", "ATQ0V1", "AT+CMEE?", "AT+CRC?", "AT+CMGF?")
CONFIRMED = {"AT+CMEE?": "+CMEE: 1", "AT+CRC?": "+CRC: 1", "AT+CMGF?": "+CMGF: 0"}


def profile() -> ModemProfile:
    """That of the family of the test that runs."""
    return load_profile(families.now)


def numbered(number: int) -> Command:
    """A command to tell from others."""
    return Command(f"AT+CMGR={number}", ("+CMGR:",))


class ModemByHand:
    """`answers` says what comes for a command: response lines and the final result; None is
    silence. Commands not in it are answered with OK."""

    def __init__(self, line: ModemLine) -> None:
        self.line = line
        self.now_s = 100.0
        self.answers: dict[str, tuple[str, ...] | None] = {}
        self.heard: list[str] = []
        self.unsolicited: list[DialogueEvent] = []
        self.after_write: Callable[[str], None] = lambda command: None
        self._pending = ""

    @property
    def moment(self) -> Moment:
        return Moment(self.now_s, START + timedelta(seconds=self.now_s - 100.0), True)

    def says(self, text: str) -> None:
        """Bytes of the modem."""
        self.unsolicited += self.line.receive(self.moment, text.encode())

    def settle(self, rounds: int = 400) -> None:
        """Carry commands and answers to and fro until neither side has anything to say."""
        for _ in range(rounds):
            self.line.pump(self.moment)
            if not self._answer_next():
                deadline_s = self.line.deadline_s
                if deadline_s is None or self._waits_for_us(deadline_s):
                    return
                self.pass_time(deadline_s - self.now_s)
        raise AssertionError("the line does not come to rest")

    def pass_time(self, seconds: float) -> None:
        self.now_s += max(seconds, 0.0)
        self.unsolicited += self.line.tick(self.moment)

    def _waits_for_us(self, deadline_s: float) -> bool:
        """Only a far deadline of a command in flight is left: silence that was asked for."""
        return deadline_s - self.now_s > 1.0

    def _answer_next(self) -> bool:
        self._pending += self.line.take_output().decode().replace("\x1b", "")
        command, end, self._pending = self._pending.partition("\r")
        if not end:
            self._pending = command
            return False
        self.heard.append(command)
        answer: tuple[str, ...] | None = ("OK",)
        if command in CONFIRMED:
            answer = (CONFIRMED[command], "OK")
        answer = self.answers.get(command, answer)
        if answer is not None:
            for part in answer:
                self.says(f"\r\n{part}\r\n")
        self.after_write(command)
        return True
