"""A conversation of several commands with the modem, written down in the order in which it runs.

An errand is a generator that yields commands and is sent their replies. It has no thread: it
stands still between a command and its reply, and everything else goes on meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Generator

from firmware.at.command import Command
from firmware.line.modem_line import ModemLine, Rank, Reply

Conversation = Generator[Command, Reply, None]


class Errand:
    """Runs one conversation at a time on the line; starting another drops the one before."""

    def __init__(self, line: ModemLine, rank: Rank, *, calm: bool = False) -> None:
        self._line = line
        self._rank = rank
        self._calm = calm
        self._conversation: Conversation | None = None
        self._speaking: Conversation | None = None   # on its way to its next command
        self._when_done: Callable[[], None] | None = None

    @property
    def running(self) -> bool:
        return self._conversation is not None

    def start(
        self,
        conversation: Conversation,
        when_done: Callable[[], None] | None = None,
        *,
        rank: Rank | None = None,
    ) -> None:
        """Begin; ``rank`` is how urgent its commands are from now on."""
        self.drop()
        self._rank = self._rank if rank is None else rank
        self._conversation = conversation
        self._when_done = when_done
        self._go_on(conversation, None)

    def drop(self) -> None:
        """End the conversation where it stands: a command that waits is not sent, and the reply
        to one under way is not heard. It may be the conversation itself that wants it so."""
        conversation, self._conversation = self._conversation, None
        self._when_done = None
        if conversation is not None and conversation is not self._speaking:
            conversation.close()

    def _go_on(self, conversation: Conversation, reply: Reply | None) -> None:
        if conversation is not self._conversation:
            return  # dropped meanwhile
        before, self._speaking = self._speaking, conversation
        try:
            command = next(conversation) if reply is None else conversation.send(reply)
        except StopIteration:
            self._speaking = before
            if conversation is not self._conversation:
                return
            when_done = self._when_done
            self._conversation = None
            self._when_done = None
            if when_done is not None:
                when_done()
            return
        self._speaking = before
        if conversation is not self._conversation:
            conversation.close()  # it has ended itself on the way to its next command
            return
        self._line.ask(
            command,
            lambda answer: self._go_on(conversation, answer),
            self._rank,
            calm=self._calm,
            wanted=lambda: conversation is self._conversation,
        )
