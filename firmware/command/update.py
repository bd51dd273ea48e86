"""`veilleur update`: a signed bundle, verified, installed, proved, or taken back."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from firmware.command.settings import SettingsFault
from firmware.update.guide import PYTHON
from firmware.update.machine import Machine, complain
from firmware.update.outcome import Refused, What, read_outcome, tell
from firmware.update.places import UPDATE_DIR, Places, alone, places, remove_durably
from firmware.update.receive import open_bundle, receive, refusal
from firmware.update.state import read_state
from firmware.wording import Wording
from firmware.wording.update_words import SENTENCES

EXIT_DONE, EXIT_REFUSED = 0, 2


def update(file: Path) -> int:
    """Install the bundle ``file``; exit code 1 if the box went back, 2 if nothing was changed."""
    where = update_places()
    print("veilleur: looking at the bundle", file=sys.stderr)
    if not file.is_file():
        raise SettingsFault(f"{file}: no such file")
    return _take(file, where, Machine())


def update_brought() -> int:
    """What was laid into the folder for it; the file is gone afterwards, whatever came of it."""
    where, machine = update_places(), Machine()
    if read_state(where.state) is None and not where.incoming.is_file():
        return EXIT_DONE
    last = read_outcome(where.outcome)
    is_late = last is not None and last.what is What.INSTALLED
    return _take(where.incoming, where, machine, lambda: remove_durably(where.incoming), is_late)


def _take(
    file: Path,
    where: Places,
    machine: Machine,
    afterwards: Callable[[], None] = lambda: None,
    is_late: bool = False,
) -> int:
    """``is_late``: an update has just been installed, and the power may have gone before its file
    could be removed; that the box has it already is then no news."""
    with alone(where):
        under_way = read_state(where.state) is not None
        if under_way:
            complain("an update is under way: going on with it")
        try:
            if not under_way:
                with open_bundle(file) as bundle:
                    receive(bundle, where, machine)
        except FileNotFoundError:   # another run has taken it meanwhile
            return EXIT_DONE
        except OSError as fault:
            return _refused(refusal(fault, where), where)
        except Refused as fault:
            same = fault.values.get("version") == fault.values.get("before")
            if is_late and fault.what is What.OLDER and same:
                return EXIT_DONE
            return _refused(fault, where)
        finally:
            if not under_way:
                afterwards()
    return _guide(where)


def _guide(where: Places) -> NoReturn:
    """From here on nothing of the installed program is needed: dpkg is about to change it."""
    os.execv(PYTHON, [PYTHON, "-I", str(where.updater), "go-on"])  # noqa: S606 - our own program


def _refused(fault: Refused, where: Places) -> int:
    tell(where.outcome, fault.what, fault.values)
    complain(Wording("en").say(SENTENCES[fault.what], **fault.values))
    return EXIT_REFUSED


def update_places() -> Places:
    where = places()
    if os.geteuid() != 0:
        raise SettingsFault("update: only root may install (sudo veilleur update FILE)")
    if not where.folder.is_dir():
        raise SettingsFault(f"update: {UPDATE_DIR} is not there: the Debian package makes it")
    return where
