"""systemd's notify socket: ready, alive, stopping; without systemd it does nothing. And words."""

from __future__ import annotations

import os
import socket
import sys
from contextlib import suppress


class Watchdog:
    """Sends states to ``$NOTIFY_SOCKET`` (sd_notify(3)); a failure to send is systemd's loss: the
    service is then restarted, which is what a watchdog is for. A systemd that hangs reads nothing,
    and is not waited for."""

    def __init__(self, address: str | None = None) -> None:
        address = address if address is not None else os.environ.get("NOTIFY_SOCKET", "")
        self._socket: socket.socket | None = None
        if address:
            self._address = "\0" + address[1:] if address.startswith("@") else address
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)

    def ready(self) -> None:
        self._send(b"READY=1")

    def status(self, text: str) -> None:
        """One line for `systemctl status`."""
        self._send(f"STATUS={text}".encode())

    def alive(self) -> None:
        """Only from the main loop, after a turn that committed and while the modem answers."""
        self._send(b"WATCHDOG=1")

    def stopping(self) -> None:
        self._send(b"STOPPING=1")

    def _send(self, state: bytes) -> None:
        if self._socket is not None:
            with suppress(OSError):
                self._socket.sendto(state, socket.MSG_DONTWAIT, self._address)


def complain(text: str) -> None:
    """A line for whoever watches the daemon: systemd keeps it in its journal."""
    print(f"veilleur: {text}", file=sys.stderr, flush=True)
