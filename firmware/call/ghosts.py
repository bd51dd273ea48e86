"""Calls that are over and that the modem goes on listing: some firmware loses a release, and its
list shows a caller for days who hung up at once.

Such a call would keep every reset and every change of forwarding waiting, and the box would hang up
on it again and again. So it is no call any more: the recovery is told, which resets the modem.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from firmware.at.answers import CallListEntry

# Nobody is let ring for longer: T301, T310 and the switches' own limits end it (24.008 11.3)
RINGS_MAX_S = 240.0
SILENT_S = 15.0     # a ghost that has not rung for so long does not ring: whoever does is a caller


@dataclass(slots=True)
class _Ghost:
    number: str | None   # as normalised
    incoming: bool
    heard_at_s: float    # when a code told of it last


class Ghosts:
    """By their place in the list. ``on_suspect`` and ``on_trust`` are the recovery's."""

    def __init__(self) -> None:
        self._known: dict[int, _Ghost] = {}
        self._told = False
        self._is_doubted = False   # the modem has restarted since
        self._rang = False         # somebody rings of whom no number was told
        self.on_suspect: Callable[[str, str], None] = lambda kind, why: None
        self.on_trust: Callable[[str], None] = lambda kind: None

    def __bool__(self) -> bool:
        return bool(self._known)

    def add(self, place: int, number: str | None, heard_at_s: float, *, incoming: bool) -> None:
        self._known[place] = _Ghost(number, incoming, heard_at_s)
        self._told = True
        self.on_suspect("call", "a call that is over is listed still")

    def may_ring(self, number: str | None, now_s: float) -> bool:
        """Whether a code about a call that rings may be about one of these. One that was silent is
        none any more if the number is its own, and after a restart of the modem whatever rings is a
        caller: whoever rings is served."""
        for place, ghost in tuple(self._known.items()):
            if not ghost.incoming or not _may_be(ghost.number, number):
                continue
            if not self._is_doubted and now_s < ghost.heard_at_s + SILENT_S:
                ghost.heard_at_s = now_s
                return True
            if self._is_doubted or number is not None:
                del self._known[place]
            else:
                self._rang = True
        return False

    def without(
        self,
        entries: tuple[CallListEntry, ...],
        normal: Callable[[str | None, int | None], str | None],
    ) -> tuple[CallListEntry, ...]:
        """A list that is believed, without them. What it does not show is gone at last."""
        left: list[CallListEntry] = []
        listed: dict[int, _Ghost] = {}
        for entry in entries:
            ghost = self._known.get(entry.id)
            if ghost is None or not _is(ghost, entry, normal(entry.number, entry.number_type)):
                left.append(entry)
            else:
                listed[entry.id] = ghost
        if self._rang and not any(entry.incoming for entry in left):
            # Nobody else is listed: whoever rings has the place of one that is gone by now
            callers = [entry for entry in entries if entry.incoming]
            left += callers
            listed = {place: ghost for place, ghost in listed.items() if not ghost.incoming}
        self._known, self._is_doubted, self._rang = listed, False, False
        if self._told and not listed:
            self._told = False
            self.on_trust("call")
        return tuple(left)

    def forget(self) -> None:
        """The modem restarted or is gone, and all calls with it: its first list tells whether."""
        self._is_doubted = True


def _is(ghost: _Ghost, entry: CallListEntry, number: str | None) -> bool:
    return ghost.incoming == entry.incoming and _may_be(ghost.number, number)


def _may_be(number: str | None, told: str | None) -> bool:
    return None in (number, told) or number == told
