"""Serves the page with waitress."""

from __future__ import annotations

import logging
import socket
import ssl

from flask import Flask
from waitress.server import create_server

from web.bodies import UPLOAD_MAX, BoundedChannel
from web.tls import channels

# waitress warns whenever a request waits for a free thread, which a page with its style sheet,
# script and fonts makes happen at each first load
logging.getLogger("waitress.queue").setLevel(logging.ERROR)

THREADS = 4  # answers take milliseconds and no page holds a connection: see live.py
CONNECTIONS_MAX = 100
IDLE_S = 30


class ListenFault(Exception):  # noqa: N818 - one line for the administrator
    """The address cannot be listened on."""


def serve(
    app: Flask, host: str = "127.0.0.1", port: int = 8080, tls: ssl.SSLContext | None = None
) -> None:
    """Serve until the process is told to end. ``ListenFault`` when the address is taken.

    The default address is this machine's own: the page is not for the whole network unless
    somebody decides so. With ``tls`` it speaks nothing else.
    """
    listening = _listen(host, port)
    server = create_server(
        app,
        sockets=[listening],
        threads=THREADS,
        connection_limit=CONNECTIONS_MAX,
        channel_timeout=IDLE_S,
        ident="",
        max_request_body_size=UPLOAD_MAX,
        url_scheme="http" if tls is None else "https",
    )
    server.channel_class = channels(tls) if tls is not None else BoundedChannel
    try:
        server.run()
    finally:
        server.close()


def _listen(host: str, port: int) -> socket.socket:
    """A socket of our own: waitress leaves things open when it cannot have the address."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise ListenFault(f"{host}:{port} cannot be listened on: {error.strerror}") from error
    family, kind, protocol, _, address = found[0]
    listening = socket.socket(family, kind, protocol)
    try:
        # A restart must not wait until the connections of before are forgotten
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
    except (OSError, OverflowError) as error:
        listening.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise ListenFault(f"{host}:{port} cannot be listened on: {reason}") from error
    return listening
