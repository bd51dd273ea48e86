"""Pseudo-terminals with something behind them that is no modem."""

from __future__ import annotations

import os
import random
import select
import threading
import tty
from collections.abc import Callable
from types import TracebackType

Behaviour = Callable[[bytes], bytes]


def mute(heard: bytes) -> bytes:
    """A cable with nothing at its end."""
    return b""


def echo(heard: bytes) -> bytes:
    """A modem's data port without its modem, or two wires joined."""
    return heard


def garbage(heard: bytes) -> bytes:
    """A GPS receiver at the wrong speed: bytes without end, none of them an answer."""
    chance = random.Random(len(heard))
    return bytes(chance.randrange(256) for _ in range(200)) + b"$GPRMC,,V,,,,,,,,,,N*53\r\n"


def plotter(heard: bytes) -> bytes:
    """Says OK to the plain commands of V.250, as many a serial device does, and knows no other."""
    if b"\r" not in heard:
        return b""
    return b"\r\nERROR\r\n" if b"+" in heard else b"\r\nOK\r\n"


class OddPort:
    """``path`` can be opened like a modem's port; ``heard`` is what was sent to it."""

    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.path = os.ttyname(self._slave)
        self.heard = b""
        self._stop_read, self._stop_write = os.pipe()
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> OddPort:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.write(self._stop_write, b".")
        self._thread.join()
        for end in (self._master, self._slave, self._stop_read, self._stop_write):
            os.close(end)

    def _serve(self) -> None:
        while True:
            ready, _, _ = select.select([self._master, self._stop_read], [], [])
            if self._stop_read in ready:
                return
            heard = os.read(self._master, 4096)
            self.heard += heard
            answer = self._behaviour(heard)
            while answer and select.select([], [self._master], [], 1.0)[1]:
                answer = answer[os.write(self._master, answer) :]
