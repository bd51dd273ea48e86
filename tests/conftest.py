"""Where all tests have their folders: in RAM if there is room, as thousands of syncs are waited for
and none of them is what a test shows (`tests/store/power_cut.py` makes a disk that forgets)."""

from __future__ import annotations

import gc
import os
import shutil
import signal
from collections.abc import Iterator, Sequence
from zlib import crc32

import pytest
from hypothesis import settings

from hw.simulator.models import NAMES
from tests import families

FIXTURE = "modem_family"
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

# Eleven thousand tests are objects that live to the end: the collector need not walk them over and
# over while modules are read (`pytest_collection_finish` takes them out of its sight)
gc.set_threshold(50_000, 20, 100)

# A shell that starts its jobs in the background makes them deaf to Ctrl-C, and all whom they start
# (POSIX, "Asynchronous Lists"): the programs of the tests are to hear it whoever runs the tests.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Modules with a test of ten seconds and more: begun first, none is left alone at the end
LONG = (
    "simulation/test_year.py", "daemon/test_voice_call.py", "daemon/test_kills.py",
    "daemon/test_bad_disk.py", "fuzz/test_fuzz.py", "deploy/test_package.py",
    "simulation/test_mutations.py", "browser/test_every_page.py", "browser/test_page.py",
)  # fmt: skip


def _among(item: pytest.Item) -> Sequence[str]:
    """`@pytest.mark.families("a", "b")`: the only ones on which the test makes sense."""
    named = item.get_closest_marker("families")
    return named.args if named is not None and named.args else NAMES


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """At night every family."""
    if families.EVERY and FIXTURE in metafunc.fixturenames:
        metafunc.parametrize(FIXTURE, _among(metafunc.definition), indirect=True)


@pytest.fixture
def modem_family(request: pytest.FixtureRequest) -> Iterator[str]:
    """The family of modems of this test, the same for all its cases; see `tests/families.py`."""
    name = request.node.nodeid.partition("[")[0]
    families.now = getattr(request, "param", "") or families.one_of(name, _among(request.node))
    print(f"family of modems: {families.now}")   # shown where it fails
    yield families.now
    families.now = families.STANDARD


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long modules first, the others mixed: what waits for a browser or a terminal runs beside
    what reckons, and both cores are busy from the first test to the last. `-m families` selects
    what `make families` runs."""
    runners = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    for item in items:
        asks = FIXTURE in getattr(item, "fixturenames", ())
        if asks and item.get_closest_marker("families") is None:
            item.add_marker("families")

    items.sort(key=_place)
    items[:] = _dealt(items, runners)


def pytest_collection_finish() -> None:
    gc.freeze()


def _place(item: pytest.Item) -> tuple[int, int]:
    module = item.path.parent.name + "/" + item.path.name
    return (LONG.index(module) if module in LONG else len(LONG), crc32(module.encode()))


def _dealt(items: list[pytest.Item], runners: int) -> list[pytest.Item]:
    """Each runner is given the next share of the list, in one piece, and others take from its end
    only: each share begins with long modules of its own, or one runner would have all of them."""
    shares: list[list[pytest.Item]] = [[] for _ in range(runners)]
    others: list[pytest.Item] = []
    for item in items:
        rank, _ = _place(item)
        (shares[rank % runners] if rank < len(LONG) else others).append(item)
    dealt: list[pytest.Item] = []
    for number, share in enumerate(shares):
        size = (len(items) - len(dealt)) // (runners - number)
        room = max(0, size - len(share))
        dealt += share + others[:room]
        others = others[room:]
    return dealt + others
