"""A ladder with a modem played by hand: what it was asked to do, and when."""

from __future__ import annotations

from datetime import timedelta

from firmware.ledger import Ledger
from firmware.line.modem_line import ModemLine
from firmware.moment import Moment
from firmware.record import Fact, JournalEntry, Memory, Row
from firmware.recovery.ladder import Ladder
from firmware.recovery.permits import RecoveryOptions
from firmware.recovery.rungs import Rung
from firmware.recovery.table import Happening, State
from tests.modem_by_hand import START, profile


class Bench:
    """``answers``: the modem does. ``sound``: it could be set up. Times count from the start."""

    def __init__(
        self, *, power: bool = True, reboot: bool = True, memory: Memory | None = None,
        trusted: bool = True,
    ) -> None:  # fmt: skip
        self.now_s = 1000.0
        self.trusted = trusted
        self.line = ModemLine(profile())
        self.answers = self.sound = self.known = True
        self.possible = set(Rung)
        self.ledger = Ledger(memory or Memory(), self.moment)
        self.ladder = Ladder(
            self.ledger, self.line, RecoveryOptions(power=power, reboot=reboot),
            lambda: self.sound, lambda: self.known,
        )  # fmt: skip
        self.ladder.perform = self._perform
        self.ladder.on_alarm = lambda key, cause, values: self.alarms.add(key)
        self.ladder.on_order = lambda key: self.alarms.discard(key)
        self.alarms: set[str] = set()
        self.done: list[tuple[Rung, float]] = []   # what was performed, and after how long
        self.rows: list[Row] = []
        self.line.opened(self.moment, profile())

    @property
    def moment(self) -> Moment:
        return Moment(self.now_s, START + timedelta(seconds=self.now_s), self.trusted)

    @property
    def rungs(self) -> list[Rung]:
        return [rung for rung, _ in self.done]

    def last(self) -> Rung:
        return self.rungs[-1]

    def well(self) -> bool:
        return self.ladder.state is State.WELL

    @property
    def journal(self) -> list[tuple[str | None, object]]:
        entries = [row for row in self.rows if isinstance(row, JournalEntry)]
        return [(entry.outcome, entry.detail.get("rung")) for entry in entries]

    @property
    def facts(self) -> list[Fact]:
        return [row for row in self.rows if isinstance(row, Fact)]

    def _perform(self, rung: Rung, why: str) -> bool:
        self.done.append((rung, self.now_s - 1000.0))
        return rung in self.possible

    def goes(self) -> None:
        """The port leaves."""
        self.line.closed(self.now_s if self.line.in_call else None)
        self.ladder.happen(Happening.LOST, "unplugged")
        self.look()

    def comes(self) -> None:
        """A port is there again."""
        self.line.opened(self.moment, profile())
        self.ladder.happen(Happening.OPENED)
        self.look()

    def comes_and_goes(self, up_s: float, down_s: float, times: int = 30) -> None:
        """A cable that nobody has pushed in."""
        self.goes()
        for _ in range(times):
            self.run(down_s)
            self.comes()
            self.run(up_s)
            self.goes()

    def look(self) -> None:
        """One step of the box at this instant."""
        if self.line.open:
            self.line.silent_since_s = self._silent_since_s()
        self.ledger.moment = self.moment
        self.ladder.tick()
        self.rows += self.ledger.take()

    def _silent_since_s(self) -> float | None:
        if self.answers:
            return None
        known = self.line.silent_since_s
        return self.now_s if known is None else known

    def run(self, seconds: float) -> None:
        """Let time pass; each instant at which something is due is looked at."""
        end_s = self.now_s + seconds
        while True:
            self.look()
            due_s = self.ladder.deadline_s
            if due_s is None or due_s > end_s:
                self.now_s = end_s
                self.look()
                return
            self.now_s = max(due_s, self.now_s)
