"""What is sent, and how long is waited, while a dirty channel is put right."""

from __future__ import annotations

from typing import Final

QUIET_S: Final = 0.3
_WAITS_S: Final = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
_DRAIN_MAX_S: Final = 10.0
# Queries that every modem answers at once from its own settings, with a prefix that is nobody
# else's: 27.007 9.1, 6.11, 27.005 3.2.3. They take turns: an answer to an earlier attempt that
# comes late has another prefix than the one awaited.
_CONFIRMATIONS: Final = ("AT+CMEE?", "AT+CRC?", "AT+CMGF?")
_CONFIRMING: Final = tuple(f"{text[2:-1]}:" for text in _CONFIRMATIONS)
_PLAIN: Final = "AT"
_RESULTS_ON: Final = "ATQ0V1"  # V.250 6.2.5, 6.2.6: another program turned them off or numeric


class Resync:
    """The memory of one run of resynchronisation; holds no state of the dialogue."""

    __slots__ = (
        "_attempts",
        "_drain_until_s",
        "_foreign",
        "_numeric",
        "_probes",
        "_seen",
        "_turn",
        "_unconfirmed",
        "sent",
        "since_s",
    )

    def __init__(self) -> None:
        self._turn = 0
        self.start(0.0)

    def start(self, now_s: float) -> None:
        """A new run; the turn of the confirmations goes on from the last."""
        self.since_s = now_s
        self.sent = ""
        self._attempts = 0
        self._probes = 0
        self._unconfirmed = 0
        self._foreign = False
        self._numeric = False
        self._seen = False
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
        """The next query in turn whose answer does not begin with one of ``avoid``."""
        for _ in _CONFIRMATIONS:
            self.sent = _CONFIRMATIONS[self._turn % len(_CONFIRMATIONS)]
            self._turn += 1
            if self._prefix not in avoid:
                break
        self._seen = self._foreign = False
        return self.sent

    @property
    def _prefix(self) -> str:
        return self.sent.removeprefix("AT").removesuffix("?") + ":"

    def note_numeric(self) -> None:
        """The OK came as a number: results must be made verbose before anything else."""
        self._numeric = True

    @property
    def numeric(self) -> bool:
        """Whether results must be made verbose."""
        return self._numeric

    def confirms(self, line: str) -> bool:
        """Whether ``line`` answers the query just sent; remembered until its result comes."""
        if line.startswith(self._prefix):
            self._seen = True
            return True
        if line.startswith(_CONFIRMING):
            self._foreign = True
        return False

    def finished(self) -> bool:
        """A final result came: is the channel clean.

        It is when the awaited answer came before it. A modem that has none of the queries is
        believed when it has given more results than anything but its refusals can explain: one
        for each AT, one of the lost command, one of the ESC.
        """
        if self._seen:
            return True
        if not self._foreign:
            self._unconfirmed += 1
        return self._unconfirmed > self._probes + 2

    def retry(self, now_s: float) -> None:
        """Nothing came in time: the next attempt waits longer."""
        self._attempts += 1
        self._drain_until_s = now_s + _DRAIN_MAX_S
