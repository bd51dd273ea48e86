"""On which families of modems a test runs: at night (`make families`) on every one; in `make test`
on one, chosen by the test's own name, so that every family has its share of each run.

A test that asks for the fixture ``modem_family``, or whose folder does, has the modem of ``now``.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from zlib import crc32

from hw.simulator.models import NAMES

EVERY = os.environ.get("VEILLEUR_FAMILIES") == "all"
STANDARD = "generic"
now = STANDARD   # the family of the test that runs; outside of one, that of the standards


def one_of(name: str, among: Sequence[str] = NAMES) -> str:
    """The same for this name on every machine: Python's own hash differs from run to run."""
    return among[crc32(name.encode()) % len(among)]
