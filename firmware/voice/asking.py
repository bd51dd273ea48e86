"""One command at a time: only the answer to what was asked last is a sign."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import replace

from firmware.at.command import Command
from firmware.line.modem_line import ModemLine, Rank, Reply


class Asking(ABC):
    """Whoever asks the modem for something in the course of a call."""

    def __init__(self, line: ModemLine) -> None:
        self._modem = line
        self._question = 0
        self._reply: Reply | None = None   # to what was asked last
        self._waits = False                # a command of ours is unanswered
        self._sent = False                 # and had its turn
        self.unsure: Callable[[], bool] = lambda: False   # what the calls do may be news

    @abstractmethod
    def _told(self, reply: Reply) -> None:
        """The answer to what was asked last."""

    def _forget_question(self) -> None:
        self._question += 1
        self._reply, self._waits = None, False

    def _say(
        self,
        command: Command,
        still: Callable[[], bool] = lambda: True,
        *,
        within_s: float | None = None,
    ) -> None:
        """Ask the modem. ``still`` is asked when its turn comes: what was true of the calls may
        not be any more. ``within_s``: an answer that comes later is doubted, and a list asked."""
        if within_s is not None:
            command = replace(command, timeout_s=within_s)
        self._question += 1
        question, self._reply = self._question, None
        self._waits, self._sent = True, False

        def wanted() -> bool:
            self._sent = question == self._question and still()
            return self._sent

        self._modem.ask(
            command,
            lambda reply: self._answered(question, reply),
            Rank.CALL,
            wanted=wanted,
        )

    def _say_if_sure(
        self, command: Command, still: Callable[[], bool], *, within_s: float | None = None
    ) -> None:
        """Not after a list that has told something new, before the next one has confirmed it."""
        self._say(command, lambda: still() and not self.unsure(), within_s=within_s)

    def _answered(self, question: int, reply: Reply) -> None:
        if question == self._question:
            self._reply, self._waits = reply, False
            self._told(reply)
