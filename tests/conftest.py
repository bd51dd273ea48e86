"""Where all tests have their folders: in RAM if there is room, as thousands of syncs are waited for
and none of them is what a test shows (`tests/store/power_cut.py` makes a disk that forgets)."""

from __future__ import annotations

import os
import shutil
import signal
from zlib import crc32

import pytest
from hypothesis import settings

RAM = "/dev/shm"  # noqa: S108 - pytest makes a private folder in it
ROOM_BYTES = 2 * 1024**3  # ten times what a whole run leaves behind


def _has_room(place: str) -> bool:
    try:
        runs_programs = not os.statvfs(place).f_flag & os.ST_NOEXEC
        return runs_programs and shutil.disk_usage(place).free > ROOM_BYTES
    except OSError:
        return False


# A busy machine is no fault of the code: no test asserts a time. A change is judged by the same
# examples on every machine; `make fuzz` draws others
settings.register_profile("any-machine", deadline=None, derandomize=True)
settings.register_profile("by-chance", deadline=None, max_examples=1000, print_blob=True)
settings.load_profile(os.environ.get("VEILLEUR_EXAMPLES", "any-machine"))

if _has_room(RAM):
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", RAM)

# A shell that starts its jobs in the background makes them deaf to Ctrl-C, and all whom they start
# (POSIX, "Asynchronous Lists"): the programs of the tests are to hear it whoever runs the tests.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Modules with a test of ten seconds and more: begun first, none is left alone at the end
LONG = (
    "simulation/test_year.py", "daemon/test_voice_call.py", "daemon/test_kills.py",
    "daemon/test_bad_disk.py", "fuzz/test_fuzz.py", "deploy/test_package.py",
    "simulation/test_mutations.py", "browser/test_every_page.py", "browser/test_page.py",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long modules first, the others mixed: what waits for a browser or a terminal runs beside
    what reckons, and both cores are busy from the first test to the last."""

    def place(item: pytest.Item) -> tuple[int, int]:
        module = item.path.parent.name + "/" + item.path.name
        return (LONG.index(module) if module in LONG else len(LONG), crc32(module.encode()))

    items.sort(key=place)
