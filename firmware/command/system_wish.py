"""What only root may do for the daemon, asked of systemd.

The packaged daemon is shut in. What it may not do itself (show something on the console, switch
the computer off, restart it, set its clock) it asks of systemd: a file in its own folder of /run,
a path unit that sees it, a small program that does that one thing (`deploy/systemd/
veilleur-console.*`, `-off.*`, `-restart.*`, `-set-clock.*`). Nobody but the daemon can write there,
and what it writes is not obeyed but read.
"""

from __future__ import annotations

import os
import time
from datetime import datetime
from pathlib import Path

from firmware.shell.watchdog import complain

RUNTIME = "VEILLEUR_RUNTIME"    # set by the unit: the folder that systemd has made for the daemon
SETUP_CODE, POWER_OFF, RESTART, TIME = "setup-code", "power-off", "restart", "network-time"
WORTH_SETTING_S = 2.0   # the network tells whole seconds, and its answer takes a while


def show_on_console(code: str) -> None:
    """Above the login prompt of every console; empty: nothing is shown there any more."""
    ask(SETUP_CODE, code)


def restart_computer() -> None:
    """Raises OSError where nobody can be asked: it is told, and the ladder goes on."""
    if not ask(RESTART, "the modem cannot be mended otherwise"):
        raise OSError("only the packaged service can have the computer restarted")


def set_computer_clock(utc: datetime, monotonic_s: float) -> None:
    """``utc`` was at ``monotonic_s``: the page and the system's journal go by the computer's."""
    off_s = time.time() - time.monotonic() + monotonic_s - utc.timestamp()
    if abs(off_s) >= WORTH_SETTING_S:
        ask(TIME, f"{utc.timestamp():.3f} {monotonic_s:.3f}")


def ask(what: str, text: str) -> bool:
    """False where there is nobody to ask."""
    folder = os.environ.get(RUNTIME, "")
    if not folder:
        return False
    path, draft = Path(folder) / what, Path(folder) / f".{what}"
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(f"{text}\n")
        draft.replace(path)   # whole when systemd looks
    except OSError as fault:
        complain(f"{path}: {fault.strerror}")
        return False
    return True
