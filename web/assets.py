"""Addresses of our own static files, with a checksum so that a browser may keep them for ever."""

from __future__ import annotations

import hashlib
from pathlib import Path

from flask import Flask, url_for

STATIC = Path(__file__).parent / "static"
CHECKSUM_DIGITS = 12


def install(app: Flask) -> None:
    """Give templates ``asset(name)``. Checksums are taken once, at the start."""
    checksums = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:CHECKSUM_DIGITS]
        for path in STATIC.iterdir()
        if path.is_file()
    }

    def asset(name: str) -> str:
        return url_for("static", filename=name, v=checksums[name])

    app.jinja_env.globals["asset"] = asset
