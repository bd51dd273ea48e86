"""The modem's serial port as a TCP server for one client at a time (ofono's phonesim plug-in)."""

from __future__ import annotations

import socket

from hw.simulator.pty_port import PortError


class TcpPort:
    """Listens while plugged in; a second client is turned away at once."""

    def __init__(self, host: str, port: int) -> None:
        """Port 0 lets the system choose; see `address`. Nothing is opened before `open`."""
        self._wanted = (host, port)
        self._server: socket.socket | None = None
        self._client: socket.socket | None = None

    @classmethod
    def parse(cls, text: str) -> TcpPort:
        """From HOST:PORT; raises PortError."""
        host, colon, port = text.rpartition(":")
        if not colon or not (port.isascii() and port.isdigit()) or int(port) > 65535:
            raise PortError(f"{text!r} is not HOST:PORT")
        return cls(host.strip("[]") or "127.0.0.1", int(port))

    @property
    def path(self) -> str:
        """HOST:PORT as it is."""
        host, port = self._wanted
        return f"{host}:{port}"

    def open(self) -> None:
        """Begin to listen; raises PortError when the address is taken or not ours."""
        if self._server is not None:
            return
        try:
            self._server = socket.create_server(self._wanted)
        except OSError as error:
            reason = error.strerror or str(error)
            raise PortError(f"cannot listen on {self.path}: {reason}") from error
        self._server.setblocking(False)
        self._wanted = self._server.getsockname()[:2]

    def close(self) -> None:
        """Cut the client off and stop listening."""
        for end in (self._client, self._server):
            if end is not None:
                end.close()
        self._client = self._server = None

    @property
    def is_open(self) -> bool:
        """True while plugged in."""
        return self._server is not None

    @property
    def connected(self) -> bool:
        """True while a client is there."""
        return self._client is not None

    def fileno(self) -> int | None:
        """What to wait on: the client, or the server while there is none."""
        end = self._client or self._server
        return end.fileno() if end is not None else None

    def read(self) -> bytes:
        """What has come; takes a waiting client in first."""
        if self._server is None:
            return b""
        if self._client is None:
            self._client = self._accept()
            return b""
        try:
            data = self._client.recv(4096)
        except BlockingIOError:
            return b""
        except OSError:
            data = b""
        if not data:
            self._client.close()
            self._client = None
        return data

    def _accept(self) -> socket.socket | None:
        if self._server is None:
            return None
        try:
            client, _ = self._server.accept()
        except BlockingIOError:
            return None
        client.setblocking(False)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return client

    def write(self, data: bytes) -> None:
        """Send to the client; what finds none, or no room, is lost."""
        if self._client is None:
            return
        try:
            self._client.sendall(data)
        except OSError:
            self._client.close()
            self._client = None
