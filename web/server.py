"""Serves the page with waitress."""

from __future__ import annotations

import logging

from flask import Flask
from waitress.server import create_server

# waitress warns whenever a request waits for a free thread, which a page with its style sheet,
# script and fonts makes happen at each first load
logging.getLogger("waitress.queue").setLevel(logging.ERROR)

THREADS = 4  # answers take milliseconds and no page holds a connection: see live.py
CONNECTIONS_MAX = 100
IDLE_S = 30


class ListenFault(Exception):  # noqa: N818 - one line for the administrator
    """The address cannot be listened on."""


def serve(app: Flask, host: str = "127.0.0.1", port: int = 8080) -> None:
    """Serve until the process is told to end. ``ListenFault`` when the address is taken.

    The default address is this machine's own: without accounts (see README.md) the page is not
    for the whole network unless somebody decides so.
    """
    try:
        server = create_server(
            app,
            host=host,
            port=port,
            threads=THREADS,
            connection_limit=CONNECTIONS_MAX,
            channel_timeout=IDLE_S,
            ident="",
        )
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ListenFault(f"{host}:{port} cannot be listened on: {reason}") from error
    try:
        server.run()
    finally:
        server.close()
