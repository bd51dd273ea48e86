"""The simulated modem's end of the virtio channel that leads to the gadget in the guest."""

from __future__ import annotations

import socket
from pathlib import Path

from hw.simulator.pty_port import PortError


class Cable:
    """A `hw.simulator.simulation_host.Port`. Plugged in, it holds the channel, and the gadget is on
    the guest's bus; unplugged, or with the machine off, it is not."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.heard = b""  # everything that the box has said to the modem
        self._end: socket.socket | None = None

    def open(self) -> None:
        """Raises PortError while no machine is on."""
        if self._end is not None:
            return
        end = socket.socket(socket.AF_UNIX)
        try:
            end.connect(str(self.path))
        except OSError as error:
            end.close()
            raise PortError(f"{self.path}: {error.strerror or error}") from error
        end.setblocking(False)
        self._end = end

    def close(self) -> None:
        if self._end is not None:
            self._end.close()
            self._end = None

    @property
    def is_open(self) -> bool:
        return self._end is not None

    def fileno(self) -> int | None:
        return self._end.fileno() if self._end is not None else None

    def read(self) -> bytes:
        if self._end is None:
            return b""
        try:
            data = self._end.recv(4096)
        except BlockingIOError:
            return b""
        except OSError:
            data = b""
        if not data:  # the machine is off
            self.close()
        self.heard += data
        return data

    def write(self, data: bytes) -> None:
        """What finds no room, or no machine, is lost, as on a real port."""
        if self._end is None:
            return
        try:
            self._end.sendall(data)
        except BlockingIOError:
            return
        except OSError:
            self.close()
