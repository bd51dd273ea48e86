"""TLS for waitress: each accepted connection is wrapped by the standard library.

waitress speaks plain HTTP over non-blocking sockets. A wrapped one differs in three ways, which are
all there is here: a read or write may want to be tried again (the handshake included, which so
never blocks the loop); decrypted bytes may wait where no poll sees them; and OpenSSL must not be
read and written by two threads at once, as waitress's loop and its workers would.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable
from pathlib import Path
from socket import socket
from typing import Any

from waitress.channel import HTTPChannel

from web.bodies import BoundedChannel

_AGAIN = (ssl.SSLWantReadError, ssl.SSLWantWriteError)


class TlsFault(Exception):  # noqa: N818 - one line for the administrator
    """The certificate or its key cannot be used."""


def context_of(certificate: Path, key: Path) -> ssl.SSLContext:
    """TLS 1.2 and 1.3 with the standard library's own choice of ciphers. Raises ``TlsFault``."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        raise TlsFault(f"{certificate}: cannot be used with {key.name}: {error}") from error
    return context


def channels(context: ssl.SSLContext) -> Callable[..., HTTPChannel | None]:
    """What waitress calls for each accepted connection, in place of its own class."""

    def channel(
        server: Any, accepted: socket, address: Any, adjustments: Any, map: Any = None  # noqa: A002
    ) -> HTTPChannel | None:
        try:
            wrapped = context.wrap_socket(
                accepted, server_side=True, do_handshake_on_connect=False
            )
        except OSError:  # gone already: let out of here, it would close the server
            accepted.close()
            return None
        return TlsChannel(server, wrapped, address, adjustments, map=map)

    return channel


class TlsChannel(BoundedChannel):
    """One connection. Whoever does not finish the handshake is closed as an idle one is."""

    def __init__(self, *values: Any, **named: Any) -> None:
        self._one_at_a_time = threading.Lock()
        super().__init__(*values, **named)

    def handle_read(self) -> None:
        """Also what OpenSSL holds decrypted already (at most a record of 16 kB)."""
        while True:
            try:
                data = self.recv(self.adj.recv_bytes)
            except _AGAIN:
                return
            except OSError:  # no TLS, or none that we take
                self.handle_close()
                return
            if not data:
                self.connected = False
                return
            self.last_activity = time.time()
            self.received(data)
            if not self._more():
                return

    def _more(self) -> bool:
        with self._one_at_a_time:
            return bool(self.connected and self.socket.pending())

    # Nothing but OpenSSL happens under the lock: closing takes waitress's own, in the other order

    def recv(self, size: int) -> bytes:
        with self._one_at_a_time:
            data: bytes = self.socket.recv(size)
        if not data:
            self.handle_close()
        return data

    def send(self, data: bytes, do_close: bool = True) -> int:
        """An error is waitress's: it closes the channel once it may."""
        try:
            with self._one_at_a_time:
                return int(self.socket.send(data))
        except _AGAIN:
            return 0
