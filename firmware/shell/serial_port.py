"""One exclusive serial port and the thread that reads it. The thread only puts bytes on a queue."""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable
from typing import cast

import serial
from serial.tools import list_ports

from firmware.usb_port import PortInfo

BAUD = 115_200
READ_MAX = 4096
WRITE_TIMEOUT_S = 5.0   # a modem that takes no bytes must not stop the loop


class PortUnavailable(OSError):  # noqa: N818 - it says what the port is
    """The port cannot be opened; the message says why in words. ``missing``: it is not there."""

    def __init__(self, message: str, *, missing: bool) -> None:
        super().__init__(message)
        self.missing = missing


class SerialPort:
    """An open port. ``on_bytes`` and ``on_lost`` are called from the reader's thread."""

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
        except (OSError, ValueError) as fault:  # SerialException is an OSError
            raise _unavailable(path, fault) from fault
        self._thread = threading.Thread(target=self._read, name=f"read {path}", daemon=True)
        self._thread.start()

    def write(self, data: bytes) -> None:
        """Raises ``OSError`` when the port is gone or takes nothing for five seconds."""
        self._serial.write(data)

    def close(self) -> None:
        """Close every descriptor and wait for the reader: only then may the port be opened anew."""
        self._closing = True
        try:
            self._serial.cancel_read()
        finally:
            self._thread.join(timeout=2.0)
            self._serial.close()

    def _read(self) -> None:
        while not self._closing:
            try:
                data = self._serial.read(min(max(self._serial.in_waiting, 1), READ_MAX))
            except (OSError, TypeError) as fault:
                # pyserial raises TypeError when the descriptor is closed under a read
                if not self._closing:
                    self._on_lost(str(fault))
                return
            if data:
                self._on_bytes(data)


def attached_ports() -> list[PortInfo]:
    """The serial ports of this machine now."""
    return cast(list[PortInfo], list_ports.comports())


def try_port(path: str) -> None:
    """Raise `PortUnavailable` unless the port can be opened now."""
    try:
        serial.Serial(path, BAUD, exclusive=True).close()
    except (OSError, ValueError) as fault:
        raise _unavailable(path, fault) from fault


def _unavailable(path: str, fault: Exception) -> PortUnavailable:
    number = getattr(fault, "errno", None)
    if number == errno.ENOENT:
        return PortUnavailable(f"{path}: no such port; is the modem plugged in?", missing=True)
    if number in (errno.EBUSY, errno.EAGAIN) or "exclusively lock" in str(fault):
        return PortUnavailable(
            f"{path}: another program has it (ModemManager? brltty? a second veilleur?)",
            missing=False,
        )
    if number in (errno.EACCES, errno.EPERM):
        return PortUnavailable(
            f"{path}: permission denied; this user must be in the group dialout", missing=False
        )
    return PortUnavailable(f"{path}: not a serial port that can be opened ({fault})", missing=False)
