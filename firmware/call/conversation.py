"""What the call desk asks of the voice."""

from __future__ import annotations

from typing import Protocol

from firmware.at.answers import CallListEntry
from firmware.call.call_in_hand import CallInHand


class Conversation(Protocol):
    """The voice (`firmware/voice`): it leads one call at a time, and tells how it ended."""

    @property
    def busy(self) -> bool:
        """Whether a call is being led."""

    def take(self, line: CallInHand) -> None:
        """This call rings, and is to be answered."""

    def rang(self) -> None:
        """It rings once more."""

    def listed(self, dialled: tuple[CallListEntry, ...]) -> None:
        """A list was read: the call's own line is up to date, these were dialled."""

    def interrupted(self) -> None:
        """Nothing can be asked of the modem any more, or the call was given up."""


class Rehearsing(Protocol):
    """A call of ours to let somebody of the staff hear a greeting; every caller goes before it."""

    @property
    def busy(self) -> bool:
        """Whether what was dialled is its own."""

    def resume(self) -> None:
        """After a restart of the program: one that was under way is told to have ended."""

    def make_way(self) -> bool:
        """Somebody calls: end at once. Whether the line is free of it; within seconds it is."""

    def listed(self, dialled: tuple[CallListEntry, ...]) -> None:
        """A list was read: these were dialled."""

    def interrupted(self) -> None:
        """Nothing can be asked of the modem any more."""
