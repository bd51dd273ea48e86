"""One command at a time: only the answer to what was asked last is a sign."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

from firmware.at.command import Command
from firmware.line.modem_line import ModemLine, Rank, Reply


class Asking(ABC):
    """Whoever asks the modem for something in the course of a call."""

    def __init__(self, line: ModemLine) -> None:
        self._modem = line
        self._question = 0
        self._reply: Reply | None = None   # to what was asked last
        self._waits = False                # a command of ours is unanswered
        self.unsure: Callable[[], bool] = lambda: False   # what the calls do may be news

    @abstractmethod
    def _told(self, reply: Reply) -> None:
        """The answer to what was asked last."""

    def _forget_question(self) -> None:
        self._question += 1
        self._reply, self._waits = None, False

    def _say(self, command: Command, still: Callable[[], bool] = lambda: True) -> None:
        """Ask the modem. ``still`` is asked when its turn comes: what was true of the calls may
        not be any more."""
        self._question += 1
        question, self._reply = self._question, None
        self._waits = True
        self._modem.ask(
            command,
            lambda reply: self._answered(question, reply),
            Rank.CALL,
            wanted=lambda: question == self._question and still(),
        )

    def _say_if_sure(self, command: Command, still: Callable[[], bool]) -> None:
        """Not after a list that has told something new, before the next one has confirmed it."""
        self._say(command, lambda: still() and not self.unsure())

    def _answered(self, question: int, reply: Reply) -> None:
        if question == self._question:
            self._reply, self._waits = reply, False
            self._told(reply)
