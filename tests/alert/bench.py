"""The alert desk with its real neighbours and a modem that takes every SMS at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from firmware.alert.bell import Bell
from firmware.alert.desk import AlertDesk
from firmware.alert.words import AlertWords
from firmware.duty.roster import Roster
from firmware.ledger import Ledger
from firmware.line.modem_line import ModemLine
from firmware.moment import Moment
from firmware.record import Memory
from firmware.rota import Rota
from firmware.sms.outbox import Outbox
from firmware.speaker import Speaker
from firmware.wording import LANGUAGES, Wording
from hw.simulator.tpdu import decode_from_mobile
from tests.modem_by_hand import profile
from tests.simulation.sites import ADMIN
from tests.simulation.world import World

START = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
WORDINGS = {language: Wording(language) for language in LANGUAGES}
ACCEPTED = ""   # what a network says that takes an SMS; otherwise the whole final result
_LINE = re.compile(rb"[^\r\x1a]*[\r\x1a]")


def told(world: World, *beginnings: str) -> list[str]:
    """What the administrator's telephone shows that begins so."""
    return [text for text in world.texts(ADMIN) if text.startswith(beginnings)]


class Bench:
    """``fate`` tells what becomes of the n-th SMS handed over (from 1), or None: no answer."""

    def __init__(
        self, rota: Rota | None, memory: Memory | None = None, *, trusted: bool = True
    ) -> None:
        memory = memory or Memory()
        self.ledger = Ledger(memory, Moment(0.0, START, trusted))
        self.roster = Roster(self.ledger, rota)
        self.speaker = Speaker(self.ledger, self.roster, WORDINGS)
        self.line = ModemLine(profile())
        self.outbox = Outbox(self.ledger, self.line, memory.outgoing)
        self.bell = Bell(self.ledger, self.roster, self.outbox, self.speaker)
        words = AlertWords(self.speaker, self.bell, self.roster)
        self.desk = AlertDesk(self.ledger, self.roster, self.outbox, words, memory.alerts)
        self.outbox.on_sent = self.desk.sent
        self.outbox.on_failed = self.desk.failed
        self.fate: Callable[[int], str | None] = lambda turn: ACCEPTED
        self.handed_over: list[tuple[float, str]] = []   # when, and the PDU
        self.answers_at = True   # anything at all
        self._input = b""
        self.line.opened(self.ledger.moment, profile())
        self.outbox.ready = True
        self.settle()
        self.wait(10)   # the dialogue looks for silence before its first command

    def wait(self, seconds: float) -> None:
        moment = self.ledger.moment
        self.ledger.moment = replace(
            moment,
            monotonic_s=moment.monotonic_s + seconds,
            utc=moment.utc + timedelta(seconds=seconds),
        )
        self.settle()

    def rings_for(self, seconds: float) -> None:
        """The box turns at each deadline of its bell."""
        until_s = self.ledger.moment.monotonic_s + seconds
        while (now_s := self.ledger.moment.monotonic_s) < until_s:
            due_s = self.bell.deadline_s
            self.wait(min(until_s, until_s if due_s is None else max(due_s, now_s + 0.1)) - now_s)
            self.bell.tick()
        self.wait(1)

    def texts(self) -> list[str]:
        """What the SMS say that the modem got, the parts of each put together."""
        found: dict[int, str] = {}
        for number, (_, pdu) in enumerate(self.handed_over):
            data = decode_from_mobile(bytes.fromhex(pdu)[1:]).user_data
            part = data.concatenation
            key = -number if part is None else part.reference + 1   # whole ones have no reference
            found[key] = found.get(key, "") + data.text
        return list(found.values())

    def settle(self) -> None:
        """What is due is done, and the modem answers, until there is nothing more to say."""
        while True:
            self.line.tick(self.ledger.moment)
            self.desk.tick()
            self.outbox.tick()
            self.line.pump(self.ledger.moment)
            written = self.line.take_output()
            if not written and not self._due():
                break
            if written:
                self._modem(written)

    def _due(self) -> bool:
        deadline_s = self.outbox.deadline_s
        return deadline_s is not None and deadline_s <= self.ledger.moment.monotonic_s

    def _modem(self, written: bytes) -> None:
        self._input += written
        while (found := _LINE.match(self._input)) is not None:
            line, self._input = found[0], self._input[found.end() :]
            answer = self._answer(line)
            if answer:
                self.line.receive(self.ledger.moment, answer)

    def _answer(self, line: bytes) -> bytes:
        if not self.answers_at:
            return b""
        if line.startswith(b"AT+CMGS="):
            return b"\r\n> "
        if not line.endswith(b"\x1a"):
            return b"\r\nOK\r\n"
        turn = len(self.handed_over) + 1
        self.handed_over.append((self.ledger.moment.monotonic_s, line[:-1].decode().strip()))
        fate = self.fate(turn)
        if fate is None:
            return b""
        if fate != ACCEPTED:
            return f"\r\n{fate}\r\n".encode()
        return f"\r\n+CMGS: {turn % 256}\r\n\r\nOK\r\n".encode()
