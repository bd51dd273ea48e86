"""A pseudo-terminal as the modem's serial port: unplugging closes both of its ends.

The path given is a symbolic link to the slave, so that it can stay the same while the kernel
numbers the terminals anew. While no program has the port open, what the modem says is lost, as on
a real one.
"""

from __future__ import annotations

import errno
import os
import select
import termios
import tty
from pathlib import Path


class PortError(Exception):
    """The port cannot be made; the message says why, in one line."""


class PtyPort:
    """One end of a serial cable that can be pulled."""

    def __init__(self, path: str | Path) -> None:
        """Nothing is made before `open`."""
        self.path = Path(path)
        self._master: int | None = None
        self._slave_name = ""

    def open(self) -> None:
        """Make the terminal and its link.

        Raises PortError when the path is taken by something that is not a symbolic link, or lies
        in no folder.
        """
        if self._master is not None:
            return
        master, slave = os.openpty()
        tty.setraw(slave, termios.TCSANOW)  # no echo, no translation of the terminal's own
        name = os.ttyname(slave)
        os.set_blocking(master, False)
        os.close(slave)
        try:
            self._link(name)
        except OSError as error:
            os.close(master)
            reason = error.strerror or str(error)
            raise PortError(f"cannot make {self.path}: {reason}") from error
        self._master, self._slave_name = master, name

    def _link(self, name: str) -> None:
        if self.path.is_symlink():
            self.path.unlink()
        self.path.symlink_to(name)

    def close(self) -> None:
        """Pull the cable: whoever has the port open gets an error from its next read."""
        if self._master is None:
            return
        if self.path.is_symlink() and os.readlink(self.path) == self._slave_name:
            self.path.unlink()
        os.close(self._master)
        self._master = None

    @property
    def is_open(self) -> bool:
        """True while the cable is in."""
        return self._master is not None

    @property
    def connected(self) -> bool:
        """True while a program has the port open."""
        if self._master is None:
            return False
        poll = select.poll()
        poll.register(self._master, select.POLLHUP)
        return not any(event & select.POLLHUP for _, event in poll.poll(0))

    def fileno(self) -> int | None:
        """What to wait on for input; None while nobody could send any."""
        return self._master if self.connected else None

    def read(self) -> bytes:
        """What has come from the computer; empty when nothing has."""
        if self._master is None:
            return b""
        try:
            return os.read(self._master, 4096)
        except OSError as error:
            if error.errno in (errno.EIO, errno.EAGAIN):  # EIO: nobody has it open
                return b""
            raise

    def write(self, data: bytes) -> None:
        """Send to the computer; what finds no reader or no room is lost."""
        if self._master is None or not self.connected:
            return
        try:
            os.write(self._master, data)
        except OSError as error:
            if error.errno not in (errno.EIO, errno.EAGAIN):
                raise
