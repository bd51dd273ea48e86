"""The updater as a program of one file: a copy of this room that dpkg does not touch.

While an update is under way the installed program may be half old and half new; what goes on with
it is the version that was good before. It needs nothing but Python.
"""

from __future__ import annotations

import io
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

from firmware.update.machine import Machine
from firmware.update.outcome import What
from firmware.update.places import Places, alone, places, write_durably
from firmware.update.services import Services
from firmware.update.steps import Updater

# What receives a bundle stays behind: it needs signatures, and the guide does not
MODULES = (
    "__init__", "guide", "machine", "outcome", "places", "repack", "services", "state", "steps",
)  # fmt: skip
PYTHON = "/usr/bin/python3"


def write_guide(where: Places) -> None:
    """Lay the program beside the package. ``OSError`` if the disk takes no more."""
    here = Path(__file__).parent
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("firmware/__init__.py", "")
        for name in MODULES:
            archive.write(here / f"{name}.py", f"firmware/update/{name}.py")
        archive.writestr("__main__.py", "from firmware.update.guide import main\n\nmain()\n")
    write_durably(where.updater, packed.getvalue())


def main(arguments: Sequence[str] | None = None) -> None:
    """``go-on`` to the end, or ``settle`` what dpkg was at; exit code 0 unless it went back."""
    verb = (sys.argv[1:] if arguments is None else arguments)[0]
    where = places()
    updater = Updater(where, Machine(), Services())
    with alone(where):
        if verb == "settle":
            updater.settle()
            sys.exit(0)
        end = updater.go_on()
    sys.exit(0 if end in (None, What.INSTALLED) else 1)
