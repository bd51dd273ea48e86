"""What can go wrong between a computer and a modem, each switched on by name.

`FaultyModem` stands in front of a `Modem` and is fed and read in its place. Byte faults happen on
the wire, in both directions; the others make the modem itself misbehave. Rates are chances per
byte, line or command, drawn from the timeline's generator; a count (`next`) hits the next
occurrences for certain. Nothing is drawn for a rate of 0.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum
from functools import partial

from hw.simulator.modem import Modem


class Fault(Enum):
    """Every fault of the byte channel and of the modem."""

    __hash__ = object.__hash__   # a member is itself alone; asked for with every piece of a line

    LOSE_BYTE = "lose-byte"
    GARBLE_BYTE = "garble-byte"
    SPLIT = "split"  # output comes in pieces, some ms apart
    DELAY = "delay"  # output comes late
    NUL_BYTE = "nul-byte"  # a 0x00 between two bytes
    ECHO_RETURNS = "echo-returns"  # echo is switched on again
    URC_IN_REPLY = "urc-in-reply"  # a foreign line just before the final result
    LATE_REPLY = "late-reply"  # the reply comes after the computer has given up
    NO_REPLY = "no-reply"  # the reply never comes
    HIDDEN_PROMPT = "hidden-prompt"  # "> " is not shown, though the modem waits for the body
    REBOOT = "reboot"  # the modem restarts at the next command
    MUTE = "mute"  # not a byte any more, until the modem is restarted or its power is cut
    REFUSE_CHLD0 = "refuse-chld0"  # AT+CHLD=0 is answered with an error
    REFUSE_CCFC = "refuse-ccfc"  # setting a forward is answered with an error
    REFUSE_CHLD3 = "refuse-chld3"
    REFUSE_CHLD4 = "refuse-chld4"
    REFUSE_VOICE = "refuse-voice"  # the family's voice command is answered with an error
    CMS_ERROR = "cms-error"  # sending is answered with +CMS ERROR: 500
    LOSE_CMTI = "lose-cmti"
    DOUBLE_CMTI = "double-cmti"


LATE_MS = 20_000  # beyond the deadline of any local command
DELAY_MS = 400
GAP_MS = 30  # between the pieces of a split output
FOREIGN_LINES = (b"\r\n^RSSI: 17\r\n", b'\r\n+QIND: "csq",21,99\r\n', b"\r\nSMS DONE\r\n")
_PIECES = re.compile(rb"[^\r]+|\r")   # a fault strikes before the end of a line is heard
FINALS = (b"\r\nOK\r\n", b"\r\nERROR\r\n", b"\r\n+CME ERROR", b"\r\n+CMS ERROR")


class FaultyModem:
    """A modem with faults between it and the computer; without any it changes nothing."""

    def __init__(self, modem: Modem) -> None:
        """Takes over `modem.on_output`; use `feed` and `on_output` of this object instead."""
        self.modem = modem
        self.on_output: Callable[[bytes], None] | None = None
        self.rates: dict[Fault, float] = {}
        self.seen: dict[Fault, int] = {}  # how often each fault has struck
        self._next: dict[Fault, int] = {}
        self._mute = False
        self._output = bytearray()
        self._hold_until_ms = 0
        self._line = bytearray()
        self._awaiting_reply = False
        self._passing = [1.0]
        modem.on_output = self._from_modem

    @property
    def mute(self) -> bool:
        """True while not a byte goes through."""
        return self._mute

    def hear_again(self) -> None:
        """The modem was restarted by other means: it is mute no more."""
        self._mute = False

    # -- switching -------------------------------------------------------------------------

    def set_rate(self, fault: Fault, rate: float) -> None:
        """The chance of a fault at each occasion, 0.0 (off) to 1.0."""
        if not 0.0 <= rate <= 1.0:
            raise ValueError(f"a rate is between 0 and 1, not {rate}")
        self.rates[fault] = rate

    def strike(self, fault: Fault, count: int = 1) -> None:
        """Let a fault happen at the next `count` occasions; MUTE and REBOOT happen now."""
        if fault is Fault.MUTE:
            self._note(fault)
            self._mute = True
        elif fault is Fault.REBOOT:
            self._note(fault)
            self.modem.restart(orderly=False)
            self._mute = False
        elif count:
            self._next[fault] = self._next.get(fault, 0) + count

    def power_cut(self) -> None:
        """Without power even a mute modem forgets what ailed it."""
        self._mute = False

    def clear(self) -> None:
        """All faults off, also a mute modem; what was delayed still comes."""
        self.rates.clear()
        self._next.clear()
        self._mute = False

    def _note(self, fault: Fault) -> None:
        self.seen[fault] = self.seen.get(fault, 0) + 1

    def _strikes(self, fault: Fault) -> bool:
        left = self._next.pop(fault, 0) if self._next else 0
        if left > 1:
            self._next[fault] = left - 1
        elif not left:
            rate = self.rates.get(fault, 0.0)
            if rate <= 0.0 or self.modem.timeline.random.random() >= rate:
                return False
        self._note(fault)
        return True

    # -- from the computer -------------------------------------------------------------------

    def feed(self, data: bytes) -> None:
        """Bytes from the computer, on their way to the modem."""
        if self._mute:
            return
        for piece in _PIECES.findall(self._damaged(data)):
            self._watch(piece)
            self.modem.feed(piece)

    def _watch(self, piece: bytes) -> None:
        """Follow the command lines, because some faults concern a certain command."""
        self._line += piece
        del self._line[:-256]
        if piece != b"\r":
            return
        line = bytes(self._line).upper()
        self._line.clear()
        if self.modem.port.in_body or b"AT" not in line:
            return
        self._awaiting_reply = True
        if self._strikes(Fault.ECHO_RETURNS):
            self.modem.port.settings.echo = True
        if self._strikes(Fault.REBOOT):
            self.modem.restart(orderly=False)
        for fault, beginning in _REFUSALS:
            if beginning in line and self._strikes(fault):
                self.modem.refuse_next(fault is Fault.CMS_ERROR)

    # -- to the computer -----------------------------------------------------------------------

    def take_output(self) -> bytes:
        """The bytes for the computer since the last call, when `on_output` is not set."""
        output = bytes(self._output)
        self._output.clear()
        return output

    def _from_modem(self, data: bytes) -> None:
        if self._mute:
            return
        if data.startswith(b"\r\n+CMTI"):
            if self._strikes(Fault.LOSE_CMTI):
                return
            if self._strikes(Fault.DOUBLE_CMTI):
                self._emit(data)
        if data == b"\r\n> " and self._strikes(Fault.HIDDEN_PROMPT):
            return
        if data.startswith(FINALS) and self._awaiting_reply:
            self._awaiting_reply = False
            if self._strikes(Fault.NO_REPLY):
                return
            if self._strikes(Fault.URC_IN_REPLY):
                lines = FOREIGN_LINES
                self._emit(lines[self.modem.timeline.now_ms % len(lines)])
            if self._strikes(Fault.LATE_REPLY):
                self.modem.timeline.after(LATE_MS, partial(self._deliver, data))
                return
        self._emit(data)

    def _emit(self, data: bytes) -> None:
        data = self._damaged(data)
        timeline = self.modem.timeline
        wait_ms = max(0, self._hold_until_ms - timeline.now_ms)
        if self._strikes(Fault.DELAY):
            wait_ms += DELAY_MS
        if len(data) > 1 and self._strikes(Fault.SPLIT):
            cut = 1 + int(timeline.random.random() * (len(data) - 1))
            self._send_in(wait_ms, data[:cut])
            wait_ms += GAP_MS
            data = data[cut:]
        self._send_in(wait_ms, data)

    def _send_in(self, wait_ms: int, data: bytes) -> None:
        """Bytes never overtake one another on a wire."""
        timeline = self.modem.timeline
        if wait_ms == 0:
            self._deliver(data)
            return
        self._hold_until_ms = timeline.now_ms + wait_ms
        timeline.after(wait_ms, partial(self._deliver, data))

    def _deliver(self, data: bytes) -> None:
        if self.on_output is not None:
            self.on_output(data)
        else:
            self._output += data

    def _damaged(self, data: bytes) -> bytes:
        if not _DAMAGES.isdisjoint(self._next):
            return self._damaged_now(data)
        rates = self.rates
        lose = rates.get(Fault.LOSE_BYTE, 0.0)
        garble = rates.get(Fault.GARBLE_BYTE, 0.0)
        nul = rates.get(Fault.NUL_BYTE, 0.0)
        if not (lose or garble or nul):
            return data
        # One draw says how many bytes go by unharmed: a year carries ten million of them
        harmless = (1.0 - lose) * (1.0 - garble) * (1.0 - nul)
        draw = self.modem.timeline.random.random
        whole, chances = draw(), self._chances_that_all_pass(harmless, len(data))
        if whole < chances[len(data)]:
            return data
        struck = next(at for at in range(len(data)) if whole >= chances[at + 1])
        byte, harm = data[struck : struck + 1], draw() * (lose + garble + nul)
        if harm < lose:
            self._note(Fault.LOSE_BYTE)
            byte = b""
        elif harm < lose + garble:
            self._note(Fault.GARBLE_BYTE)
            byte = bytes([byte[0] ^ 1 << int(draw() * 8)])
        else:
            self._note(Fault.NUL_BYTE)
            byte = b"\0" + byte
        return data[:struck] + byte + self._damaged(data[struck + 1 :])

    def _chances_that_all_pass(self, harmless: float, count: int) -> list[float]:
        """For 0, 1, 2 ... bytes; by multiplication, which is the same on every machine."""
        if self._passing[:2] != [1.0, harmless]:
            self._passing = [1.0, harmless]
        while len(self._passing) <= count:
            self._passing.append(self._passing[-1] * harmless)
        return self._passing

    def _damaged_now(self, data: bytes) -> bytes:
        """What was told to happen at the next occasion happens to the first bytes."""
        out = bytearray()
        for byte in data:
            if self._strikes(Fault.LOSE_BYTE):
                continue
            if self._strikes(Fault.GARBLE_BYTE):
                byte ^= 1 << int(self.modem.timeline.random.random() * 8)
            if self._strikes(Fault.NUL_BYTE):
                out.append(0)
            out.append(byte)
        return bytes(out)


_DAMAGES = frozenset({Fault.LOSE_BYTE, Fault.GARBLE_BYTE, Fault.NUL_BYTE})
_REFUSALS = (
    (Fault.REFUSE_CHLD0, b"+CHLD=0"),
    (Fault.REFUSE_CHLD3, b"+CHLD=3"),
    (Fault.REFUSE_CHLD4, b"+CHLD=4"),
    (Fault.REFUSE_VOICE, b"+CPCMREG=1"),
    (Fault.REFUSE_VOICE, b"+QPCMV=1"),
    (Fault.REFUSE_VOICE, b"^DDSETEX=2"),
    (Fault.REFUSE_CCFC, b"+CCFC="),
    (Fault.CMS_ERROR, b"+CMGS="),
)
