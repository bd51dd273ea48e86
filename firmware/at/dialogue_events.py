"""What the dialogue tells: bytes to write, the end of a command, the state of the channel, and what
the modem says by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from firmware.at.command import Command
from firmware.at.events import UnsolicitedEvent
from firmware.at.result_codes import FinalResult


@dataclass(frozen=True, slots=True)
class Transmit:
    """Bytes to write now."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """A command is over. ``result`` is ``None`` when its deadline passed. ``body_sent`` says
    that the body had left, so that a message may have gone out even without a result.
    ``unread`` counts lines that came meanwhile and that nobody could read: one of them may have
    been a line of this answer, garbled."""

    command: Command
    result: FinalResult | None
    lines: tuple[str, ...]
    body_sent: bool = False
    unread: int = 0

    @property
    def ok(self) -> bool:
        """The modem said OK."""
        return self.result is not None and self.result.ok


@dataclass(frozen=True, slots=True)
class LateReply:
    """A response line of a command whose deadline had passed, such as +CMGS."""

    command: Command
    line: str


@dataclass(frozen=True, slots=True)
class ChannelClean:
    """The channel was put right: commands can be sent."""


@dataclass(frozen=True, slots=True)
class ChannelMute:
    """No reply to an attempt at putting the channel right, for ``for_s`` seconds so far."""

    for_s: float


DialogueEvent: TypeAlias = (
    Transmit | Answer | LateReply | ChannelClean | ChannelMute | UnsolicitedEvent
)
