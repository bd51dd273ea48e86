"""The two services started anew, and whether the version in place does what it is for.

Ready means: the daemon has shown two pulses since it was started, as one process, with the modem
ready in both (if it was ready before the update: an update may well be the cure of a modem that was
not), and the page answers. What is read here is what any version writes: the pulse's ``modem``, the
lock's process, an answer to HTTP; and whether the blue lamp, the one of a call, is lit.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from firmware.update.machine import CommandFailed, complain
from firmware.update.places import DATA_DIR, RUNTIME_DIR

DAEMON, PAGE = "veilleur.service", "veilleur-web.service"
READY_S = 120.0
CALM_S = 600.0
FRESH_S = 60.0                   # a pulse beats more often
LOOK_EVERY_S = 2.0
SETTINGS = Path("/etc/default/veilleur")
_ADDRESS = re.compile(r"^\s*VEILLEUR_LISTEN=[\"']?(\S+?):([0-9]+)[\"']?\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Pulse:
    """``process``: who holds the daemon's lock. ``beat``: changes with each pulse."""

    process: str
    beat: int
    modem_ready: bool


@dataclass(slots=True)
class Services:
    """Of one data directory. ``ready_s`` is how long a version has to become ready."""

    data_dir: Path = DATA_DIR
    runtime: Path = RUNTIME_DIR
    settings: Path = SETTINGS
    ready_s: float = READY_S
    look_every_s: float = LOOK_EVERY_S
    calm_s: float = CALM_S
    _first: Pulse | None = field(default=None, init=False)

    def restart(self) -> None:
        """Not waited for: whoever asks may be what they wait for, and readiness is looked at."""
        self._systemctl("--no-block", "restart", DAEMON, PAGE)

    def stop(self) -> None:
        self._systemctl("stop", DAEMON, PAGE)

    def modem_is_ready(self) -> bool:
        pulse = self.pulse()
        return pulse is not None and pulse.modem_ready

    def become_ready(self, *, with_modem: bool) -> bool:
        """Start what is installed and wait for it; false when it is not ready in time."""
        self._await_calm()
        before, self._first = self.pulse(), None
        self.restart()
        ends_s = time.monotonic() + self.ready_s
        while time.monotonic() < ends_s:
            if self._beats(before, with_modem=with_modem) and self.page_answers():
                return True
            time.sleep(self.look_every_s)
        return False

    def _await_calm(self) -> None:
        """Not while somebody speaks: `CALM_S` at most."""
        ends_s = time.monotonic() + self.calm_s
        while self.in_call() and time.monotonic() < ends_s:
            time.sleep(self.look_every_s)

    def _beats(self, before: Pulse | None, *, with_modem: bool) -> bool:
        pulse = self.pulse()
        if pulse is None or (before is not None and pulse.process == before.process):
            return False
        if with_modem and not pulse.modem_ready:
            self._first = None
            return False
        if self._first is None or self._first.process != pulse.process:
            self._first = pulse
        return pulse.beat != self._first.beat

    def in_call(self) -> bool:
        """Whether the blue lamp is lit. A daemon that has died in a call has none any more."""
        try:
            table = json.loads(self._path.read_bytes()[:65536])
            fresh = abs(time.time() - self._path.stat().st_mtime) < FRESH_S
            return fresh and "blue" in table["lamps"]
        except (OSError, ValueError, KeyError, TypeError):
            return False

    @property
    def _path(self) -> Path:
        # As `firmware/store/pulse_file.py` names it
        name = hashlib.sha256(os.fsencode(self.data_dir.resolve())).hexdigest()[:16]
        return self.runtime / f"veilleur-{name}" / "pulse.json"

    def pulse(self) -> Pulse | None:
        """The daemon's last sign of life; None without one."""
        try:
            found = self._path.stat()
            table = json.loads(self._path.read_bytes()[:65536])
            process = (self.data_dir / "daemon.lock").read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            return None
        ready = isinstance(table, dict) and table.get("modem") == "ready"
        return Pulse(process, found.st_mtime_ns, ready)

    def page_answers(self) -> bool:
        """Whether the page gives any answer but a fault of its own."""
        import http.client  # here: the daemon imports this room, and needs no TLS
        import ssl

        host, port = self._address()
        tls = ssl.create_default_context()
        tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE  # its own, on this machine
        for line in (
            http.client.HTTPConnection(host, port, timeout=10),
            http.client.HTTPSConnection(host, port, timeout=10, context=tls),
        ):
            try:
                line.request("GET", "/", headers={"Host": "localhost"})
                return line.getresponse().status < 500
            except (OSError, http.client.HTTPException):
                continue
            finally:
                line.close()
        return False

    def _address(self) -> tuple[str, int]:
        try:
            text = self.settings.read_text(encoding="utf-8", errors="replace")
        except OSError:
            text = ""
        said = _ADDRESS.search(text)
        host, port = (said[1].strip("[]"), int(said[2])) if said else ("0.0.0.0", 80)  # noqa: S104
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host), port  # noqa: S104

    def _systemctl(self, *arguments: str) -> None:
        """Without a word of systemd's the wait for readiness tells."""
        command = ["systemctl", *arguments]
        try:
            done = subprocess.run(  # noqa: S603 - our own units
                command, capture_output=True, text=True, timeout=150, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as fault:
            complain(str(CommandFailed(f"{' '.join(command[:3])}: {fault}")))
            return
        if done.returncode:
            complain(f"{' '.join(command[:3])}: {done.stderr.strip()[-300:]}")
