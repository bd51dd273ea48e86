"""One exclusive serial port and the thread that reads it. The thread only puts bytes on a queue."""

from __future__ import annotations

import termios
import threading
from collections.abc import Callable
from contextlib import suppress

import serial

from firmware.line.usb_port import unavailable

BAUD = 115_200
READ_MAX = 4096
WRITE_TIMEOUT_S = 5.0   # a modem that takes no bytes must not stop the loop


class SerialPort:
    """An open port. ``on_bytes`` and ``on_lost`` are called from the reader's thread.

    Raises ``usb_port.PortUnavailable`` when it cannot be opened.
    """

    def __init__(
        self, path: str, on_bytes: Callable[[bytes], None], on_lost: Callable[[str], None]
    ) -> None:
        self.path = path
        self._on_bytes = on_bytes
        self._on_lost = on_lost
        self._closing = False
        try:
            self._serial = serial.Serial(
                path, BAUD, timeout=None, write_timeout=WRITE_TIMEOUT_S, exclusive=True
            )
        except (OSError, ValueError, termios.error) as fault:  # SerialException is an OSError
            raise unavailable(path, fault) from fault
        self._thread = threading.Thread(target=self._read, name=f"read {path}", daemon=True)
        self._thread.start()

    def write(self, data: bytes) -> None:
        """Raises ``OSError`` when the port is gone or takes nothing for five seconds."""
        self._serial.write(data)

    def close(self) -> None:
        """Close every descriptor and wait for the reader: only then may the port be opened anew."""
        self._closing = True
        with suppress(OSError):  # a port that has gone away may refuse even this
            self._serial.cancel_read()
            self._thread.join(timeout=2.0)
            self._serial.close()

    def _read(self) -> None:
        while not self._closing:
            try:
                data = self._serial.read(1)   # waits; the rest of the line came with it
                data += self._serial.read(min(self._serial.in_waiting, READ_MAX))
            except (OSError, TypeError) as fault:
                # pyserial raises TypeError when the descriptor is closed under a read
                if not self._closing:
                    self._on_lost(str(fault))
                return
            if data:
                self._on_bytes(data)
