"""`veilleur web`: the LAN page, in its own process and under its own user."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from firmware.command.certificate import certificate_of
from firmware.command.data import open_data
from firmware.command.settings import (
    FILE,
    Settings,
    SettingsFault,
    host_and_port,
)
from firmware.command.settings_kept import settings_to_serve_with
from firmware.store.leftovers import sweep
from firmware.update.places import places
from web.app import create_app
from web.metrics.access import MetricsAccess, networks_of
from web.server import ListenFault, serve
from web.tls import TlsFault, context_of


def web(data_dir: Path, listen: str | None, *, tls: bool = False) -> int:
    """Serve the page until SIGTERM; with ``tls`` under the box's own certificate."""
    settings = _settings(data_dir)
    host, port = host_and_port(listen or settings.listen)
    metrics = MetricsAccess(settings.metrics_token, networks_of(settings.metrics_from))
    open_data(data_dir, create=True).close()  # a fault of the data is said here, in one line
    for folder in (data_dir, places().incoming.parent):
        sweep(folder, datetime.now(UTC))   # what is its own user's
    own = certificate_of(data_dir) if tls else None
    try:
        context = context_of(own.certificate, own.key) if own is not None else None
    except TlsFault as fault:
        raise SettingsFault(str(fault)) from fault
    print(f"{'https' if tls else 'http'}://{host}:{port}/", flush=True)
    if own is not None:
        print(f"fingerprint (SHA-256): {own.fingerprint}", flush=True)
    fingerprint = own.fingerprint if own is not None else None
    app = create_app(data_dir, metrics=metrics, fingerprint=fingerprint)
    try:
        serve(app, host, port, context)
    except ListenFault as fault:
        raise SettingsFault(str(fault)) from fault
    return 0


def _settings(data_dir: Path) -> Settings:
    """The settings that the page may know: a file with a PIN in it is the daemon's alone (0600),
    and the page, another user, then goes by its command line."""
    path = data_dir / FILE
    if path.exists() and not os.access(path, os.R_OK):
        print(f"veilleur: {path} is not for this user: its listen and metrics lines do not count",
              file=sys.stderr, flush=True)  # fmt: skip
        return Settings()
    found = settings_to_serve_with(data_dir, "generic")
    if found.fault:
        print(f"veilleur: {path}: {found.fault}; going on with older settings",
              file=sys.stderr, flush=True)  # fmt: skip
    return found.settings
