"""What is sent, and how long is waited, while a dirty channel is put right."""

from __future__ import annotations

from itertools import product
from typing import Final

QUIET_S: Final = 0.3
_WAITS_S: Final = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
_DRAIN_MAX_S: Final = 10.0
# Queries that every modem answers at once from its own settings, with a prefix that is nobody
# else's: 27.007 9.1, 6.11, 27.005 3.2.3. One, two or three of them in a line (V.250 5.2.4) make 39
# lines whose answers all differ, so that a late answer is never that to the line just sent.
_QUERIES: Final = ("+CMEE", "+CRC", "+CMGF")
_CONFIRMATIONS: Final = tuple(
    queries for length in (1, 2, 3) for queries in product(_QUERIES, repeat=length)
)
_PLAIN: Final = "AT"
_RESULTS_ON: Final = "ATQ0V1"  # V.250 6.2.5, 6.2.6: another program turned them off or numeric


class Resync:
    """The memory of one run of resynchronisation; holds no state of the dialogue."""

    __slots__ = (
        "_attempts",
        "_avoid",
        "_awaited",
        "_drain_until_s",
        "_found",
        "_numeric",
        "_outstanding",
        "_probes",
        "_unconfirmed",
        "overtaken",
        "sent",
        "since_s",
    )

    def __init__(self) -> None:
        self._outstanding: set[tuple[str, ...]] = set()
        self.start(0.0)

    def start(self, now_s: float) -> None:
        """A new run; which confirmations were never answered is not forgotten."""
        self.since_s = now_s
        self.sent = ""
        self._attempts = 0
        self._probes = 0
        self._unconfirmed = 0
        self._numeric = False
        self._avoid: tuple[str, ...] = ()
        self._awaited: tuple[str, ...] = ()
        self._found: list[str] = []
        self.overtaken = False
        self._drain_until_s = now_s + _DRAIN_MAX_S

    @property
    def wait_s(self) -> float:
        """How long the next reply is awaited."""
        return _WAITS_S[min(self._attempts, len(_WAITS_S) - 1)]

    def quiet_until(self, now_s: float) -> float:
        """The end of a quiet gap that begins now; a modem that babbles cannot draw it out."""
        return max(now_s, min(now_s + QUIET_S, self._drain_until_s))

    def probe(self) -> str:
        """The command to try: AT, and from the second attempt on with result codes on."""
        self.sent = _PLAIN if self._attempts == 0 and not self._numeric else _RESULTS_ON
        self._numeric = False
        self._probes += 1
        return self.sent

    def confirmation(self, avoid: tuple[str, ...]) -> str:
        """The first line of queries that no earlier line of ours may still be answered like.

        ``avoid`` are the prefixes of the lost command.
        """
        self._avoid = avoid
        fitting = [
            queries
            for queries in _CONFIRMATIONS
            if not any(f"{query}:" in avoid for query in queries)
        ]
        free = [queries for queries in fitting if queries not in self._outstanding]
        if not free:  # each went unanswered: what is more than a quarter of an hour late is lost
            self._outstanding.clear()
            free = fitting
        self._awaited = free[0]
        self._outstanding.add(self._awaited)
        self._found = []
        self.sent = "AT" + ";".join(f"{query}?" for query in self._awaited)
        return self.sent

    def note_numeric(self) -> None:
        """The OK came as a number: results must be made verbose before anything else."""
        self._numeric = True

    @property
    def numeric(self) -> bool:
        """Whether results must be made verbose."""
        return self._numeric

    def confirms(self, line: str) -> bool:
        """Whether ``line`` answers one of our queries, of whichever attempt."""
        prefix, colon, _ = line.partition(":")
        if not colon or prefix not in _QUERIES or f"{prefix}:" in self._avoid:
            return False
        self._found.append(prefix)
        return True

    def finished(self) -> bool:
        """A final result came: is the channel clean.

        It is when exactly the awaited answers came before it; then all earlier lines are answered
        or lost, too. A modem that has none of the queries is believed when it has given more
        results than anything but its refusals can explain: one for each AT, one of the lost
        command, one of the ESC. ``overtaken`` then tells that an earlier line of ours was answered:
        the awaited answer is still to come, and nothing more is to be sent.
        """
        found, self._found = tuple(self._found), []
        if found == self._awaited:
            self._outstanding.clear()
            return True
        self.overtaken = bool(found)
        if not found:
            self._unconfirmed += 1
        return self._unconfirmed > self._probes + 2

    def retry(self, now_s: float) -> None:
        """Nothing came in time: the next attempt waits longer."""
        self._attempts += 1
        self._drain_until_s = now_s + _DRAIN_MAX_S
