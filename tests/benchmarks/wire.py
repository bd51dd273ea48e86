"""The witness on the modem's port: what passed, and when. Every contestant is timed here.

`PacedPort` lets the bytes go at a baud rate; without it they go as fast as the pseudo-terminal.
"""

from __future__ import annotations

import os
import queue
import re
import select
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from hw.simulator.simulation_host import Port

TAIL = 64  # longer than any pattern, for one that is cut by two reads
BITS_PER_BYTE = 10  # 8N1
SLICE_S = 0.001  # how finely the bytes of a slow line are spread

SAID = {
    "cmti": re.compile(rb"\+CMTI:"),
    "clip": re.compile(rb"\+CLIP:"),
    "sent": re.compile(rb"\+CMGS:"),
}
ASKED = {
    "send": re.compile(rb"\+CMGS=\S*\r"),
    "reject": re.compile(rb"(?:\+CHLD=0|\+CHUP|ATH0?)[;\r]"),
    "look": re.compile(rb"\+CMGL|\+CMGR|\+CPMS"),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """Something on the wire: a key of `SAID` or `ASKED`, and the monotonic instant in s."""

    what: str
    at_s: float


class Witness:
    """A port that notes the marks of both directions. Other threads wait for them."""

    def __init__(self, port: Port) -> None:
        self._port = port
        self._marks: list[Mark] = []
        self._news = threading.Condition()
        self._tails = {"said": b"", "asked": b""}
        self.last_s = time.monotonic()
        self.commands = 0  # command lines and bodies that the program has sent

    @property
    def path(self) -> object:
        """See `Port`."""
        return self._port.path

    @property
    def is_open(self) -> bool:
        """See `Port`."""
        return self._port.is_open

    def open(self) -> None:
        """See `Port`."""
        self._port.open()

    def close(self) -> None:
        """See `Port`."""
        self._port.close()

    def fileno(self) -> int | None:
        """See `Port`."""
        return self._port.fileno()

    def read(self) -> bytes:
        """See `Port`; an instant is that at which the bytes were there."""
        data = self._port.read()
        if data:
            self.commands += data.count(b"\r") + data.count(b"\x1a")
            self._note("asked", ASKED, data)
        return data

    def write(self, data: bytes) -> None:
        """See `Port`; an instant is that before the first byte left."""
        self._note("said", SAID, data)
        self._port.write(data)

    def _note(self, way: str, patterns: dict[str, re.Pattern[bytes]], data: bytes) -> None:
        now_s = time.monotonic()
        tail = self._tails[way]
        text = tail + data
        found = [
            Mark(what, now_s)
            for what, pattern in patterns.items()
            for match in pattern.finditer(text)
            if match.end() > len(tail)
        ]
        self._tails[way] = text[-TAIL:]
        self.last_s = now_s
        if found:
            with self._news:
                self._marks += found
                self._news.notify_all()

    def here(self) -> int:
        """The position from which marks can be waited for."""
        return len(self._marks)

    def since(self, position: int, *kinds: str) -> list[Mark]:
        """The marks of these kinds from a position on."""
        return [mark for mark in self._marks[position:] if mark.what in kinds]

    def wait(self, true: Callable[[], bool], within_s: float) -> bool:
        """Until something is true of the marks; False when it never was."""
        with self._news:
            return self._news.wait_for(true, within_s)

    def next(self, position: int, what: str, within_s: float) -> Mark | None:
        """The first mark of a kind from a position on, None when there is none in time."""
        self.wait(lambda: bool(self.since(position, what)), within_s)
        return next(iter(self.since(position, what)), None)

    def quiet(self, for_s: float, within_s: float) -> bool:
        """Wait until nothing has passed for a while; False when it never was so quiet."""
        deadline_s = time.monotonic() + within_s
        while (left_s := self.last_s + for_s - time.monotonic()) > 0:
            if time.monotonic() > deadline_s:
                return False
            select.select([], [], [], left_s)
        return True

    def sends_settled(self, for_s: float, within_s: float) -> bool:
        """Wait until each SMS asked for is answered and none has been asked for a while."""
        deadline_s = time.monotonic() + within_s
        while True:
            sends, answers = self.since(0, "send"), self.since(0, "sent")
            last_s = max((mark.at_s for mark in (*sends, *answers)), default=0.0)
            left_s = last_s + for_s - time.monotonic()
            if left_s <= 0 and len(answers) >= len(sends):
                return True
            if time.monotonic() > deadline_s:
                return False
            select.select([], [], [], max(left_s, 0.005))


class PacedPort:
    """A port whose bytes take their time in both directions, as on a serial line.

    A byte is handed on when its stop bit is through; one direction does not slow the other.
    """

    def __init__(self, port: Port, baud: int) -> None:
        self._port = port
        self._byte_s = BITS_PER_BYTE / baud
        self._to_program: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._read_end, self._write_end = os.pipe()
        os.set_blocking(self._read_end, False)
        self._closing = False
        self._threads = [
            threading.Thread(target=self._say, daemon=True),
            threading.Thread(target=self._hear, daemon=True),
        ]

    @property
    def path(self) -> object:
        """See `Port`."""
        return self._port.path

    @property
    def is_open(self) -> bool:
        """See `Port`."""
        return self._port.is_open

    def open(self) -> None:
        """See `Port`. Opened once: it is not for benchmarks that pull the plug."""
        self._port.open()
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """See `Port`; may be called twice."""
        if self._closing:
            return
        self._closing = True
        self._to_program.put(b"")
        for thread in self._threads:
            thread.join()
        self._port.close()
        os.close(self._read_end)
        os.close(self._write_end)

    def fileno(self) -> int | None:
        """See `Port`."""
        return self._read_end

    def read(self) -> bytes:
        """What has come through the line."""
        try:
            return os.read(self._read_end, 4096)
        except BlockingIOError:
            return b""

    def write(self, data: bytes) -> None:
        """Put on the line."""
        self._to_program.put(data)

    def _say(self) -> None:
        while data := self._to_program.get():
            self._through(data, self._port.write)

    def _hear(self) -> None:
        while not self._closing:
            number = self._port.fileno()
            ends = [] if number is None else [number]
            select.select(ends, [], [], 0.02)
            data = self._port.read()
            if data:
                self._through(data, lambda part: os.write(self._write_end, part))

    def _through(self, data: bytes, hand_on: Callable[[bytes], object]) -> None:
        size = max(1, int(SLICE_S / self._byte_s))
        free_s = time.monotonic()
        for start in range(0, len(data), size):
            part = data[start : start + size]
            free_s += len(part) * self._byte_s
            wait_s = free_s - time.monotonic()
            if wait_s > 0:
                select.select([], [], [], wait_s)
            hand_on(part)
