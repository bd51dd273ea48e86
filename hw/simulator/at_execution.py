"""One command line being carried out: V.250 5.6 and 5.7.2 (one final result for the line)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from hw.simulator.at_command_line import AtCommand
from hw.simulator.at_commands import PENDING, carry_out
from hw.simulator.at_errors import AtError

if TYPE_CHECKING:
    from hw.simulator.modem import Modem

ABORT_GUARD_MS = 125  # V.250 5.6.1: characters sooner after the line do not abort


class Execution:
    """The commands of a line in order; ends with OK or with the first failure's result code.

    A handler that must wait takes `modem.execution`, returns PENDING, and later calls `finish` or
    `fail` on it; both do nothing once the line has ended otherwise (aborted, modem restarted).
    """

    def __init__(self, modem: Modem, commands: Iterator[AtCommand]) -> None:
        self._modem = modem
        self._commands = commands
        self._started_ms = modem.timeline.now_ms
        self._waiting = False
        self.over = False
        self.on_abort: Callable[[], None] | None = None

    def run(self) -> None:
        """Carry out what can be done now."""
        while not self.over:
            self.on_abort = None
            self._waiting = True
            try:
                command = next(self._commands, None)
                if command is None:
                    self._end("OK")
                    return
                outcome = carry_out(self._modem, command)
            except AtError as error:
                self.fail(error)
                return
            if outcome is PENDING:
                return
            self._waiting = False
            self._modem.information(outcome if isinstance(outcome, list) else [])

    def finish(self, lines: list[str] | None = None) -> None:
        """The waiting command has succeeded: its information, then the rest of the line."""
        if self.over or not self._waiting:
            return
        self._waiting = False
        self._modem.information(lines or [])
        self.run()

    def fail(self, error: AtError) -> None:
        """The waiting command has failed: the line ends, what follows is not carried out."""
        if self.over or not self._waiting:
            return
        settings = self._modem.settings
        self._end(error.result(settings.cmee, cms_in_words=self._modem.model.cms_in_words))

    def interrupt(self) -> None:
        """A character came while the line runs: V.250 5.6.1, only for commands that allow it."""
        early = self._modem.timeline.now_ms - self._started_ms < ABORT_GUARD_MS
        if self.on_abort is None or early:
            return
        abort, self.on_abort = self.on_abort, None
        abort()

    def drop(self) -> None:
        """The modem restarts: no result code will come."""
        self.over = True

    def _end(self, code: str) -> None:
        self.over = True
        self._modem.final(code)
