"""`veilleur web`: the LAN page, in its own process and under its own user."""

from __future__ import annotations

from pathlib import Path

from firmware.command.data import open_data
from firmware.command.settings import SettingsFault, host_and_port, read_settings
from web.app import create_app
from web.metrics.access import MetricsAccess, networks_of
from web.server import ListenFault, serve


def web(data_dir: Path, listen: str | None) -> int:
    """Serve the page until SIGTERM."""
    settings = read_settings(data_dir)
    host, port = host_and_port(listen or settings.listen)
    metrics = MetricsAccess(settings.metrics_token, networks_of(settings.metrics_from))
    open_data(data_dir, create=True).close()  # a fault of the data is said here, in one line
    print(f"http://{host}:{port}/", flush=True)
    try:
        serve(create_app(data_dir, metrics=metrics), host, port)
    except ListenFault as fault:
        raise SettingsFault(str(fault)) from fault
    return 0
